/** Timings are compared within one kind of node only: a job that times says which, and no other may measure it. */
import { timingHardware } from '../../../plan/machine.js';
import { Problem } from '../../../core/problem.js';
import { detectHardware, selectDevices, type Hardware } from '../../devices/machine.js';

/** @param wanted hardware that the job is bound to; null where any will do. @throws Problem HARDWARE_DIFFERS */
export async function checkHardware(
  wanted: string | null,
  devices: string,
  detect: () => Promise<Hardware> = detectHardware,
): Promise<void> {
  if (wanted === null) return;
  const hardware = await detect();
  const { selection, model } = selectDevices(devices, hardware);
  const here = timingHardware({ devices: selection, hardware: model, cores: hardware.cores.length });
  if (here === wanted) return;
  throw new Problem(
    'HARDWARE_DIFFERS',
    `It was to be timed on ${wanted}; this node has ${here}`,
    'Name one type of node in the site file (constraint, gpuType or partition): timings of different ones are never mixed.',
  );
}
