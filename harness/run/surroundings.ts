/** What the program finds around it: streams, environment, papers, and the command of a worker. The entry gives them; tests give others. */
import type { Paper } from '../plan/paper/paper.js';
import type { Papers } from '../plan/paper/papers.js';
import type { SizeOf } from '../plan/step-size.js';
import type { Hardware } from './devices/machine.js';
import type { OutputStream } from './progress/live-region.js';

export interface Surroundings<P extends Paper = Paper> {
  readonly environment: NodeJS.ProcessEnv;
  /** Results, tables, JSON. */
  readonly output: OutputStream;
  /** Progress and problems. */
  readonly messages: OutputStream;
  /** The papers that the program knows; imported at the first call. */
  readonly papers: () => Promise<Papers<P>>;
  /** Command of a worker: a run folder follows. */
  readonly worker: readonly string[];
  /** Sees to TensorFlow's library before what trains, and to the eager engine's addon; absent where everything is taken as it is. */
  readonly setUp?: (needs: { readonly addon: boolean }) => Promise<void>;
  /** In place of what the graphs of steps say. */
  readonly sizeOf?: SizeOf;
  /** In place of a look at the machine: whether others use its cores now. */
  readonly isBusy?: () => Promise<boolean>;
  /** In place of what is detected. */
  readonly hardware?: Hardware;
  /** Put before the names of device slots, so that a test competes for them with nobody. */
  readonly slotNamespace?: string;
}
