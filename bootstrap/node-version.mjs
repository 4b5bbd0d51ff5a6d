/** Which Node the program runs on. What is here is plain enough for older ones to read. */
import { BootstrapProblem } from './problem.mjs';

/** @returns the Problem NODE_VERSION where this Node cannot run the program */
export function nodeProblem(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return new BootstrapProblem(
    'NODE_VERSION',
    `Node ${version} cannot run this: 20.19 or newer is needed`,
    'Node 24 is a good choice (a version manager, or the packages for your system).',
  );
}
