/** Step graphs made once for all hypotheses that share them: cards, efficiencies and wirings do not change a graph. */
import type { StepOperation } from '../../../harness/engine/step-graph.js';
import { bytesMoved } from '../../../harness/engine/step-properties.js';
import { canonicalJson } from '../../../harness/plan/canonical-json.js';
import type { ProtocolOptions } from '../../../harness/plan/paper/protocol-options.js';
import { InOrderSchedule } from '../../../harness/project/schedule/in-order.js';
import { prepareGraph, type PreparedGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { dryTrainingStep } from '../../../harness/project/step-graph.js';
import { withoutConstants } from '../../../harness/project/without-constants.js';
import { formatLayout, type BracketLayout, type Term } from '../layouts/layout.js';
import { buildModel } from '../model/network.js';
import { isChain } from '../model/specification.js';
import { networkOptions } from '../options.js';
import type { Step } from './cells.js';
import { protocolOf, type Hypothesis } from './hypothesis.js';

/** A step's time, or bytes, are the sum of its parts', each times its share. */
export interface StepPart {
  readonly schedule: InOrderSchedule;
  readonly share: number;
}

/** Changes the graph in nothing that takes time; momentum as in every protocol. */
const settings = { weightDecay: 5e-4, momentum: 0.9, nesterov: false };

/** Whether there are derivatives of another unit's output, which could be recomputed. */
const hasProducts = (layout: BracketLayout): layout is Extract<BracketLayout, { kind: 'operator' }> =>
  layout.kind === 'operator' &&
  layout.brackets.some((terms) => terms.some((term) => term.kind === 'derivative' && term.of !== 'input'));

export class StepCache {
  readonly #schedules = new Map<string, InOrderSchedule>();
  readonly #priced = new Map<string, StepOperation>();

  /** @param protocolNamed the paper's protocols: what a hypothesis does not say is theirs */
  constructor(private readonly protocolNamed: (name: string) => ProtocolOptions) {}

  /**
   * Of a deep network, two short ones: layers that repeat one another add the same time each, and times and bytes lie on a
   * straight line.
   */
  parts(hypothesis: Hypothesis, step: Step, batch: number): StepPart[] {
    const depth = repetitions(step);
    const schedule = (of: Step): InOrderSchedule => this.#schedule(hypothesis, of, batch);
    if (depth <= 2) return [{ schedule: schedule(step), share: 1 }];
    return [
      { schedule: schedule(shortened(step, 1)), share: 2 - depth },
      { schedule: schedule(shortened(step, 2)), share: depth - 1 },
    ];
  }

  #schedule(hypothesis: Hypothesis, { network, layout: asked }: Step, batch: number): InOrderSchedule {
    const { derivative, batchNorm, recompute } = hypothesis;
    const layout = hasProducts(asked) ? { ...asked, recompute } : asked;
    const reading = isChain(network) ? null : derivative;
    const key = `${canonicalJson(network)} ${formatLayout(layout)} ${batch} ${reading ?? ''} ${batchNorm}`;
    const known = this.#schedules.get(key);
    if (known !== undefined) return known;
    const protocol = networkOptions(this.protocolNamed(protocolOf(hypothesis)));
    // No code of that time kept running averages in the step.
    const options = { ...protocol, derivative, batchNorm, batchNormEvaluation: 'batch' } as const;
    const model = buildModel(network, options, layout);
    const graph = withoutConstants(dryTrainingStep(model, { ...settings, batch }));
    const schedule = new InOrderSchedule(this.#lightened(prepareGraph(graph)));
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

/** Units of a WRN's stage, or warp layers. */
const repetitions = ({ network }: Step): number => (isChain(network) ? network.unitsPerStage : network.Nwarp);

function shortened({ network, layout }: Step, depth: number): Step {
  if (!isChain(network)) return { network: { ...network, Nwarp: depth }, layout };
  // How many units a bracket of a WRN lists changes nothing, and must divide those of a stage.
  const bracket: Term[] = [{ kind: 'residual', unit: 1 }];
  return {
    network: { ...network, unitsPerStage: depth },
    layout: layout.kind === 'operator' ? { ...layout, brackets: [bracket] } : { ...layout, bracket },
  };
}
