/** The GPUs of this machine, by nvidia-smi. */
import type { Environment } from './environment.js';
import { askNvidiaSmi, queryOf, unknownField, type Answer } from './nvidia-smi.js';

/** A card that can be used; a MIG instance counts as one. What a driver does not tell is left out. */
export interface GraphicsCard {
  /** nvidia-smi's number, in the order of the bus; of a MIG instance that of its card. */
  readonly index: number;
  readonly uuid: string;
  readonly model: string;
  readonly memoryMebibytes: number;
  readonly driver: string;
  readonly usedMebibytes?: number;
  readonly freeMebibytes?: number;
  /** `8.0` */
  readonly computeCapability?: string;
}

/** A card that is there and cannot be used. */
export interface UnusableCard {
  readonly name: string;
  /** nvidia-smi's words. */
  readonly reason: string;
}

export type CardReading =
  | { readonly kind: 'no-tool' }
  /** It is there and failed as a whole. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'read'; readonly cards: readonly GraphicsCard[]; readonly unusable: readonly UnusableCard[] };

/** The first five are as old as nvidia-smi's queries; a driver that does not know one of the others refuses the whole question. */
const fields = ['index', 'uuid', 'name', 'memory.total', 'driver_version'];
const recentFields = ['memory.used', 'memory.free', 'compute_cap', 'mig.mode.current'];

/** All cards of this machine, whatever CUDA_VISIBLE_DEVICES says. */
export async function readGraphicsCards(environment: Environment = process.env): Promise<CardReading> {
  const whole = await query([], environment);
  if (whole.missing) return { kind: 'no-tool' };
  const rows = rowsOf(whole);
  if (whole.exitCode === 0) return withInstances(rows, lostCards(whole), environment);
  if (whole.lines.some((line) => /no devices were found/i.test(line))) return { kind: 'read', cards: [], unusable: [] };
  // One card that is lost makes the question about all of them fail, and those of the others succeed.
  const list = await askNvidiaSmi(['-L'], environment);
  const listed = list.lines.flatMap((line) => listedCard(line) ?? []);
  if (listed.length === 0) return { kind: 'failed', reason: inWords(whole) };
  const answers = await Promise.all(
    listed.map(async ({ uuid, name }) => ({ name, answer: await query(['-i', uuid], environment) })),
  );
  const found = answers.flatMap(({ answer }) => (answer.exitCode === 0 ? rowsOf(answer) : []));
  const silent = answers.flatMap(({ name, answer }) =>
    answer.exitCode === 0 ? [] : [{ name, reason: inWords(answer) }],
  );
  return withInstances(found, [...lostCards(list), ...silent], environment);
}

/** Asks for all fields that this driver knows. */
async function query(parameters: readonly string[], environment: Environment): Promise<Answer & { asked: string[] }> {
  let asked = [...fields, ...recentFields];
  for (;;) {
    const answer = await askNvidiaSmi([...queryOf(asked), ...parameters], environment);
    const unknown = unknownField(answer);
    if (answer.exitCode === 0 || unknown === undefined || fields.includes(unknown) || !asked.includes(unknown))
      return { ...answer, asked };
    asked = asked.filter((field) => field !== unknown);
  }
}

type Row = Readonly<Record<string, string>>;

function rowsOf({ lines, asked }: Answer & { asked: readonly string[] }): Row[] {
  return lines.flatMap((line) => {
    const values = line.split(',').map((value) => value.trim());
    if (values.length < fields.length || !/^\d+$/.test(values[0] ?? '')) return [];
    return [Object.fromEntries(asked.map((field, at) => [field, values[at] ?? '']))];
  });
}

/** `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5b…)` */
function listedCard(line: string): { name: string; uuid: string } | undefined {
  const [, index, model, uuid] = /^GPU (\d+): (.+) \(UUID: (GPU-[^)]+)\)/.exec(line) ?? [];
  return index === undefined || model === undefined || uuid === undefined
    ? undefined
    : { name: `GPU ${index}, ${model}`, uuid };
}

