/** A cell's id: a hash of exactly what decides its numbers, and of nothing else. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import type { Cell, ErrorCell, TimingCell } from './cell.js';
import type { Paper } from './paper/paper.js';
import type { ProtocolOptions } from './paper/protocol-option.js';
import { decisiveOptions } from './profile/protocol-scope.js';

export interface Identity {
  readonly numericsVersion: number;
  /** The options that decide it. */
  readonly protocol: ProtocolOptions;
  readonly [input: string]: unknown;
}

/** A cell whose id is still to be computed. */
export type Unidentified<C extends Cell = Cell> = C extends Cell ? Omit<C, 'id'> : never;

/**
 * What the id of a cell is a hash of. An error cell: network, images, the options of the protocol that apply, training.
 * A timing cell: networks, layouts, the options that change a step's operations, how it is timed, engine and hardware.
 * Not in it: title, names of protocol and profile, and for errors the layout and the devices.
 */
export function cellIdentity(paper: Paper, cell: Unidentified): Identity {
  return { ...paper.identity, ...(cell.kind === 'error' ? errorIdentity(paper, cell) : timingIdentity(paper, cell)) };
}

function errorIdentity(paper: Paper, cell: Omit<ErrorCell, 'id'>): Identity {
  const { kind, network, dataset, dataChecksum, trainImages, training, replicas } = cell;
  const question = { of: 'training', networks: [network], replicas, inputPipeline: true } as const;
  const protocol = decisiveOptions(paper, cell.protocol, question);
  return {
    kind,
    numericsVersion: paper.numerics.versionOf(question.of, protocol),
    network,
    dataset,
    dataChecksum,
    trainImages,
    protocol,
    training,
    replicas,
  };
}

function timingIdentity(paper: Paper, cell: Omit<TimingCell, 'id'>): Identity {
  const { kind, batch, warmup, rounds, stepsPerRound, inputPipeline, engine, hardware } = cell;
  const networks = cell.rows.map(({ network }) => network);
  const replicas = Math.max(...cell.rows.map(({ layout }) => layout.replicas));
  const protocol = decisiveOptions(paper, cell.protocol, { of: 'timing', networks, replicas, inputPipeline });
  return {
    kind,
    numericsVersion: paper.numerics.versionOf('timing', protocol),
    rows: cell.rows.map(({ network, layout, batch: own }) => ({ network, layout: layout.text, batch: own })),
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
export function cellId(paper: Paper, cell: Unidentified): string {
  const identity = cellIdentity(paper, cell);
  const protocol = paper.numerics.namedIn(identity.numericsVersion, identity.protocol);
  return createHash('sha256')
    .update(canonicalJson({ ...identity, protocol }))
    .digest('hex')
    .slice(0, 16);
}

/** A stored cell under today's names of options: its id tells whether it is of an older version. */
export function underTodaysNames(paper: Paper, cell: Cell): Cell {
  const renamed: Cell = { ...cell, protocol: { ...cell.protocol, ...paper.numerics.namedToday(cell.protocol) } };
  return cellId(paper, renamed) === cell.id ? renamed : cell;
}

/** What changed between two cells: `training.steps: 80000 -> 450`; `none` where a key is only on one side. */
export function explainDifference(paper: Paper, before: Unidentified, after: Unidentified): string[] {
  const [a, b] = [before, after].map((cell) =>
    leaves(JSON.parse(canonicalJson(cellIdentity(paper, cell)))),
  ) as [Map<string, string>, Map<string, string>];
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
