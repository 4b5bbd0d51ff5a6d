/** Which of this machine's GPUs a process may use, by CUDA_VISIBLE_DEVICES. */
import { readGraphicsCards, type CardReading, type GraphicsCard } from '../core/process/graphics-cards.js';
import type { Environment } from './native-library.js';

export interface VisibleCards {
  /** In the order in which CUDA, and so `gpu:0,1`, counts them. */
  readonly cards: readonly GraphicsCard[];
  /** A GPU was meant and none can be used: what was seen. Nothing may compute on the CPU instead without being asked to. */
  readonly trouble?: string;
  /** Cards that are left out beside others that can be used, a sentence each. */
  readonly leftOut: readonly string[];
}

/** Values that hide every card on purpose: an empty one, CUDA's own -1, and Slurm's where a job has no card. */
const hidesAll = (visible: string): boolean => ['', '-1', 'NoDevFiles', 'none', 'void'].includes(visible.trim());

export const lookForCards = async (environment: Environment = process.env): Promise<VisibleCards> =>
  visibleAmong(await readGraphicsCards(environment), environment['CUDA_VISIBLE_DEVICES']);

export function visibleAmong(reading: CardReading, visible: string | undefined): VisibleCards {
  if (visible !== undefined && hidesAll(visible)) return { cards: [], leftOut: [] };
  const named = visible === undefined ? undefined : `CUDA_VISIBLE_DEVICES is "${visible}"`;
  if (reading.kind === 'no-tool')
    return {
      cards: [],
      leftOut: [],
      ...(named === undefined ? {} : { trouble: `${named}, but there is no nvidia-smi to tell of any GPU` }),
    };
  if (reading.kind === 'failed')
    return { cards: [], leftOut: [], trouble: `nvidia-smi cannot tell of any GPU: ${reading.reason}` };
  const unusable = reading.unusable.map(({ name, reason }) => `${name}, cannot be used: ${reason}`);
  const cards = visible === undefined ? [...reading.cards] : visibleCards(reading.cards, visible);
  if (cards.length > 0) return { cards, leftOut: visible === undefined ? unusable : [] };
  if (named === undefined)
    return { cards, leftOut: [], ...(unusable.length === 0 ? {} : { trouble: unusable.join('; ') }) };
  const seen = reading.cards.map(({ index, uuid, model }) => `${index}: ${model} (${uuid})`);
  const there = [...seen, ...unusable].join('; ') || 'no GPU';
  return { cards, leftOut: [], trouble: `${named}, which names none of what nvidia-smi lists: ${there}` };
}

/**
 * The cards that CUDA_VISIBLE_DEVICES leaves: indices along the bus, UUIDs of cards or of MIG instances or beginnings of them, up
 * to the first unknown one. A card that is cut up is its first instance there.
 */
export function visibleCards(cards: readonly GraphicsCard[], visible: string): GraphicsCard[] {
  const chosen: GraphicsCard[] = [];
  for (const name of visible.split(',').map((part) => part.trim())) {
    const card = cards.find(({ index, uuid }) => (/^\d+$/.test(name) ? index === Number(name) : begins(name, uuid)));
    if (!card) break;
    chosen.push(card);
  }
  return chosen;
}

const begins = (name: string, uuid: string): boolean => name.length > 4 && uuid.startsWith(name);

/** A process computes on one MIG instance, however many it is given. */
export const isInstance = ({ uuid }: GraphicsCard): boolean => uuid.startsWith('MIG-');

/** The official wheels have no code for compute capability 10 and newer (TensorFlow's issues 89272, 111958). */
export const beyondWheels = ({ computeCapability }: GraphicsCard): boolean =>
  computeCapability !== undefined && Number.parseInt(computeCapability, 10) >= 10;

export const beyondWheelsHint = 'Let WARPNET_TENSORFLOW name a TensorFlow that was built for it, or use --devices cpu.';

/** One sentence on cards that the official wheels have no code for. */
export const describeBeyondWheels = ({ index, model, computeCapability }: GraphicsCard): string =>
  `GPU ${index} (${model}) has compute capability ${computeCapability ?? 'unknown'}, for which TensorFlow’s official wheels have no code`;
