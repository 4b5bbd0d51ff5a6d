/** The site file: what a cluster wants to hear with every job, and how much of it a run may take. See docs/slurm.md. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { readTextFile } from '../../core/files/read-file.js';
import { parseWith } from '../../plan/yaml/schema-problem.js';
import { YamlDocument } from '../../plan/yaml/yaml-document.js';
import { Problem } from '../../core/problem.js';
import { inProject } from '../../core/project.js';

/** Options that the harness itself gives to sbatch, or that would break what it relies on. */
const reserved =
  /^(?:--(?:array|chdir|dependency|error|export|gres|gpus[\w-]*|exclusive|hold|input|job-name|kill-on-invalid-dep|no-requeue|nodes|ntasks[\w-]*|open-mode|output|parsable|requeue|signal|test-only|time|wait|wrap)(?:=|$)|-[aDdeGHiJNnotW])/;

const word = z.string().min(1).max(200);

/** `90` (minutes), `4:00:00` or `2-00:00:00`: as Slurm writes a time limit. */
const timeLimit = z
  .union([z.int().min(1), z.string().regex(/^(?:\d+-)?\d+:\d{2}:\d{2}$/)], {
    error: 'minutes (90), hours:minutes:seconds (4:00:00) or days-hours:minutes:seconds (2-00:00:00)',
  })
  .transform(secondsOfLimit);

export const siteSchema = z.strictObject({
  partition: word.optional().describe('--partition'),
  account: word.optional().describe('--account'),
  qos: word.optional().describe('--qos'),
  constraint: word.optional().describe('--constraint; name one type of node here where a partition has several'),
  gpuType: word.optional().describe('Asks for --gres=gpu:<type>:N'),
  options: z
    .array(
      word
        .regex(/^-/, 'an option of sbatch, such as --reservation=paper')
        .refine((option) => !reserved.test(option), { message: 'This option is set by the program itself' }),
    )
    .default([])
    .describe('More options for sbatch, one an item'),
  setUp: z.string().max(10_000).default('').describe('Shell lines run on the node before the work: module load …'),
  node: word.optional().describe('Node.js on the compute nodes; by default the one that runs the program'),
  gpuModel: word.optional().describe('As nvidia-smi names it on the nodes; with gpuMemory no job has to ask'),
  gpuMemory: z
    .string()
    .regex(/^\d+[MG]$/, 'such as 40960M or 40G')
    .transform(mebibytesOf)
    .optional()
    .describe('Of one GPU'),
  gpusPerNode: z.int().min(0).max(64).optional().describe('In place of what sinfo says'),
  cpusPerGpu: z.int().min(1).max(256).default(4),
  memory: z
    .union([z.literal('estimate'), z.literal('none'), z.string().regex(/^\d+[KMGT]?$/)])
    .default('estimate')
    .describe('--mem of a job: estimate, none (the default of the cluster), or a size such as 16G'),
  timeFactor: z
    .number()
    .min(1)
    .max(100)
    .default(3)
    .describe('A time limit is the estimate times this, and ten minutes'),
  exclusive: z
    .boolean()
    .default(true)
    .describe('Whether a timing has its node alone; if not, the load of others is measured and told as elsewhere'),
  longest: timeLimit.optional().describe('The longest time limit that the partition allows'),
  queued: z.int().min(1).max(100_000).default(100).describe('Jobs in the queue at once'),
  running: z.int().min(1).max(100_000).optional().describe('Jobs of an array that run at once'),
  pollSeconds: z.number().min(0.1).max(3600).default(15).describe('Between two questions to the queue'),
  visibleSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(60)
    .describe('After so long, what one node wrote is seen by every other'),
});
export type ClusterSite = z.output<typeof siteSchema>;

/** Where the site file is looked for when none is named. */
export const defaultSiteFile = 'slurm.yaml';

/** What sbatch takes from the environment where no option says it: so it is here. */
const variables = { partition: 'SBATCH_PARTITION', account: 'SBATCH_ACCOUNT', qos: 'SBATCH_QOS' } as const;

/** The site, with partition, account and QOS of the environment where the file names none. */
export function withVariables(site: ClusterSite, environment: NodeJS.ProcessEnv): ClusterSite {
  const named = Object.entries(variables).flatMap(([key, variable]) => {
    const value = site[key as keyof typeof variables] ?? environment[variable];
    return value === undefined || value === '' ? [] : [[key, value]];
  });
  return { ...site, ...(Object.fromEntries(named) as Partial<ClusterSite>) };
}

/**
 * The site file that is named, else `slurm.yaml` in the project's folder, else what a cluster without special wishes wants.
 * @throws Problem SITE_MISSING, YAML_INVALID, KEY_UNKNOWN, VALUE_INVALID with the place
 */
export function readSite(path: string | undefined): ClusterSite {
  const file = path ?? inProject(defaultSiteFile);
  if (!existsSync(file)) {
    if (path === undefined) return siteSchema.parse({});
    throw new Problem('SITE_MISSING', `There is no site file ${path}`, 'docs/slurm.md has an example of one.');
  }
  return parseSite(readTextFile(file, { limit: 1 << 20 }), file);
}

export function parseSite(text: string, file: string): ClusterSite {
  const document = YamlDocument.parse(text, file);
  return document.content === null ? siteSchema.parse({}) : parseWith(siteSchema, document);
}

function mebibytesOf(size: string): number {
  return Number(size.slice(0, -1)) * (size.endsWith('G') ? 1024 : 1);
}

function secondsOfLimit(limit: string | number): number {
  if (typeof limit === 'number') return limit * 60;
  const [time = '', days = '0'] = limit.split('-').reverse();
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return ((Number(days) * 24 + hours) * 60 + minutes) * 60 + seconds;
}