/** `Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost. Reboot the system to recover this GPU` */
function lostCards({ lines }: Answer): UnusableCard[] {
  return lines.flatMap((line) => {
    const [, bus, reason] = /device handle for gpu\s*([\da-f:.]+\d): (.+)/i.exec(line) ?? [];
    return bus === undefined || reason === undefined ? [] : [{ name: `GPU at ${bus}`, reason }];
  });
}

/** In place of a number: `[Unknown Error]`, `[GPU is lost]`, `ERR!`, `[GPU requires reset]`; but `[N/A]` and `[Not Supported]` are none. */
const broken = (value: string | undefined): boolean =>
  value !== undefined && /ERR!|error|lost|reset|insufficient/i.test(value);

/** The cards of these rows; in place of one that is cut up (MIG) its instances, for CUDA computes on no other part of it. */
async function withInstances(
  rows: readonly Row[],
  lost: readonly UnusableCard[],
  environment: Environment,
): Promise<CardReading> {
  const bad = rows.flatMap((row) => {
    const reason = Object.values(row).find(broken);
    return reason === undefined ? [] : [{ name: `GPU ${row['index'] ?? '?'}, ${row['name'] ?? '?'}`, reason }];
  });
  const good = rows.filter((row) => !Object.values(row).some(broken)).map((row) => ({ row, card: cardOf(row) }));
  const cut = good.filter(({ row }) => row['mig.mode.current'] === 'Enabled');
  const list = cut.length === 0 ? [] : (await askNvidiaSmi(['-L'], environment)).lines;
  const instances = new Map(cut.map(({ card }) => [card, instancesOf(card, list)]));
  const empty = cut.flatMap(({ card }) =>
    instances.get(card)?.length === 0
      ? [{ name: `GPU ${card.index}, ${card.model}`, reason: 'MIG is on, and it has no instance' }]
      : [],
  );
  return {
    kind: 'read',
    cards: good.flatMap(({ card }) => instances.get(card) ?? [card]),
    unusable: [...lost, ...bad, ...empty],
  };
}

function cardOf(row: Row): GraphicsCard {
  const number = (field: string): number => Number(row[field] || Number.NaN);
  const [used, free] = [number('memory.used'), number('memory.free')];
  const capability = row['compute_cap'];
  return {
    index: number('index'),
    uuid: row['uuid'] ?? '',
    model: row['name'] ?? '',
    memoryMebibytes: number('memory.total'),
    driver: row['driver_version'] ?? '',
    ...(Number.isNaN(used) ? {} : { usedMebibytes: used }),
    ...(Number.isNaN(free) ? {} : { freeMebibytes: free }),
    ...(capability !== undefined && /^\d+\.\d+$/.test(capability) ? { computeCapability: capability } : {}),
  };
}

/** `  MIG 1g.5gb      Device  0: (UUID: MIG-c6d4…)`, below the line of its card. The profile names its memory, in gigabytes. */
function instancesOf(card: GraphicsCard, list: readonly string[]): GraphicsCard[] {
  const start = list.findIndex((line) => line.startsWith(`GPU ${card.index}:`));
  const below = list.slice(start + 1);
  const end = below.findIndex((line) => line.startsWith('GPU '));
  const { index, model, driver, computeCapability } = card;
  return below.slice(0, end === -1 ? undefined : end).flatMap((line) => {
    const [, profile, gigabytes, uuid] = /^\s+MIG (\S*?(\d+)gb\S*)\s.*\(UUID: (MIG-[^)]+)\)/.exec(line) ?? [];
    if (profile === undefined || uuid === undefined) return [];
    return {
      ...{ index, uuid, model: `${model} MIG ${profile}`, driver },
      memoryMebibytes: Math.floor((Number(gigabytes) * 1e9) / 2 ** 20),
      ...(computeCapability === undefined ? {} : { computeCapability }),
    };
  });
}

/** `"Failed to initialize NVML: Driver/library version mismatch" (exit code 18)` */
function inWords({ lines, exitCode }: Answer): string {
  const words = lines.join(' ').slice(0, 300) || 'no word';
  return `"${words}"${exitCode === null ? '' : ` (exit code ${exitCode})`}`;
}
