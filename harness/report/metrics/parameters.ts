/** Trainable parameters of the network as printed. */
import type { PlannedEntry } from '../../plan/plan.js';
import { notPlanned, type Evidence } from '../evaluate/evidence.js';
import { missing, quantity, type Quantity } from '../evaluate/quantity.js';
import { trainingsOf } from './errors.js';
import type { Metric } from './metric.js';
import { printedNumber } from './printed-number.js';
import { timingOf } from './speed.js';

interface Count {
  readonly value: number;
  readonly jobs: readonly string[];
}

/** As built here: a timing builds the network in full; a training counts only where it was not made smaller. */
function builtCount(entry: PlannedEntry, evidence: Evidence): Count | null {
  const { timing, error, printed } = entry;
  const timed = timingOf(entry, evidence);
  const row =
    !timing.skipped && timing.network.key === printed?.key
      ? timed?.rows.find((candidate) => candidate.row === timing.row)
      : undefined;
  if (timed && row) return { value: row.parameters, jobs: [timed.id] };
  const [run] = !error.skipped && error.network.key === printed?.key ? trainingsOf(entry, evidence) : [];
  return run ? { value: run.parameters, jobs: [run.id] } : null;
}

function countOf(entry: PlannedEntry, evidence: Evidence): Quantity {
  const { printed: network, error, protocol } = entry;
  const printed = printedNumber(entry, parameters.id, evidence.printed);
  const built = builtCount(entry, evidence);
  if (built !== null) return quantity({ metric: parameters, provenance: 'measured', printed, ...built });
  const options = evidence.protocols.get(protocol);
  if (network === null || options === undefined) {
    const { absence, notes } = error.skipped ? notPlanned(error) : { absence: 'not-run-yet' as const, notes: [] };
    return missing(parameters, absence, { printed, notes });
  }
  return quantity({
    metric: parameters,
    provenance: 'projected',
    value: evidence.sizeOf(network, options, 1).parameters,
    printed,
    notes: ['Counted from the network’s description: it was not built here.'],
  });
}

export const parameters: Metric = {
  id: 'parameters',
  title: 'Parameters',
  short: 'parameters',
  plural: 'Parameter counts',
  unit: 'count',
  sign: '',
  better: 'equal',
  decimals: { usual: 0, most: 0 },
  sample: ['network', 'networks'],
  summarised: true,
  planOf: () => null,
  evaluate: (entry, evidence) => {
    const ours = countOf(entry, evidence);
    const { value, printed } = ours;
    return value === null || printed === null || printed.lowConfidence
      ? ours
      : { ...ours, difference: value - printed.value };
  },
};
