/** What `--devices` may say: `cpu`, `cpu:2`, `gpu`, `gpu:0,2`, `gpu:0/4` . */
import { Problem } from '../../core/problem.js';

export type DeviceSelection =
  /** All cores as one device. */
  | { readonly kind: 'cpu' }
  /** That many one-core devices, each running one op at a time: bit-for-bit repeatable. */
  | { readonly kind: 'cores'; readonly count: number }
  /** Every GPU there is. */
  | { readonly kind: 'gpus' }
  /** GPUs by index; `logicalPerCard` > 1 cuts each card into that many logical devices. */
  | { readonly kind: 'gpu'; readonly cards: readonly number[]; readonly logicalPerCard: number };

const hint =
  'Use cpu (all cores as one device), cpu:2 (two one-core devices), gpu, gpu:0,2 (by index) or gpu:0/4 (four logical devices on card 0).';

/** Parses `--devices`. @throws Problem DEVICES_INVALID */
export function parseDevices(text: string): DeviceSelection {
  const trimmed = text.trim();
  if (trimmed === 'cpu') return { kind: 'cpu' };
  if (trimmed === 'gpu') return { kind: 'gpus' };
  const cores = /^cpu:([1-9]\d{0,3})$/.exec(trimmed);
  if (cores) return { kind: 'cores', count: Number(cores[1]) };
  const cards = /^gpu:(\d+(?:,\d+)*)(?:\/([1-9]\d?))?$/.exec(trimmed);
  if (cards?.[1] !== undefined) {
    const indices = cards[1].split(',').map(Number);
    if (new Set(indices).size !== indices.length)
      throw new Problem('DEVICES_INVALID', `"${text}" names a GPU twice`, hint);
    return { kind: 'gpu', cards: indices, logicalPerCard: Number(cards[2] ?? 1) };
  }
  throw new Problem('DEVICES_INVALID', `"${text}" is not a device list`, hint);
}

/** The inverse of `parseDevices`. */
export function formatDevices(devices: DeviceSelection): string {
  switch (devices.kind) {
    case 'cpu':
      return 'cpu';
    case 'gpus':
      return 'gpu';
    case 'cores':
      return `cpu:${devices.count}`;
    case 'gpu':
      return `gpu:${devices.cards.join(',')}${devices.logicalPerCard > 1 ? `/${devices.logicalPerCard}` : ''}`;
  }
}

/** How many logical devices a selection gives; undefined where only the machine can tell (`gpu`). */
export function deviceCount(devices: DeviceSelection): number | undefined {
  switch (devices.kind) {
    case 'cpu':
      return 1;
    case 'gpus':
      return undefined;
    case 'cores':
      return devices.count;
    case 'gpu':
      return devices.cards.length * devices.logicalPerCard;
  }
}
