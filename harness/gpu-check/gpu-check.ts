/** Checks the cards of this machine, each check in a process of its own. */
import { execFile } from 'node:child_process';
import { z } from 'zod';
import type { Environment } from '../core/process/environment.js';
import { readGraphicsCards, type GraphicsCard } from '../core/process/graphics-cards.js';
import { inProject } from '../core/project.js';
import { lookForCards } from '../setup/visible-cards.js';
import { findingSchema, judged, leftOut, type Finding } from './finding.js';
import type { CheckName } from './subprocess.js';

export interface GpuCheck {
  readonly cards: readonly GraphicsCard[];
  readonly findings: readonly Finding[];
}

/** Runs one check and gives what it found. */
export type RunCheck = (
  check: CheckName,
  devices: string,
  card: GraphicsCard,
  environment: Environment,
) => Promise<Finding[]>;

/** All of the first card, the networks on each other, and two together. */
const ofFirst: readonly CheckName[] = [
  ...(['libraries', 'operations', 'tf32-off', 'tf32-on', 'networks', 'halves'] as const),
  ...(['determinism', 'profile', 'synchronisation'] as const),
];

/** Ten minutes for all of a machine with one card: nine checks. */
const limitSeconds = 65;

/** Why there is nothing to check; undefined where there is a card. */
export async function whyNoCards(environment: Environment): Promise<string | undefined> {
  const { cards, trouble } = await lookForCards(environment);
  if (cards.length > 0) return undefined;
  if (trouble !== undefined) return trouble;
  const { kind } = await readGraphicsCards(environment);
  return kind === 'no-tool' ? 'nvidia-smi is not here' : 'nvidia-smi lists no card, or CUDA_VISIBLE_DEVICES hides them';
}

/** @param tell is given each finding when it is there */
export async function checkGpus(
  environment: Environment,
  tell: (finding: Finding) => void = () => undefined,
  run: RunCheck = inSubprocess,
): Promise<GpuCheck> {
  const { cards } = await lookForCards(environment);
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]): void => {
    findings.push(...found);
    found.forEach(tell);
  };
  const [first, second] = cards;
  if (first === undefined) return { cards, findings };
  add(cards.map(inventory));
  for (const check of ofFirst) add(await run(check, 'gpu:0', first, environment));
  for (const [index, card] of cards.entries())
    if (index > 0) add(named(await run('networks', `gpu:${index}`, card, environment), `gpu:${index}`));
  add(second === undefined ? [leftOut('two cards', 'there is one')] : await run('pair', 'gpu:0,1', first, environment));
  add([await memoryAfter(cards, environment)]);
  return { cards, findings };
}

function inventory({ index, model, memoryMebibytes, driver, computeCapability, usedMebibytes }: GraphicsCard): Finding {
  const figures = [
    `${memoryMebibytes} MiB`,
    `driver ${driver}`,
    `compute capability ${computeCapability ?? 'unknown'}`,
  ];
  return judged('inventory', true, `${index}: ${model}, ${figures.join(', ')}, ${usedMebibytes ?? '?'} MiB in use`);
}

const named = (findings: readonly Finding[], device: string): Finding[] =>
  findings.map(({ name, ...rest }) => ({ name: `${name}, ${device}`, ...rest }));

/** What a driver may keep for a while when all processes are gone. */
const keptMebibytes = 256;

/** When the checks are over their memory is free again. */
async function memoryAfter(before: readonly GraphicsCard[], environment: Environment): Promise<Finding> {
  const name = 'memory given back';
  const { cards } = await lookForCards(environment);
  const grown = before.flatMap(({ uuid, usedMebibytes }) => {
    const now = cards.find((card) => card.uuid === uuid)?.usedMebibytes;
    return usedMebibytes === undefined || now === undefined ? [] : [now - usedMebibytes];
  });
  if (grown.length === 0) return leftOut(name, 'the driver does not tell how much is in use');
  const most = Math.max(...grown);
  return judged(name, most <= keptMebibytes, `${Math.max(0, most)} MiB more are in use than before`);
}

/** TF32 came with compute capability 8. */
const hasTf32 = ({ computeCapability }: GraphicsCard): boolean =>
  computeCapability !== undefined && Number.parseInt(computeCapability, 10) >= 8;

export const inSubprocess: RunCheck = (check, devices, card, environment) => {
  const program = inProject('bootstrap', 'gpu-check.mjs');
  const argv = [program, check, devices, ...(hasTf32(card) ? ['tf32'] : [])];
  const options = {
    timeout: limitSeconds * 1000,
    killSignal: 'SIGKILL',
    env: { ...environment },
    maxBuffer: 2 ** 24,
  } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, argv, options, (error, stdout, stderr) => {
      const line = stdout.split('\n').find((text) => text.startsWith('['));
      if (line !== undefined) resolve(z.array(findingSchema).parse(JSON.parse(line)));
      else {
        const how =
          error?.killed === true
            ? `it was not done after ${limitSeconds} s`
            : `it ended with ${error?.signal ?? error?.code ?? 'nothing'}`;
        const last = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
        resolve([judged(check, false, last === '' ? how : `${how}: ${last}`)]);
      }
    });
  });
};
