/** A cell's id: a hash of exactly what decides its numbers, and of nothing else. */
import { createHash } from 'node:crypto';
import { parseLayout } from '../network/layout.js';
import type { Cell, ErrorCell, TimingCell } from './cell.js';
import { namedIn, numericsVersionOf } from './numerics-version.js';
import type { ProtocolOptions } from './protocol-file.js';
import { errorScope, timingScope } from './protocol-scope.js';

export interface Identity {
  readonly kind: Cell['kind'];
  readonly numericsVersion: number;
  /** The options that apply. */
  readonly protocol: Partial<ProtocolOptions>;
  readonly [input: string]: unknown;
}

/** A cell whose id is still to be computed. */
export type Unidentified<C extends Cell = Cell> = C extends Cell ? Omit<C, 'id'> : never;

/**
 * What the id of a cell is a hash of. An error cell: network, images, the options of the protocol that apply, training.
 * A timing cell: networks, layouts, the options that change a step's operations, how it is timed, engine and hardware.
 * Not in it: title, names of protocol and profile, and for errors the layout and the devices.
 */
export function cellIdentity(cell: Unidentified): Identity {
  return cell.kind === 'error' ? errorIdentity(cell) : timingIdentity(cell);
}

function errorIdentity(cell: Omit<ErrorCell, 'id'>): Identity {
  const { kind, network, dataset, dataChecksum, trainImages, training, replicas } = cell;
  const protocol = errorScope(cell.protocol, network, replicas);
  return {
    kind,
    numericsVersion: numericsVersionOf(kind, protocol),
    network,
    dataset,
    dataChecksum,
    trainImages,
    protocol,
    training,
    replicas,
  };
}

function timingIdentity(cell: Omit<TimingCell, 'id'>): Identity {
  const { kind, batch, warmup, rounds, stepsPerRound, inputPipeline, engine, hardware } = cell;
  const networks = cell.rows.map(({ network }) => network);
  const dataParallel = cell.rows.some(({ layout }) => parseLayout(layout).kind === 'data-parallel');
  const protocol = timingScope(cell.protocol, networks, dataParallel, inputPipeline);
  return {
    kind,
    numericsVersion: numericsVersionOf(kind, protocol),
    rows: cell.rows.map(({ network, layout }) => ({ network, layout })),
    protocol,
    batch,
    warmup,
    rounds,
    stepsPerRound,
    inputPipeline,
    engine,
    hardware,
  };
}

/** First 16 hexadecimal digits of the SHA-256 of the identity's canonical JSON. */
export function cellId(cell: Unidentified): string {
  const identity = cellIdentity(cell);
  const protocol = namedIn(identity.numericsVersion, identity.protocol);
  return createHash('sha256')
    .update(canonicalJson({ ...identity, protocol }))
    .digest('hex')
    .slice(0, 16);
}

/** A stored cell under today's names: what was measured as `released` in version 1 is `port` now, and its id tells. */
export function underTodaysNames(cell: Cell): Cell {
  if (cell.protocol.derivative !== 'released') return cell;
  const port: Cell = { ...cell, protocol: { ...cell.protocol, derivative: 'port' } };
  return cellId(port) === cell.id ? port : cell;
}

/** JSON with the keys of every object in alphabetical order and no spaces. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const before = texts.get(value);
  if (before !== undefined) return before;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const text = `{${entries
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, child]) => `${JSON.stringify(key)}:${canonicalJson(child)}`)
    .join(',')}}`;
  texts.set(value, text);
  return text;
}

/** Cells share protocols and trainings, and nothing changes once it is made. */
const texts = new WeakMap<object, string>();

/** What changed between two cells: `training.steps: 80000 -> 450`; `none` where a key is only on one side. */
export function explainDifference(before: Unidentified, after: Unidentified): string[] {
  const [a, b] = [leaves(cellIdentity(before)), leaves(cellIdentity(after))];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => `${path}: ${a.get(path) ?? 'none'} -> ${b.get(path) ?? 'none'}`);
}

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const plainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (typeof value === 'object' && value !== null && !plainList)
    for (const [key, child] of Object.entries(value)) leaves(child, path === '' ? key : `${path}.${key}`, found);
  else found.set(path, plainList ? value.join(', ') : String(value));
  return found;
}
