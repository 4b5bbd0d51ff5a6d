/**
 * What a compute node has, asked once by a small job and kept: the plan needs the model of the GPUs (timings of different models
 * are never mixed) and how many there are, and a login node has others or none.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../../core/files/read-file.js';
import { Problem } from '../../core/problem.js';
import { makeFolder } from '../../core/files/make-folder.js';
import type { Hardware } from '../devices/machine.js';
import type { SlurmCommands } from './commands.js';
import { programScript, writeScript } from './script.js';
import { commonArguments, gresOf } from './request.js';
import type { ClusterSite } from './site-file.js';
import { untilThere } from './node/visible.js';

/** As `probe.ts` writes it on the node. */
export const nodeSchema = z.strictObject({
  cpu: z.string(),
  cores: z.number().int().min(1),
  memoryBytes: z.number(),
  gpus: z.array(
    z.strictObject({
      index: z.number(),
      uuid: z.string(),
      model: z.string(),
      memoryMebibytes: z.number(),
      driver: z.string(),
      computeCapability: z.string().exactOptional(),
    }),
  ),
  /** Why it has none though it should, in nvidia-smi's words. */
  gpuTrouble: z.string().nullable().default(null),
});
export type NodeDescription = z.infer<typeof nodeSchema>;

export interface ClusterRequest {
  readonly site: ClusterSite;
  readonly commands: SlurmCommands;
  /** `reports/slurm` */
  readonly folder: string;
  /** Whether jobs compute on GPUs; undefined: where nodes have any. */
  readonly kind: 'cpu' | 'gpu' | undefined;
  /** Whether a job may be submitted that asks a node; a plan submits none. */
  readonly mayAsk: boolean;
  readonly tell: (message: string) => void;
}

/** @throws Problem NODE_UNKNOWN, SLURM_REFUSED, SLURM_MISSING */
export async function nodeHardware(request: ClusterRequest): Promise<Hardware> {
  const { site, commands, kind } = request;
  const gpus =
    kind === 'cpu'
      ? 0
      : (site.gpusPerNode ?? gpusPerNode(await commands.run('sinfo', sinfoArguments(site, '%G')), site));
  const node = (await namedNode(request, gpus)) ?? (await describedNode(request, gpus > 0 ? 'gpu' : 'cpu'));
  const [card] = node.gpus;
  const name = site.gpuType !== undefined && isInstanceType(site.gpuType) ? 'MIG-any' : 'any';
  return {
    cpu: node.cpu,
    cores: Array.from({ length: node.cores }, (_, core) => core),
    memoryBytes: node.memoryBytes,
    // The probe saw one; the others of the node are like it.
    gpus: card ? Array.from({ length: gpus }, (_, index) => ({ ...card, index, uuid: `${name}-${index}` })) : [],
  };
}

const sinfoArguments = ({ partition }: ClusterSite, format: string): string[] => [
  '--noheader',
  `--format=${format}`,
  ...(partition === undefined ? [] : [`--partition=${partition}`]),
];

/** The site file says what a node's GPUs are. */
async function namedNode({ site, commands }: ClusterRequest, gpus: number): Promise<NodeDescription | undefined> {
  const { gpuModel: model, gpuMemory: memoryMebibytes } = site;
  if (gpus === 0 || model === undefined || memoryMebibytes === undefined) return undefined;
  const card = { index: 0, uuid: 'any', model, memoryMebibytes, driver: 'unknown' };
  return { ...(await nodeOfQueue(site, commands)), gpus: [card], gpuTrouble: null };
}

/** Cores and memory of the largest node, by sinfo's `40+ 192000`. */
async function nodeOfQueue(
  site: ClusterSite,
  commands: SlurmCommands,
): Promise<Pick<NodeDescription, 'cpu' | 'cores' | 'memoryBytes'>> {
  const lines = (await commands.run('sinfo', sinfoArguments(site, '%c %m'))).split('\n');
  const most = (column: number): number =>
    Math.max(1, ...lines.map((line) => Number.parseInt(line.trim().split(/\s+/)[column] ?? '', 10) || 0));
  return { cpu: 'the nodes’ CPU', cores: most(0), memoryBytes: most(1) * 2 ** 20 };
}

