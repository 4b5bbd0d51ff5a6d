/** Trains a network in the subprocess and measures its weights on the way. */
import { analysisNamed } from '../../plan/paper/paper.js';
import type { AnalysedBatch, AnalysedValue } from '../../plan/paper/analysis.js';
import type { Ended } from '../result.js';
import { withOpened, type RunContext } from '../run-context.js';
import { openErrorParts } from '../training/error-parts.js';
import { train } from '../training/trainer.js';
import type { AnalysisJob } from './job.js';
import { MeasuredSteps } from './measured-steps.js';
import type { AnalysisResult, AnalysisRow } from './result.js';

/** @throws Problem LOSS_DIVERGED, DISK_FULL, ANALYSIS_UNKNOWN, and of what is opened */
export function runAnalysis(job: AnalysisJob, context: RunContext): Promise<Ended<AnalysisResult>> {
  const { paper, folder, execution, tell, warn, signal } = context;
  return withOpened(
    context,
    () => openErrorParts(job, execution),
    async (parts) => {
      tell({ type: 'phase', phase: 'compiling' });
      const { engine, phases, firstBatches, training, validation } = await parts.prepare();
      const [phase, ...grown] = phases;
      if (phase === undefined || grown.length > 0)
        throw new Error('Internal error: weights are measured while one network is trained');
      const program = phase.open();
      const { protocol: options, network } = job;
      const { model, variables } = program;
      const analysed = { engine, model, variables, network, options, batch: job.batch };
      const measures: ((batches: readonly AnalysedBatch[]) => Promise<AnalysedValue[]>)[] = [];
      for (const name of job.measurements) measures.push((await analysisNamed(paper, name).load())(analysed));
      const batches = await firstBatches(job.batches, job.batch);

      const measured = new MeasuredSteps(folder, job);
      const between = async (step: number): Promise<void> => {
        if (!measured.isDue(step)) return;
        tell({ type: 'phase', phase: 'analysing' });
        const rows: AnalysisRow[] = [];
        for (const measure of measures) rows.push(...(await measure(batches)).map((value) => rowOf(step, value)));
        measured.add(step, rows);
        tell({ type: 'phase', phase: 'training' });
      };
      tell({ type: 'phase', phase: 'training' });
      const { checkpointSeconds } = execution;
      const trained = await train({
        ...{
          job,
          folder,
          phases: [{ ...phase, open: () => program }],
          training,
          validation,
          checkpointSeconds,
          tell,
          warn,
          signal,
          between,
        },
      });
      if ('stoppedAt' in trained) return trained;
      const last = trained.evaluations.at(-1);
      if (last === undefined) throw new Error('Internal error: a training ended without an evaluation');
      return {
        measured: {
          trainImages: training.images,
          validationImages: validation.images,
          last,
          finalLoss: trained.finalLoss,
          rows: measured.rows(),
        },
      };
    },
  );
}

/** Digits of a float32. */
const precision = 7;

const rowOf = (step: number, { quantity, place, variant, unit, sample, value }: AnalysedValue): AnalysisRow => ({
  step,
  quantity,
  place,
  variant,
  unit,
  sample,
  value: Number.isFinite(value) ? Number(value.toPrecision(precision)) : null,
});
