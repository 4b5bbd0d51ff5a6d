/** Projects the printed cells under one hypothesis: operation times once, step times for each set of parameters. */
import { oneSenderPerChannel, type InOrderSchedule } from '../../../harness/project/schedule/in-order.js';
import { relativeSpeedUpPct } from '../../../harness/project/projection.js';
import { rooflineTime } from '../../../harness/project/costs/roofline.js';
import type { OrderName } from '../../../harness/project/schedule/device-order.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';
import type { FitCell, Step } from './cells.js';
import { topologyOf, type HardwareParameters, type Hypothesis } from './hypothesis.js';
import type { StepCache } from './step-cache.js';

export class FitModel {
  readonly #durations = new Map<InOrderSchedule, Float64Array>();

  constructor(
    readonly hypothesis: Hypothesis,
    readonly cache: StepCache,
  ) {}

  /** RS in percent. */
  rsPct(cell: FitCell, parameters: HardwareParameters, order: OrderName = 'program'): number {
    const baseline = this.stepTime(cell.baseline, cell.batch, parameters, order);
    return relativeSpeedUpPct(baseline, this.stepTime(cell.step, cell.batch, parameters, order));
  }

  /** Microseconds of one training step. */
  stepTime(step: Step, batch: number, parameters: HardwareParameters, order: OrderName = 'program'): number {
    const scheduled = this.cache
      .parts(this.hypothesis, step, batch)
      .reduce((sum, { schedule, share }) => sum + share * this.#scheduledTime(schedule, parameters, order), 0);
    return scheduled + 1e3 * parameters.fixed;
  }

  #scheduledTime(schedule: InOrderSchedule, parameters: HardwareParameters, order: OrderName): number {
    const durations = this.#price(schedule);
    const { graph } = schedule;
    const topology = topologyOf(graph.devices, this.hypothesis.wiring, parameters);
    return order === 'program' && oneSenderPerChannel(topology)
      ? schedule.stepTime(durations, topology)
      : simulate(graph, durations, { topology, order }).stepTime;
  }

  #price(schedule: InOrderSchedule): Float64Array {
    const known = this.#durations.get(schedule);
    if (known !== undefined) return known;
    const { card, efficiency } = this.hypothesis;
    const { operations } = schedule.graph.graph;
    const durations = Float64Array.from(operations, (operation) => rooflineTime(operation, card, efficiency));
    this.#durations.set(schedule, durations);
    return durations;
  }
}
