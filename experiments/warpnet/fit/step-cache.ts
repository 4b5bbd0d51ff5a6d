/** Step graphs made once for all hypotheses that share them: cards, efficiencies and wirings do not change a graph. */
import type { StepOperation } from '../../../harness/engine/step-graph.js';
import { bytesMoved } from '../../../harness/engine/step-properties.js';
import { stepGraphKey, type BuildOptions } from '../../../harness/simulate/build-options.js';
import { InOrderSchedule } from '../../../harness/project/schedule/in-order.js';
import type { Layout } from '../layouts/layout.js';
import { networkStepGraph } from '../../../harness/simulate/network-step-graph.js';
import { prepareGraph, type PreparedGraph } from '../../../harness/project/schedule/prepared-graph.js';
import type { Step } from './cells.js';
import type { Hypothesis } from './hypothesis.js';

/** Whether there are derivatives of another unit's output, which could be recomputed. */
const hasProducts = (layout: Layout): layout is Extract<Layout, { kind: 'operator' }> =>
  layout.kind === 'operator' &&
  layout.brackets.some((terms) => terms.some((term) => term.kind === 'derivative' && term.of !== 'input'));

export class StepCache {
  readonly #schedules = new Map<string, InOrderSchedule>();
  readonly #priced = new Map<string, StepOperation>();

  schedule(hypothesis: Hypothesis, step: Step, batch: number): InOrderSchedule {
    const { derivative, batchNorm, recompute } = hypothesis;
    const { network } = step;
    const layout = hasProducts(step.layout) ? { ...step.layout, recompute } : step.layout;
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
    const schedule = new InOrderSchedule(
      this.#lightened(prepareGraph(networkStepGraph(network, layout, options, batch))),
    );
    this.#schedules.set(key, schedule);
    return schedule;
  }

  /** The graph with one operation in place of all that cost the same: hundreds of graphs are kept, and only priced. */
  #lightened(prepared: PreparedGraph): PreparedGraph {
    const operations = prepared.graph.operations.map((operation) => {
      const key = `${operation.type} ${operation.flops} ${bytesMoved(operation)}`;
      const known = this.#priced.get(key) ?? operation;
      this.#priced.set(key, known);
      return known;
    });
    return { ...prepared, graph: { ...prepared.graph, operations } };
  }
}
