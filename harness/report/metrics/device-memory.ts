/** Memory that a layout takes of the device that holds most, counted from the step's graph: for devices that are not here, too. */
import type { PlannedEntry } from '../../plan/plan.js';
import { missing, quantity } from '../evaluate/quantity.js';
import type { Metric } from './metric.js';

const batchOf = ({ timing, projection }: PlannedEntry): number | null => {
  if (!timing.skipped) return timing.batch;
  return projection === null || projection.skipped ? null : projection.batch;
};

/** A paper names it among its metrics where its tables show it. */
export const deviceMemory: Metric = {
  id: 'device-memory',
  title: 'Memory a device (MB)',
  short: 'MB a device',
  plural: 'Memories of devices',
  unit: 'bytes',
  sign: '',
  better: 'lower',
  decimals: { usual: 0, most: 0 },
  sample: ['step', 'steps'],
  summarised: false,
  planOf: () => null,
  evaluate: (entry, { protocols, sizeOf }) => {
    const { printed: network, layout } = entry;
    const options = protocols.get(entry.protocol);
    const batch = batchOf(entry);
    const bytes =
      network === null || layout === null || options === undefined || batch === null
        ? undefined
        : sizeOf(network, options, batch, layout).peakBytes;
    return bytes === undefined || batch === null
      ? missing(deviceMemory, 'left-out')
      : quantity({
          metric: deviceMemory,
          provenance: 'projected',
          value: bytes,
          notes: [
            `Counted from the step’s graph at batch ${batch}: weights, momentum and what is alive of the rest, on the device that holds most.`,
          ],
        });
  },
};
