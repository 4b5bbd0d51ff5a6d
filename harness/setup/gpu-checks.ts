/** What `doctor` says of GPUs: what nvidia-smi tells, what may be used, and a trial step on each card. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '../core/problem.js';
import { commandLine, inProject } from '../core/project.js';
import type { Check } from './check.js';
import { readGraphicsCards, type GraphicsCard } from '../core/process/graphics-cards.js';
import type { Environment, NativeLibrary } from './native-library.js';
import { beyondWheels, beyondWheelsHint, describeBeyondWheels, visibleAmong } from './visible-cards.js';

/** Tries a card; undefined where it works, else why not. */
export type Trial = (card: GraphicsCard, environment: Environment) => Promise<string | undefined>;

const trialLimitSeconds = 120;

/** Two training steps on this card in a process of its own. */
export const tryCard: Trial = (card, environment) =>
  trySteps('gpu:0', { ...environment, CUDA_VISIBLE_DEVICES: card.uuid });

/** As `tryCard`, on any `--devices`. */
export function trySteps(devices: string, environment: Environment): Promise<string | undefined> {
  const program = inProject('dist', 'harness', 'kinds', 'training', 'trial-step.js');
  const options = { timeout: trialLimitSeconds * 1000, killSignal: 'SIGKILL', env: { ...environment } } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, devices], options, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      else resolve(problemIn(stdout) ?? howItEnded(error, stderr));
    });
  });
}

function problemIn(stdout: string): string | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  return line === undefined ? undefined : (JSON.parse(line) as { problem?: string }).problem;
}

function howItEnded(
  error: { killed?: boolean | null; signal?: string | null; message: string },
  stderr: string,
): string {
  if (error.killed === true) return `it was not done after ${trialLimitSeconds} s`;
  const last = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return `it was ended by ${error.signal ?? error.message}${last === '' ? '' : `: ${last}`}`;
}

export async function gpuChecks(
  library: NativeLibrary | Problem,
  environment: Environment,
  trial: Trial = tryCard,
): Promise<Check[]> {
  const reading = await readGraphicsCards(environment);
  const { cards, trouble, leftOut } = visibleAmong(reading, environment['CUDA_VISIBLE_DEVICES']);
  if (trouble !== undefined)
    return [
      {
        name: 'GPUs',
        status: 'missing',
        detail: trouble,
        hint: `${wayOut(trouble)}, or compute on cores: --devices cpu.`,
      },
    ];
  if (cards.length === 0)
    return [{ name: 'GPUs', status: 'ok', detail: `${whyNone(reading.kind, environment)}: jobs run on CPU cores` }];
  const lines = cards.map((card) => `${card.index}: ${card.model}, ${card.memoryMebibytes} MiB, driver ${card.driver}`);
  const lost = leftOut.map((detail): Check => ({
    name: 'GPUs',
    status: 'warning',
    detail,
    hint: 'The others are used.',
  }));
  const own = library instanceof Problem || library.source === 'WARPNET_TENSORFLOW';
  const foreign = own ? [] : cards.filter(beyondWheels);
  return [
    { name: 'GPUs', status: 'ok', detail: lines.join('; ') },
    ...lost,
    ...foreign.map((card): Check => ({
      ...{ name: 'compute capability', status: 'warning' },
      ...{ detail: describeBeyondWheels(card), hint: beyondWheelsHint },
    })),
    ...(await trials(library, cards, environment, trial)),
  ];
}

/** One after the other: each needs memory of its own for NVIDIA's libraries. */
async function trials(
  library: NativeLibrary | Problem,
  cards: readonly GraphicsCard[],
  environment: Environment,
  trial: Trial,
): Promise<Check[]> {
  if (library instanceof Problem) return [];
  if (library.source !== 'WARPNET_TENSORFLOW' && !existsSync(join(dirname(library.folder), 'nvidia')))
    return [
      { name: 'GPUs', status: 'missing', detail: 'TensorFlow is set up without CUDA', hint: commandLine('setup') },
    ];
  const checks: Check[] = [];
  for (const [index, card] of cards.entries()) {
    const failure = await trial(card, environment);
    const name = `gpu:${index}`;
    checks.push(
      failure === undefined
        ? { name, status: 'ok', detail: `${card.model}: a trial step ran` }
        : {
            ...{ name, status: 'missing', detail: `${card.model}: a trial step failed: ${failure}` },
            hint: 'TF_CPP_MIN_LOG_LEVEL=0 shows what TensorFlow itself says. Other cards: --devices gpu:0,2; none: --devices cpu.',
          },
    );
  }
  return checks;
}

function whyNone(kind: 'no-tool' | 'failed' | 'read', environment: Environment): string {
  if (environment['CUDA_VISIBLE_DEVICES'] !== undefined) return 'hidden by CUDA_VISIBLE_DEVICES';
  return kind === 'no-tool' ? 'no nvidia-smi' : 'nvidia-smi lists none';
}

/** The usual cure of what nvidia-smi complains of. */
function wayOut(trouble: string): string {
  if (/version mismatch/i.test(trouble)) return 'The driver was updated while its old module runs: restart the machine';
  if (trouble.startsWith('CUDA_VISIBLE_DEVICES')) return 'Let it name one of those, or unset it';
  if (/lost|ERR!|reset|unknown error/i.test(trouble))
    return 'See the kernel log (`dmesg | grep Xid`); a restart may bring it back';
  return "See to NVIDIA's driver";
}
