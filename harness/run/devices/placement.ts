/** Which slots a cell needs, and how its worker is told what it got. */
import { batchOf, type Cell } from '../../plan/cell.js';
import { stepMemory } from '../../plan/expand/memory-estimate.js';
import type { Allocation } from './allocator.js';
import type { SelectedDevices } from './machine.js';
import type { Placement } from '../schedule/schedule-request.js';

/**
 * An error cell takes one device, whichever is free: a card, a core, or the whole CPU where that is one device. A timing
 * cell takes as many as its widest layout, and nothing else runs meanwhile.
 */
export function place(cell: Cell, selected: SelectedDevices): Placement {
  const { selection, slots, devicesPerSlot } = selected;
  const needed = cell.kind === 'timing' ? cell.devices : 1;
  const want = {
    slots: Math.max(1, Math.ceil(needed / devicesPerSlot)),
    alone: cell.kind === 'timing',
    memoryBytes: memoryOf(cell),
  };
  switch (selection.kind) {
    case 'cpu':
      return { want: { ...want, slots: slots.length }, devices: () => 'cpu', pinned: true };
    case 'cores':
      return { want, devices: () => `cpu:${needed}`, pinned: true };
    case 'gpus':
    case 'gpu':
      return {
        want,
        devices: (allocation) => cardsOf(allocation, cell.kind === 'timing' ? devicesPerSlot : 1),
        pinned: false,
      };
  }
}

/** The cards as the worker counts them, behind its CUDA_VISIBLE_DEVICES. */
function cardsOf(allocation: Allocation, devicesPerSlot: number): string {
  const cards = allocation.slots.map((_, index) => index).join(',');
  return `gpu:${cards}${devicesPerSlot > 1 ? `/${devicesPerSlot}` : ''}`;
}

/** Peak memory of a cell's worker, bytes; of a timing cell, whose rows take turns, that of its largest network. */
export function memoryOf(cell: Cell): number {
  if (cell.kind === 'error') return stepMemory(cell.network, cell.training.batch, cell.protocol);
  return Math.max(...cell.rows.map((row) => stepMemory(row.network, batchOf(cell, row), cell.protocol)));
}
