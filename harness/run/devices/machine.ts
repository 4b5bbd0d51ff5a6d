/** What this machine has to compute with, and what a device selection means on it. */
import { cpus, totalmem } from 'node:os';
import { formatDevices, parseDevices, type DeviceSelection } from '../../engine/devices/selection.js';
import { Problem } from '../../core/problem.js';
import type { GraphicsCard } from '../../core/process/graphics-cards.js';
import { isInstance, lookForCards } from '../../setup/visible-cards.js';
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
  /** Where GPUs were meant and none can be used: what was seen. */
  readonly gpuTrouble?: string;
  /** GPUs that are left out beside those that can be used, a sentence each. */
  readonly leftOut?: readonly string[];
}

export async function detectHardware(environment: NodeJS.ProcessEnv = process.env): Promise<Hardware> {
  const cpu = cpus()[0]?.model.trim() || 'unknown CPU';
  const { cards, trouble, leftOut } = await lookForCards(environment);
  return {
    ...{ cpu, cores: usableCores(), memoryBytes: usableMemory(), gpus: cards, leftOut },
    ...(trouble === undefined ? {} : { gpuTrouble: trouble }),
  };
}

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
  /** Memory that one timing job may fill, bytes. */
  readonly memoryBytes: number;
}

/**
 * What `--devices` means here; by default all GPUs, else, where there is none, every core as a device of its own.
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
      return onCards(selection, hardware.gpus, 1, text, hardware);
    case 'gpu': {
      const cards = selection.cards.flatMap((index) => hardware.gpus[index] ?? []);
      if (cards.length < selection.cards.length) {
        const known = hardware.gpus.map((_, index) => index).join(',');
        const has = hardware.gpuTrouble ?? `this machine has ${count(hardware.gpus.length, 'GPU')}`;
        throw missing(text, has, known ? `gpu:${known}` : 'cpu');
      }
      return onCards(selection, cards, selection.logicalPerCard, text, hardware);
    }
  }
}

function defaultSelection({ gpus, gpuTrouble, cores }: Hardware): DeviceSelection {
  if (gpus.length > 0) return { kind: 'gpus' };
  if (gpuTrouble !== undefined)
    throw new Problem(
      'DEVICES_MISSING',
      `A GPU is meant and none can be used: ${gpuTrouble}`,
      `To compute on CPU cores all the same: --devices cpu:${cores.length}. \`npm run reproduce -- doctor\` looks closer.`,
    );
  return { kind: 'cores', count: cores.length };
}

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
  { gpuTrouble }: Hardware,
): SelectedDevices {
  if (cards.length === 0) throw missing(text, gpuTrouble ?? 'nvidia-smi lists no GPU', 'cpu');
  return {
    selection,
    // Trainings may run side by side on several MIG instances; one process has one of them.
    count: (cards.some(isInstance) ? 1 : cards.length) * devicesPerSlot,
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
