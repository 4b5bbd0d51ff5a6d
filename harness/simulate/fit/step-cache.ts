/** Step graphs made once for all hypotheses that share them: cards, efficiencies and wirings do not change a graph. */
import { networkStepGraph } from '../graph/network-step-graph.js';
import { InOrderSchedule } from '../in-order.js';
import { prepareGraph } from '../prepared-graph.js';
import type { Step } from './cells.js';
import type { Hypothesis } from './hypothesis.js';

export class StepCache {
  readonly #schedules = new Map<string, InOrderSchedule>();

  schedule(hypothesis: Hypothesis, step: Step, batch: number): InOrderSchedule {
    const { derivative, batchNorm, recompute } = hypothesis;
    const { network } = step;
    // The baseline does not know the derivative.
    const reading = network.family === 'wrn' ? '' : `${derivative} ${recompute}`;
    const key = `${reading} ${batchNorm} ${batch} ${JSON.stringify(step)}`;
    const known = this.#schedules.get(key);
    if (known !== undefined) return known;
    const layout = step.layout.kind === 'operator' ? { ...step.layout, recompute } : step.layout;
    const graph = networkStepGraph(
      network,
      layout,
      { derivative, batchNorm, derivativeTerms: 'once', widening: 'copies', batchNormEvaluation: 'batch' },
      batch,
    );
    const schedule = new InOrderSchedule(prepareGraph(graph));
    this.#schedules.set(key, schedule);
    return schedule;
  }
}
