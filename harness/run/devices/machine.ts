/** What this machine has to compute with, and what a device selection means on it. */
import { cpus, totalmem } from 'node:os';
import { formatDevices, parseDevices, type DeviceSelection } from '../../plan/devices.js';
import { Problem } from '../../core/problem.js';
import { listGraphicsCards, type GraphicsCard } from '../../core/process/graphics-cards.js';
import type { Slot } from './allocator.js';
import { usableCores } from '../../core/process/cores.js';

export interface Hardware {
  readonly cpu: string;
  /** Numbers of the cores that may be used. */
  readonly cores: readonly number[];
  /** Memory that may be used, bytes. */
  readonly memoryBytes: number;
  /** Cards that may be used, in the order in which `gpu:0,1` counts them. */
  readonly gpus: readonly GraphicsCard[];
}

export async function detectHardware(environment: NodeJS.ProcessEnv = process.env): Promise<Hardware> {
  const cpu = cpus()[0]?.model.trim() || 'unknown CPU';
  const cards = await listGraphicsCards();
  const gpus = visibleCards(cards, environment['CUDA_VISIBLE_DEVICES']);
  return { cpu, cores: usableCores(), memoryBytes: usableMemory(), gpus };
}

/** The cards that a CUDA_VISIBLE_DEVICES which is already set leaves: indices or UUIDs, up to the first unknown one. */
export function visibleCards(cards: readonly GraphicsCard[], visible: string | undefined): GraphicsCard[] {
  if (visible === undefined) return [...cards];
  const chosen: GraphicsCard[] = [];
  for (const name of visible.split(',').map((part) => part.trim())) {
    const card = cards.find(({ index, uuid }) => (/^\d+$/.test(name) ? index === Number(name) : isPrefix(name, uuid)));
    if (!card) break;
    chosen.push(card);
  }
  return chosen;
}

const isPrefix = (name: string, uuid: string): boolean => name.length > 4 && uuid.startsWith(name);

function usableMemory(): number {
  // A container's limit; a huge number where there is none.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** A device selection, on this machine. */
export interface SelectedDevices {
  readonly selection: DeviceSelection;
  /** Logical devices. */
  readonly count: number;
  /** Model of what computes. */
  readonly model: string;
  /** What the allocator hands out: cards, or cores. */
  readonly slots: readonly Slot[];
  /** Logical devices a slot. */
  readonly devicesPerSlot: number;
  /** Memory that one timing cell may fill, bytes. */
  readonly memoryBytes: number;
}

/**
 * What `--devices` means here; by default all GPUs, else every core as a device of its own.
 * @throws Problem DEVICES_INVALID, DEVICES_MISSING
 */
export function selectDevices(text: string | undefined, hardware: Hardware, slotNamespace = ''): SelectedDevices {
  const selected = select(text, hardware);
  return { ...selected, slots: selected.slots.map((slot) => ({ ...slot, name: slotNamespace + slot.name })) };
}

function select(text: string | undefined, hardware: Hardware): SelectedDevices {
  const selection = text === undefined ? defaultSelection(hardware) : parseDevices(text);
  switch (selection.kind) {
    case 'cpu':
      return onCores(selection, hardware, hardware.cores.length);
    case 'cores':
      if (selection.count > hardware.cores.length)
        throw missing(text, `this machine has ${count(hardware.cores.length, 'core')}`, `cpu:${hardware.cores.length}`);
      return onCores(selection, hardware, selection.count);
    case 'gpus':
      return onCards(selection, hardware.gpus, 1, text);
    case 'gpu': {
      const cards = selection.cards.flatMap((index) => hardware.gpus[index] ?? []);
      if (cards.length < selection.cards.length) {
        const known = hardware.gpus.map((_, index) => index).join(',');
        throw missing(text, `this machine has ${count(hardware.gpus.length, 'GPU')}`, known ? `gpu:${known}` : 'cpu');
      }
      return onCards(selection, cards, selection.logicalPerCard, text);
    }
  }
}

const defaultSelection = ({ gpus, cores }: Hardware): DeviceSelection =>
  gpus.length > 0 ? { kind: 'gpus' } : { kind: 'cores', count: cores.length };

function onCores(selection: DeviceSelection, hardware: Hardware, used: number): SelectedDevices {
  const slots = hardware.cores.slice(0, used).map((core) => ({ name: `core-${core}`, gpu: null, core }));
  const whole = selection.kind === 'cpu';
  return {
    selection,
    count: whole ? 1 : used,
    model: hardware.cpu,
    slots,
    devicesPerSlot: whole ? 1 / used : 1,
    memoryBytes: hardware.memoryBytes,
  };
}

function onCards(
  selection: DeviceSelection,
  cards: readonly GraphicsCard[],
  devicesPerSlot: number,
  text: string | undefined,
): SelectedDevices {
  if (cards.length === 0) throw missing(text, 'nvidia-smi lists no GPU', 'cpu');
  return {
    selection,
    count: cards.length * devicesPerSlot,
    model: [...new Set(cards.map((card) => card.model))].join(' and '),
    slots: cards.map(({ uuid }) => ({ name: `gpu-${uuid}`, gpu: uuid, core: null })),
    devicesPerSlot,
    memoryBytes: Math.min(...cards.map((card) => card.memoryMebibytes)) * 2 ** 20,
  };
}

const count = (n: number, what: string): string => (n === 0 ? `no ${what}` : `${n} ${what}${n === 1 ? '' : 's'}`);

const missing = (text: string | undefined, has: string, instead: string): Problem =>
  new Problem('DEVICES_MISSING', `--devices ${text ?? ''}: ${has}`, `This would fit: --devices ${instead}`);

/** For people: `2 cores of …`, `gpu:0,1`. */
export const describeDevices = ({ selection, model }: SelectedDevices): string =>
  `${formatDevices(selection)}, ${model}`;
