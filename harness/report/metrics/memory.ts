/** Memory that a training step takes, by the records of the allocator that gave it out. */
import type { StepMemory } from '../../kinds/timing/result.js';
import type { PlannedEntry } from '../../plan/plan.js';
import { notPlanned, unfinished, type Evidence } from '../evaluate/evidence.js';
import { missing, quantity, type MetricFacts, type Quantity } from '../evaluate/quantity.js';
import type { Metric } from './metric.js';
import { printedNumber } from './printed-number.js';
import { timingOf } from './speed.js';

/** Of each device of a place; null where nothing was measured. */
export function memoryAt(entry: PlannedEntry, evidence: Pick<Evidence, 'measurements'>): readonly StepMemory[] | null {
  const row = entry.timing.skipped ? null : entry.timing.row;
  return timingOf(entry, evidence)?.rows.find((candidate) => candidate.row === row)?.memory ?? null;
}

/** Of the device that takes most. */
function largest(metric: MetricFacts, of: (memory: StepMemory) => number) {
  return (entry: PlannedEntry, evidence: Evidence): Quantity => {
    const printed = printedNumber(entry, metric.id, evidence.printed);
    const memory = memoryAt(entry, evidence);
    if (memory !== null && !entry.timing.skipped)
      return quantity({
        metric,
        provenance: 'measured',
        value: Math.max(...memory.map(of)),
        printed,
        jobs: [entry.timing.job],
        reductions: entry.timing.shrunk,
      });
    if (timingOf(entry, evidence) !== null)
      return missing(metric, 'device-not-here', { printed, notes: ['This engine does not tell what it allocates.'] });
    const why = entry.timing.skipped ? notPlanned(entry.timing) : unfinished([entry.timing.job], evidence.measurements);
    return missing(metric, why?.absence ?? 'not-run-yet', { printed, notes: why?.notes ?? [] });
  };
}

const facts = (id: string, title: string, short: string, plural: string): MetricFacts => ({
  id,
  title: `${title} (MB)`,
  short: `${short} MB`,
  plural,
  unit: 'bytes',
  sign: '',
  better: 'lower',
  decimals: { usual: 1, most: 2 },
  sample: ['step', 'steps'],
  summarised: false,
});

const memoryMetric = (own: MetricFacts, of: (memory: StepMemory) => number): Metric => ({
  ...own,
  planOf: ({ timing }) => timing,
  evaluate: largest(own, of),
});

/** `peak-memory`: all that is there at the fullest moment; the others are parts of it, each at its own fullest moment. */
export const memoryMetrics: readonly Metric[] = [
  memoryMetric(facts('peak-memory', 'Peak memory', 'peak', 'Peak memories'), ({ peak }) => peak),
  memoryMetric(
    facts('activations', 'Activations', 'activations', 'Memories of activations'),
    (memory) => memory.activations,
  ),
  memoryMetric(facts('weights', 'Weights', 'weights', 'Memories of weights'), ({ weights }) => weights),
  memoryMetric(facts('momentum', 'Momentum', 'momentum', 'Memories of momentum'), ({ momentum }) => momentum),
  memoryMetric(
    facts('weight-gradients', 'Gradients of weights', 'gradients', 'Memories of gradients'),
    ({ weightGradients }) => weightGradients,
  ),
];
