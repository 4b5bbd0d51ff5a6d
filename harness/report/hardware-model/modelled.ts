/** The number of one place on the paper's own hardware, as its model gives it. */
import type { PlannedEntry } from '../../plan/plan.js';
import type { Evidence } from '../evaluate/evidence.js';
import { quantity, type Quantity } from '../evaluate/quantity.js';
import type { Metric } from '../metrics/metric.js';
import { printedNumber } from '../metrics/printed-number.js';

export const fittedNote = 'The hardware model was fitted to this number: that they agree tests nothing.';

/** Null where the paper has no model for the metric, prints no such row, or the model lacks the protocol's reading. */
export function modelledQuantity(metric: Metric, entry: PlannedEntry, evidence: Evidence): Quantity | null {
  const { hardwareModel: model } = evidence;
  if (model === null || model.metric !== metric.id || entry.published === null) return null;
  const protocol = evidence.protocols.get(entry.protocol);
  const reading = protocol === undefined ? null : model.readingOf(protocol);
  const prediction = reading === null ? null : model.predict(reading, entry.published);
  if (prediction === null) return null;
  const printed = printedNumber(entry, metric.id, evidence.printed);
  const { value, interval, fitted } = prediction;
  return quantity({
    metric,
    provenance: 'modelled',
    value,
    interval,
    intervalOver: 'fitted parameters',
    printed,
    difference: printed === null || printed.lowConfidence ? null : value - printed.value,
    hardware: model.hardware,
    fitted,
    notes: fitted ? [fittedNote] : [],
  });
}
