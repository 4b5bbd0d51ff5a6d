/** Trains a network from wherever its folder is, to its last step or until it is told to stop. */
import { Problem } from '../../core/problem.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { runFile } from '../../store/run-folder.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { DiagnosisLog } from './logs/diagnosis-log.js';
import { evaluate } from './evaluation.js';
import type { Tell } from '../../store/events.js';
import type { TrainingSetup } from './job.js';
import { learningRateAt } from './learning-rate.js';
import { PhasedProgram } from './phases/phased-program.js';
import type { Program, TrainingData, TrainingPhase, ValidationData } from './program.js';
import type { Evaluation } from './result.js';
import { StepLog } from './logs/step-log.js';
import type { Summary } from './logs/tensorboard.js';

export interface TrainingWork {
  readonly job: TrainingSetup;
  readonly folder: string;
  /** In their order; at least one. */
  readonly phases: readonly TrainingPhase[];
  readonly training: TrainingData;
  readonly validation: ValidationData;
  /** Seconds between checkpoints; 0: at evaluations only. */
  readonly checkpointSeconds: number;
  readonly tell: Tell;
  /** Lines for `log.txt`. */
  readonly warn: (line: string) => void;
  /** Aborted: finish the step, write a checkpoint, stop. */
  readonly signal: AbortSignal;
  /** Called between steps with how many are done, more than once with the same number where an evaluation is due. */
  readonly between?: (step: number) => Promise<void>;
  /** Opens TensorBoard's log; given the steps done before, where the training goes on. */
  readonly summaryFrom?: ((resumed: number | undefined) => Summary) | undefined;
}

export interface Trained {
  /** The last one's, trained. */
  readonly program: Program;
  readonly evaluations: readonly Evaluation[];
  readonly finalLoss: number;
}

/** Milliseconds between two signs of life in an evaluation. */
const progressInterval = 2000;

export const epochColumns = ['step', 'epoch', 'errorPct', 'top5ErrorPct', 'sampledErrorPct', 'loss'] as const;

/**
 * Runs the steps that are left. A checkpoint is written at every evaluation, every `checkpointSeconds`, and at a stop.
 * After success the final weights stay as the checkpoint. Where one network follows on another, both are evaluated at that
 * step: what the change of networks does to the error is then told apart from what training does.
 * @throws Problem LOSS_DIVERGED at the first loss that is not a finite number; DISK_FULL.
 */
export async function train(work: TrainingWork): Promise<Trained | { readonly stoppedAt: number }> {
  const { job, tell, signal } = work;
  const { steps, evaluateEvery } = job.training;
  const checkpointPath = runFile(work.folder, 'checkpoint');
  const epochOf = (step: number) => (step * job.training.batch) / work.training.images;

  const resumed = readCheckpoint(checkpointPath, job, work.warn);
  const evaluations: Evaluation[] = [...(resumed?.evaluations ?? [])];
  let step = resumed?.step ?? 0;
  let loss = resumed?.loss ?? null;
  tell({ type: 'phase', phase: 'compiling' });
  const network = new PhasedProgram(work.phases, resumed?.phase ?? 1);
  if (resumed) {
    await network.program.writeState(resumed.tensors);
    tell({ type: 'resumed', step });
  }
  tell({ type: 'phase', phase: 'training' });
  writeEpochs(work.folder, evaluations);
  const summary = work.summaryFrom?.(resumed?.step);
  const log = new StepLog(work.folder, step, steps, tell, summary);
  const diagnoses = new DiagnosisLog(work.folder, step, job.training.diagnoseEvery);

  let savedAt = performance.now();
  const save = async () => {
    // What the checkpoint says was done must be in the CSV too.
    log.sync();
    const tensors = await network.program.readState();
    writeCheckpoint(checkpointPath, job, { step, ...network.named, loss, evaluations, tensors });
    tell({ type: 'checkpointed', step });
    savedAt = performance.now();
    log.paused();
  };
  const saveDue = () => work.checkpointSeconds > 0 && performance.now() - savedAt >= work.checkpointSeconds * 1000;
  // A step whose evaluation was interrupted has none yet when the training goes on there.
  const evaluationDue = () =>
    step > 0 &&
    (step % evaluateEvery === 0 || step === steps || network.changesAt(step)) &&
    (evaluations.at(-1)?.step !== step || evaluations.at(-1)?.phase !== network.named.phase);

  try {
    for (;;) {
      await work.between?.(step);
      if (evaluationDue()) {
        const evaluation = await evaluateAt(work, network, step, epochOf(step));
        if (evaluation) {
          evaluations.push(evaluation);
          writeEpochs(work.folder, evaluations);
          summary?.scalars(step, curvesOf(evaluation));
          await save();
        }
      } else if (step > 0 && saveDue()) await save();
      if (signal.aborted && (step < steps || evaluationDue())) {
        await save();
        return { stoppedAt: step };
      }
      if (step === steps) break;
      if (network.endsAt(step)) {
        tell({ type: 'phase', phase: 'compiling' });
        await network.next();
        tell({ type: 'phase', phase: 'training' });
        log.paused();
        continue;
      }

      const batch = await work.training.batch(step);
      const learningRate = learningRateAt(job.training, step);
      await diagnoses.look(network.program, step, batch);
      log.launching();
      loss = await network.program.step(batch, learningRate);
      step += 1;
      if (!Number.isFinite(loss)) throw diverged('training loss', loss, step);
      log.record({ step, epoch: epochOf(step), learningRate, loss });
    }
  } finally {
    log.close();
    diagnoses.close();
  }
  if (loss === null) throw new Error('Internal error: a training ended without a step');
  return { program: network.program, evaluations, finalLoss: loss };
}

/** Undefined when it was stopped half-way. */
async function evaluateAt(
  work: TrainingWork,
  { program, named }: Pick<PhasedProgram, 'program' | 'named'>,
  step: number,
  epoch: number,
): Promise<Evaluation | undefined> {
  const { protocol, training } = work.job;
  const sampled = { images: protocol.sampledEvaluation, seed: training.seed, step };
  let toldAt = Number.NEGATIVE_INFINITY;
  // A long evaluation shows that it lives.
  const progress = (images: number) => {
    if (performance.now() - toldAt < progressInterval) return;
    toldAt = performance.now();
    work.tell({ type: 'phase', phase: 'evaluating', detail: `${images} of ${work.validation.images} images` });
  };
  const scores = await evaluate(program, work.validation, sampled, work.signal, progress);
  if (!scores) return undefined;
  if (!Number.isFinite(scores.loss)) throw diverged('validation loss', scores.loss, step);
  const { errorPct, top5ErrorPct } = scores;
  work.tell({ type: 'evaluated', step, epoch, errorPct, top5ErrorPct });
  if (step < training.steps) work.tell({ type: 'phase', phase: 'training' });
  return { step, epoch, ...scores, ...named };
}

const curvesOf = ({ errorPct, top5ErrorPct, loss }: Evaluation) => ({
  'validation/errorPct': errorPct,
  'validation/top5ErrorPct': top5ErrorPct,
  'validation/loss': loss,
});

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
