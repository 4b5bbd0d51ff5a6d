/** What a device selection is on this machine. */
import { Problem } from '../../core/problem.js';
import type { EngineDevices } from '../traced/devices.js';
import { parseDevices } from './selection.js';
import { visibleGpus } from './visible-gpus.js';

/** The devices of a text such as `cpu:2` or `gpu:0,1`: GPUs by their CUDA numbers and free memory. @throws Problem DEVICES_INVALID, DEVICES_TOO_FEW */
export async function engineDevices(text: string): Promise<EngineDevices> {
  const selection = parseDevices(text);
  if (selection.kind === 'cpu' || selection.kind === 'cores') return selection;
  const { gpus: found, trouble } = await visibleGpus(text);
  const gpus = found.map(({ index, model, freeMebibytes = Number.NaN }) => ({ index, model, freeMiB: freeMebibytes }));
  if (selection.kind === 'gpus') {
    if (gpus.length === 0)
      throw new Problem('DEVICES_TOO_FEW', trouble ?? 'nvidia-smi lists no GPU', 'Use --devices cpu or cpu:2.');
    return { kind: 'gpu', cards: gpus, logicalPerCard: 1 };
  }
  const { cards, logicalPerCard } = selection;
  // Without nvidia-smi a card may still be there; its memory only matters where it is cut.
  const cardOf = (index: number) =>
    gpus.find((gpu) => gpu.index === index) ?? { index, model: 'unknown', freeMiB: Number.NaN };
  const chosen = cards.map(cardOf);
  if (logicalPerCard > 1 && chosen.some(({ freeMiB }) => Number.isNaN(freeMiB)))
    throw new Problem(
      'DEVICES_TOO_FEW',
      `nvidia-smi does not tell the free memory of "${text}"`,
      'Use whole cards: gpu:0,1.',
    );
  return { kind: 'gpu', cards: chosen, logicalPerCard };
}
