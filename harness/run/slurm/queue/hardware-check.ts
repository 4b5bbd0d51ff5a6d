/** Timings are compared within one kind of node only: a timing cell says which, and no other may measure it. */
import type { Cell } from '../../../plan/cell.js';
import { timingHardware } from '../../../plan/machine.js';
import { Problem } from '../../../core/problem.js';
import { detectHardware, selectDevices, type Hardware } from '../../devices/machine.js';

/** @throws Problem HARDWARE_DIFFERS */
export async function checkHardware(
  cell: Cell,
  devices: string,
  detect: () => Promise<Hardware> = detectHardware,
): Promise<void> {
  if (cell.kind === 'error') return;
  const hardware = await detect();
  const { selection, model } = selectDevices(devices, hardware);
  const here = timingHardware({ devices: selection, hardware: model, cores: hardware.cores.length });
  if (here === cell.hardware) return;
  throw new Problem(
    'HARDWARE_DIFFERS',
    `It was to be timed on ${cell.hardware}; this node has ${here}`,
    'Name one type of node in the site file (constraint, gpuType or partition): timings of different ones are never mixed.',
  );
}
