/** A cell's id: a hash of exactly what decides its numbers, and of nothing else. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { numericsVersion, type Cell, type ErrorCell, type TimingCell } from './cell.js';
import type { Paper } from './paper/paper.js';
import { decisiveOptions } from './profile/protocol-scope.js';

export type Identity = Readonly<Record<string, unknown>>;

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
  const { kind, network, dataset, dataChecksum, trainImages, protocol, training, replicas } = cell;
  return {
    kind,
    numericsVersion,
    network,
    dataset,
    dataChecksum,
    trainImages,
    protocol: decisiveOptions(paper, protocol, { of: 'training', networks: [network], replicas, inputPipeline: true }),
    training,
    replicas,
  };
}

function timingIdentity(paper: Paper, cell: Omit<TimingCell, 'id'>): Identity {
  const { kind, protocol, batch, warmup, rounds, stepsPerRound, inputPipeline, engine, hardware } = cell;
  const networks = cell.rows.map(({ network }) => network);
  const replicas = Math.max(...cell.rows.map(({ layout }) => layout.replicas));
  return {
    kind,
    numericsVersion,
    rows: cell.rows.map(({ network, layout, batch: own }) => ({ network, layout: layout.text, batch: own })),
    protocol: decisiveOptions(paper, protocol, { of: 'timing', networks, replicas, inputPipeline }),
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
  return createHash('sha256')
    .update(canonicalJson(cellIdentity(paper, cell)))
    .digest('hex')
    .slice(0, 16);
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
