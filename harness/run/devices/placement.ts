/** Which slots a job needs, and how its worker is told what it got. */
import { kindOf, type Job } from '../../kinds/index.js';
import type { SizeOf } from '../../plan/step-size.js';
import type { Allocation } from './allocator.js';
import type { SelectedDevices } from './machine.js';
import type { Placement } from '../schedule/schedule-request.js';

/**
 * A job that needs one device takes whichever is free: a card, a core, or the whole CPU where that is one device; one that
 * no engine computes takes no card. While one
 * that has to be alone runs, nothing else does.
 */
export function place(job: Job, selected: SelectedDevices, sizeOf: SizeOf): Placement {
  const { selection, slots, devicesPerSlot } = selected;
  const kind = kindOf(job);
  const hardware = kind.bound(job)?.hardware ?? null;
  const needed = kind.devices(job);
  const want = {
    slots: Math.max(1, Math.ceil(needed / devicesPerSlot)),
    alone: kind.alone,
    memoryBytes: kind.memoryBytes(job, sizeOf),
  };
  switch (selection.kind) {
    case 'cpu':
      return { want: { ...want, slots: slots.length }, devices: () => 'cpu', pinned: true, hardware };
    case 'cores':
      return { want, devices: () => `cpu:${needed}`, pinned: true, hardware };
    case 'gpus':
    case 'gpu':
      // A card would lie idle under what computes on the host.
      if (!kind.tensorFlow) return { want: { ...want, slots: 0 }, devices: () => 'cpu', pinned: false, hardware };
      return {
        want,
        // Beside others, a card is one device however it is cut.
        devices: (allocation) => cardsOf(allocation, kind.alone ? devicesPerSlot : 1),
        pinned: false,
        hardware,
      };
  }
}

/** The cards as the worker counts them, behind its CUDA_VISIBLE_DEVICES. */
function cardsOf(allocation: Allocation, devicesPerSlot: number): string {
  const cards = allocation.slots.map((_, index) => index).join(',');
  return `gpu:${cards}${devicesPerSlot > 1 ? `/${devicesPerSlot}` : ''}`;
}
