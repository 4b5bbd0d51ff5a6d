/** The GPUs that a process may compute on. */
import type { GraphicsCard } from '../../core/process/graphics-cards.js';
import { lookForCards } from '../../setup/visible-cards.js';
import { parseDevices } from './selection.js';

export interface Gpu extends GraphicsCard {
  /** Among the visible cards: CUDA's number. */
  readonly index: number;
}

/**
 * The cards named by a `--devices` text (`gpu`, `gpu:0,2`), counted among those that CUDA_VISIBLE_DEVICES shows, and why there is
 * none where one was meant. Empty on CPU, and where nvidia-smi is missing or silent.
 */
export async function visibleGpus(
  devices: string,
): Promise<{ readonly gpus: readonly Gpu[]; readonly trouble?: string }> {
  const selection = parseDevices(devices);
  if (selection.kind === 'cpu' || selection.kind === 'cores') return { gpus: [] };
  const { cards, trouble } = await lookForCards();
  const visible = cards.map((card, index) => ({ ...card, index }));
  const gpus = selection.kind === 'gpus' ? visible : selection.cards.flatMap((card) => visible[card] ?? []);
  return { gpus, ...(trouble === undefined ? {} : { trouble }) };
}
