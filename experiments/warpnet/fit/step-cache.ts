/** Step graphs made once for all hypotheses that share them: cards, efficiencies and wirings do not change a graph. */
import { networkStepGraph, stepGraphKey } from '../../../harness/project/graph/network-step-graph.js';
import type { BuildOptions } from '../../../harness/project/graph/residual-unit.js';
import { InOrderSchedule } from '../../../harness/project/schedule/in-order.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import type { Step } from './cells.js';
import type { Hypothesis } from './hypothesis.js';

export class StepCache {
  readonly #schedules = new Map<string, InOrderSchedule>();

  schedule(hypothesis: Hypothesis, step: Step, batch: number): InOrderSchedule {
    const { derivative, batchNorm, recompute } = hypothesis;
    const { network } = step;
    // The baseline has nothing to recompute.
    const layout =
      step.layout.kind === 'operator' && network.family !== 'wrn' ? { ...step.layout, recompute } : step.layout;
    const options: BuildOptions = {
      derivative,
      batchNorm,
      derivativeTerms: 'once',
      widening: 'copies',
      batchNormEvaluation: 'batch',
    };
    const key = stepGraphKey(network, layout, options, batch);
    const known = this.#schedules.get(key);
    if (known !== undefined) return known;
    const schedule = new InOrderSchedule(prepareGraph(networkStepGraph(network, layout, options, batch)));
    this.#schedules.set(key, schedule);
    return schedule;
  }
}
