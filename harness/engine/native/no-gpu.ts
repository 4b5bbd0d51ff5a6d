/** GPUs were asked for and TensorFlow has none: what can be found out about the cause. */
import { Problem } from '../../core/problem.js';
import { commandLine } from '../../core/project.js';
import { driverComplaint } from './cuda-driver.js';
import { describeUnopened, type UnopenedLibrary } from './gpu-libraries.js';

/** @param seen what TensorFlow has instead, a sentence without its full stop */
export function noGpu(seen: string, tensorflowFolder: string, unopened: readonly UnopenedLibrary[]): Problem {
  const driver = driverComplaint();
  const causes = [...(driver === undefined ? [] : [driver]), ...describeUnopened(tensorflowFolder, unopened)];
  const known = causes.length > 0 ? causes : ["NVIDIA's driver starts and all of NVIDIA's libraries open"];
  return new Problem(
    'DEVICES_TOO_FEW',
    [seen, ...known].join('; '),
    `TF_CPP_MIN_LOG_LEVEL=0 before the command shows what TensorFlow itself says; \`${commandLine('doctor')}\` tries every card.`,
  );
}
