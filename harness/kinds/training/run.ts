/** Trains in the subprocess: opens engine and data, runs the steps that are left, and says what was measured. */
import { join } from 'node:path';
import type { Ended } from '../result.js';
import { withOpened, type RunContext } from '../run-context.js';
import type { Execution } from '../../store/execution.js';
import { stepTitle, writeTrace } from '../rows/step-trace.js';
import type { TrainingJob } from './job.js';
import { readDiagnoses } from './diagnosis-log.js';
import type { TrainingParts } from './program.js';
import type { ErrorResult, Evaluation } from './result.js';
import { openSummary } from './tensorboard.js';
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
      tell({ type: 'phase', phase: 'compiling' });
      const { program, training, validation, profile } = await parts.prepare();
      tell({ type: 'phase', phase: 'training' });
      const { checkpointSeconds, tensorboard } = execution;
      const summaryFrom = tensorboard
        ? (resumed: number | undefined) => openSummary(join(folder, 'tensorboard'), resumed, warn)
        : undefined;
      const data = { program, training, validation };
      const trained = await train({ job: job, folder, ...data, checkpointSeconds, tell, warn, signal, summaryFrom });
      if ('stoppedAt' in trained) return trained;
      // Last, for a profiled step changes the weights, which are in the checkpoint by now.
      if (execution.trace && profile) {
        const title = stepTitle(job.network.label, job.training.batch, job.protocol, execution);
        await writeTrace(folder, 'trace', await profile(), title);
      }
      const { evaluations, finalLoss } = trained;
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
        },
      };
    },
  );
}

/** The best is the earliest of those with the lowest top-1 error. */
function lastAndBest(evaluations: readonly Evaluation[]): { last: Evaluation; best: Evaluation } {
  const [first, ...rest] = evaluations;
  if (!first) throw new Error('Internal error: a training ended without an evaluation');
  const best = rest.reduce((lowest, one) => (one.errorPct < lowest.errorPct ? one : lowest), first);
  return { last: rest.at(-1) ?? first, best };
}
