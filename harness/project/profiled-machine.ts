/** A machine as it was profiled: what operations cost there, and what its devices do to each other. */
import type { OperationTimes } from '../kinds/operations/operation-times.js';
import type { CostTable } from './costs/costs.js';
import { allToAll } from './schedule/links.js';
import { unmeasuredEffects, type MachineEffects } from './machine-effects.js';
import { measuredCosts } from './costs/measured-costs.js';
import type { PreparedGraph } from './schedule/prepared-graph.js';
import { timeStep, type TimedStep } from './projection.js';

/** Costs from steps on one device, effects from steps on several. */
export interface ProfiledMachine {
  readonly costs: CostTable;
  readonly effects: MachineEffects;
}

export function profiledMachine(times: OperationTimes): ProfiledMachine {
  const costs = measuredCosts([times]);
  const { effects } = times;
  if (effects === null) return { costs, effects: unmeasuredEffects(costs.hardware.kind) };
  return { costs, effects: { ...effects, bandwidth: effects.bandwidth ?? Infinity } };
}

/** A core runs its operations in program order; a GPU's stream as they become ready, and copies wait for it. */
const howDevicesRun = (kind: 'cpu' | 'gpu') =>
  kind === 'gpu' ? ({ order: 'ready', queuedCopies: true } as const) : {};

/** One step on the machine, or on more of the same devices than it has. */
export const stepOnMachine = ({ costs, effects }: ProfiledMachine, step: PreparedGraph): TimedStep =>
  timeStep(step, costs, allToAll(step.devices, effects), {
    ...howDevicesRun(costs.hardware.kind),
    stretch: effects.stretch,
  });
