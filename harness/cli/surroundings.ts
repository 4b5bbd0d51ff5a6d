/** What a command finds around it; tests put other things there. */
import type { Hardware } from '../run/devices/machine.js';
import type { OutputStream } from '../run/progress/live-region.js';

export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Results, tables, JSON. */
  readonly output: OutputStream;
  /** Progress and problems. */
  readonly messages: OutputStream;
  /** Command of a worker, in place of the real one. */
  readonly worker?: readonly string[];
  /** In place of what is detected. */
  readonly hardware?: Hardware;
  /** Put before the names of device slots, so that a test competes for them with nobody. */
  readonly slotNamespace?: string;
  /** In place of `experiments/`. */
  readonly experimentsFolder?: string;
}

export const realSurroundings: Surroundings = {
  environment: process.env,
  output: process.stdout,
  messages: process.stderr,
};
