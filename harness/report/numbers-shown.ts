/** The measured numbers of tables, a sentence each: what a run has found so far. */
import { valueWithArm } from './evaluate/digits.js';
import type { MetricFacts } from './evaluate/quantity.js';
import type { TableModel } from './model.js';

/** By place and metric: `Table 2, <row>, <protocol>: error 25.6 ± 0.9 %, at reduced scale (printed 4.97 %)`. */
export function numbersShown(models: readonly TableModel[]): Map<string, string> {
  const shown = new Map<string, string>();
  for (const { id: table, name, metrics, places } of models)
    for (const { entry, quantity } of places)
      for (const id of metrics) {
        const found = quantity(id);
        const { metric, provenance, byDefinition, printed, hardware } = found;
        if (!metric.summarised || byDefinition || (provenance !== 'measured' && provenance !== 'projected')) continue;
        const value = valueWithArm(found);
        if (value === null) continue;
        const { label, protocol, dataset, layout } = entry;
        const remarks = [
          // What is counted of a network rests on no hardware.
          ...(provenance === 'projected' && hardware !== null ? [', projected'] : []),
          ...(found.reductions.length > 0 || found.standIn !== null ? [', at reduced scale'] : []),
        ];
        const unit = metric.unit === 'percent' ? ' %' : '';
        const beside = printed === null ? '' : ` (printed ${printed.text.replace(/%$/u, '')}${unit})`;
        shown.set(
          [table, entry.published, label, protocol, dataset, layout?.text, id].join(' | '),
          `${name}, ${label}, ${protocol}: ${nameOf(metric)} ${value.replace(/%$/u, '')}${unit}${remarks.join('')}${beside}`,
        );
      }
  return shown;
}

/** Without its unit, which stands after the number. */
const nameOf = ({ short }: MetricFacts): string => short.replace(/ %$/u, '');