/** `a100_3g.20gb`, `1g.5gb+me`: a part of a card, as MIG cuts them. */
const isInstanceType = (type: string): boolean => /(?:^|_)\d+[a-z]\.\d+gb/i.test(type);

/** The most cards (of the site's type) that a node has, from sinfo's `gpu:p100:4(S:0-1),…`. Parts of cards count only where they are asked for by name. */
export function gpusPerNode(sinfo: string, { gpuType }: Pick<ClusterSite, 'gpuType'>): number {
  const counts = sinfo.split('\n').map((line) => {
    const cards = [...line.matchAll(/(?:^|,)gpu(?::([^:,()]+))?:(\d+)/g)];
    return cards
      .filter(([, type]) => (gpuType === undefined ? !isInstanceType(type ?? '') : type === gpuType))
      .reduce((sum, [, , count]) => sum + Number(count), 0);
  });
  return Math.max(0, ...counts);
}

/** Enough for whatever is planned. */
const unknownMebibytes = 2 ** 20;

const unasked = (kind: 'cpu' | 'gpu'): string =>
  `A plan submits no job, and no node was asked yet for its model of ${kind.toUpperCase()}: timings are planned for any. A run asks once${kind === 'gpu' ? ', or gpuModel and gpuMemory in slurm.yaml say it' : ''}.`;

/** From the file that an earlier probe wrote, or from a probe. */
async function describedNode(request: ClusterRequest, kind: 'cpu' | 'gpu'): Promise<NodeDescription> {
  const { site, commands, folder, tell } = request;
  const { partition, constraint, gpuType, options } = site;
  const asked = JSON.stringify([kind, partition, constraint, gpuType, options]);
  const path = join(folder, `node-${createHash('sha256').update(asked).digest('hex').slice(0, 12)}.json`);
  const known = read(path);
  if (known) return known;
  if (!request.mayAsk) {
    tell(unasked(kind));
    const card = {
      index: 0,
      uuid: 'any',
      model: 'GPU of the cluster',
      memoryMebibytes: unknownMebibytes,
      driver: 'unknown',
    };
    return { ...(await nodeOfQueue(site, commands)), gpus: kind === 'gpu' ? [card] : [], gpuTrouble: null };
  }
  makeFolder(folder);
  const log = path.replace(/json$/, 'log');
  const script = writeScript(path.replace(/json$/, 'sh'), programScript('probe', [path], site));
  tell('Asking a compute node what it has: a job of a few seconds, once');
  await commands
    .run(
      'sbatch',
      [
        '--wait',
        '--job-name=reproduce-node',
        '--nodes=1',
        '--ntasks=1',
        '--time=5',
        ...(kind === 'gpu' ? gresOf(1, site) : []),
        `--output=${log}`,
        ...commonArguments(site),
        script,
      ],
      { patient: true },
    )
    .catch((error: unknown) => {
      // `--wait` passes the job's own exit code on.
      if (!(error instanceof Problem) || error.code !== 'SLURM_REFUSED' || !existsSync(log)) throw error;
    });
  await untilThere(() => read(path) !== null, site.visibleSeconds);
  const node = read(path);
  if (node && (kind === 'cpu' || node.gpus.length > 0)) return node;
  throw new Problem(
    'NODE_UNKNOWN',
    node
      ? `On the compute node ${node.gpuTrouble ?? 'nvidia-smi lists no GPU'}`
      : `The job that asks a compute node what it has left no answer; ${log} may say why`,
    'A compute node must see the project’s folder and Node.js (`node` and `setUp` in the site file); with --devices cpu:N no GPU is needed.',
  );
}

function read(path: string): NodeDescription | null {
  try {
    return nodeSchema.parse(JSON.parse(readTextFile(path, { limit: 1 << 20 })));
  } catch {
    return null;
  }
}
