/** Trains one error cell from wherever its folder is, to its last step or until it is told to stop. */
import type { ErrorCell } from '../experiment/cell.js';
import { Problem } from '../problem.js';
import { writeAtomically } from '../result/atomic-write.js';
import { runFile } from '../result/run-folder.js';
import type { Evaluation } from '../result/result.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { CsvLog } from './csv-log.js';
import { evaluate } from './evaluation.js';
import type { Tell } from './event-log.js';
import { learningRateAt } from './learning-rate.js';
import type { Program, TrainingData, ValidationData } from './program.js';
import type { Summary } from './tensorboard.js';

export interface TrainingJob {
  readonly cell: ErrorCell;
  readonly folder: string;
  readonly program: Program;
  readonly training: TrainingData;
  readonly validation: ValidationData;
  /** Seconds between checkpoints; 0: at evaluations only. */
  readonly checkpointSeconds: number;
  readonly tell: Tell;
  /** Lines for `log.txt`. */
  readonly warn: (line: string) => void;
  /** Aborted: finish the step, write a checkpoint, stop. */
  readonly signal: AbortSignal;
  /** Opens TensorBoard's log; given the steps done before, where the training goes on. */
  readonly summaryFrom?: ((resumed: number | undefined) => Summary) | undefined;
}

export interface Trained {
  readonly evaluations: readonly Evaluation[];
  readonly finalLoss: number;
}

/** Milliseconds between two `step` events: a few a second are enough to watch. */
const eventInterval = 400;

export const stepColumns = ['step', 'epoch', 'learningRate', 'loss', 'milliseconds', 'idleMilliseconds'] as const;
export const epochColumns = ['step', 'epoch', 'errorPct', 'top5ErrorPct', 'sampledErrorPct', 'loss'] as const;

/**
 * Runs the steps that are left. A checkpoint is written at every evaluation, every `checkpointSeconds`, and at a stop.
 * After success the final weights stay as the checkpoint.
 * @throws Problem LOSS_DIVERGED at the first loss that is not a finite number; DISK_FULL.
 */
export async function train(job: TrainingJob): Promise<Trained | { readonly stoppedAt: number }> {
  const { cell, program, tell, signal } = job;
  const { steps } = cell.training;
  const checkpointPath = runFile(job.folder, 'checkpoint');
  const epochOf = (step: number) => (step * cell.training.batch) / job.training.images;

  const resumed = readCheckpoint(checkpointPath, cell, job.warn);
  const evaluations: Evaluation[] = [...(resumed?.evaluations ?? [])];
  let step = resumed?.step ?? 0;
  let loss = resumed?.loss ?? null;
  if (resumed) {
    await program.writeState(resumed.tensors);
    tell({ type: 'resumed', step });
  }
  const summary = job.summaryFrom?.(resumed?.step);
  const stepsLog = new CsvLog(runFile(job.folder, 'steps'), stepColumns, keepFirst(step));
  writeEpochs(job.folder, evaluations);

  let savedAt = performance.now();
  const save = async () => {
    // What the checkpoint says was done must be in the CSV too.
    stepsLog.sync();
    writeCheckpoint(checkpointPath, cell, { step, loss, evaluations, tensors: await program.readState() });
    tell({ type: 'checkpointed', step });
    savedAt = performance.now();
  };

  const evaluationDue = () =>
    (step % cell.training.evaluateEvery === 0 || step === steps) && step > 0 && evaluations.at(-1)?.step !== step;

  try {
    let lastEvent = Number.NEGATIVE_INFINITY;
    let idleSince: number | undefined;
    for (;;) {
      if (evaluationDue() && !signal.aborted) {
        const evaluation = await evaluateNow(job, step, epochOf(step));
        if (evaluation) {
          evaluations.push(evaluation);
          summary?.scalars(step, {
            'validation/errorPct': evaluation.errorPct,
            'validation/top5ErrorPct': evaluation.top5ErrorPct,
            'validation/loss': evaluation.loss,
          });
          writeEpochs(job.folder, evaluations);
          await save();
          idleSince = undefined;
        }
      }
      if (signal.aborted && (step < steps || evaluationDue())) {
        await save();
        return { stoppedAt: step };
      }
      if (step === steps) break;

      const turn = performance.now();
      const batch = await job.training.batch(step);
      const learningRate = learningRateAt(cell.training, step);
      const start = performance.now();
      loss = await program.step(batch, learningRate);
      const end = performance.now();
      step += 1;
      if (!Number.isFinite(loss)) throw diverged('training loss', loss, step);

      const milliseconds = end - (idleSince ?? turn);
      stepsLog.append(
        step,
        rounded(epochOf(step), 6),
        rounded(learningRate, 9),
        rounded(loss, 9),
        rounded(milliseconds, 6),
        rounded(start - (idleSince ?? turn), 6),
      );
      idleSince = end;
      summary?.scalars(step, { 'train/loss': loss, 'train/learningRate': learningRate });
      if (end - lastEvent >= eventInterval || step === steps) {
        stepsLog.flush();
        tell({ type: 'step', step, steps, loss, learningRate, millisecondsPerStep: milliseconds });
        lastEvent = end;
      }
      if (job.checkpointSeconds > 0 && end - savedAt >= job.checkpointSeconds * 1000 && !evaluationDue()) {
        await save();
        idleSince = undefined;
      }
    }
  } finally {
    stepsLog.close();
  }
  if (loss === null) throw new Error('Internal error: a training ended without a step');
  return { evaluations, finalLoss: loss };
}

async function evaluateNow(job: TrainingJob, step: number, epoch: number): Promise<Evaluation | undefined> {
  job.tell({ type: 'phase', phase: 'evaluating' });
  const { protocol, training } = job.cell;
  const sampled = { images: protocol.sampledEvaluation, seed: training.seed, step };
  const scores = await evaluate(job.program, job.validation, sampled, job.signal);
  if (!scores) return undefined;
  if (!Number.isFinite(scores.loss)) throw diverged('validation loss', scores.loss, step);
  const evaluation = { step, epoch, ...scores };
  const { errorPct, top5ErrorPct } = evaluation;
  job.tell({ type: 'evaluated', step, epoch, errorPct, top5ErrorPct });
  if (step < training.steps) job.tell({ type: 'phase', phase: 'training' });
  return evaluation;
}

/** Accepts the rows of steps 1 … `step`, each once: what lies behind the checkpoint is trained again. */
function keepFirst(step: number): (field: string) => boolean {
  let last = 0;
  return (field) => {
    const row = Number(field);
    if (!(row > last && row <= step)) return false;
    last = row;
    return true;
  };
}

/** Rewritten whole each time: it is a function of the evaluations, and short. */
function writeEpochs(folder: string, evaluations: readonly Evaluation[]): void {
  const rows = evaluations.map((evaluation) => epochColumns.map((column) => evaluation[column] ?? '').join(','));
  writeAtomically(runFile(folder, 'epochs'), `${[epochColumns.join(','), ...rows].join('\n')}\n`);
}

function diverged(what: string, value: number, step: number): Problem {
  return new Problem(
    'LOSS_DIVERGED',
    `The ${what} became ${value} at step ${step}`,
    'A smaller learning rate or another seed may help; `steps.csv` shows how it came about.',
  );
}

/** Nine significant digits keep a float32 exactly. */
const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));
