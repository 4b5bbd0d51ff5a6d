/** Trains in the subprocess: opens engine and data, runs the steps that are left, and says what was measured. */
import { join } from 'node:path';
import type { Ended } from '../result.js';
import { withOpened, type RunContext } from '../run-context.js';
import type { Execution } from '../../store/execution.js';
import { stepTitle, writeTrace } from '../rows/step-trace.js';
import type { TrainingJob } from './job.js';
import { readDiagnoses } from './logs/diagnosis-log.js';
import { stepSeconds } from './phases/step-seconds.js';
import type { Program, TrainingParts, ValidationData } from './program.js';
import type { ErrorResult, Evaluation } from './result.js';
import { openSummary } from './logs/tensorboard.js';
import { train } from './trainer.js';

/** Tests open parts of their own. */
export type OpenTraining = (job: TrainingJob, execution: Execution) => Promise<TrainingParts>;

const openReal: OpenTraining = async (job, execution) =>
  (await import('./error-parts.js')).openErrorParts(job, execution);

/** @throws Problem LOSS_DIVERGED, DISK_FULL, and of what is opened */
export function runTraining(
  job: TrainingJob,
  context: RunContext,
  open: OpenTraining = openReal,
): Promise<Ended<ErrorResult>> {
  const { folder, execution, tell, warn, signal } = context;
  return withOpened(
    context,
    () => open(job, execution),
    async (parts) => {
      const { phases, training, validation } = await parts.prepare();
      const { checkpointSeconds, tensorboard } = execution;
      const summaryFrom = tensorboard
        ? (resumed: number | undefined) => openSummary(join(folder, 'tensorboard'), resumed, warn)
        : undefined;
      const data = { phases, training, validation };
      const trained = await train({ job, folder, ...data, checkpointSeconds, tell, warn, signal, summaryFrom });
      if ('stoppedAt' in trained) return trained;
      const { program, evaluations, finalLoss } = trained;
      const probes = await probesOf(program, validation);
      // Last, for a profiled step changes the weights, which are in the checkpoint by now.
      if (execution.trace && program.profile) {
        const title = stepTitle(job.network.label, job.training.batch, job.protocol, execution);
        const profile = await program.profile(await training.batch(0), job.training.learningRate);
        await writeTrace(folder, 'trace', profile, title);
      }
      const diagnoses = readDiagnoses(folder);
      return {
        measured: {
          parameters: program.parameters,
          trainImages: training.images,
          validationImages: validation.images,
          ...lastAndBest(evaluations),
          evaluations: [...evaluations],
          finalLoss,
          ...(diagnoses && { diagnoses }),
          stepSeconds: stepSeconds(folder, phases),
          ...(probes && { probes }),
        },
      };
    },
  );
}

/** Looks at the network on the first batch of validation images; undefined where it lets nobody. */
async function probesOf(
  { probe }: Program,
  validation: ValidationData,
): Promise<Readonly<Record<string, number>> | undefined> {
  if (probe === undefined) return undefined;
  for await (const batch of validation.batches()) return Object.fromEntries(await probe(batch));
  return undefined;
}

/** The best is the earliest of those with the lowest top-1 error. */
function lastAndBest(evaluations: readonly Evaluation[]): { last: Evaluation; best: Evaluation } {
  const [first, ...rest] = evaluations;
  if (!first) throw new Error('Internal error: a training ended without an evaluation');
  const best = rest.reduce((lowest, one) => (one.errorPct < lowest.errorPct ? one : lowest), first);
  return { last: rest.at(-1) ?? first, best };
}
