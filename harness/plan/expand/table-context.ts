/** What the rows of one table have in common once profile, protocols and command line are known. */
import { deviceKind, type Machine } from '../machine.js';
import type { Matrix } from '../matrix/matrix.js';
import type { Overrides } from '../profile/overrides.js';
import type { Profile, TimingRule } from '../profile/profile-file.js';
import type { Protocol } from '../profile/protocol.js';
import type { SizeOf } from '../step-size.js';
import type { TrainingOf } from '../profile/training-plan.js';

export interface TableContext {
  readonly matrix: Matrix;
  readonly profile: Profile;
  readonly trainingOf: TrainingOf;
  /** With the published settings, to say what is less than they are. */
  readonly publishedTrainingOf: TrainingOf;
  /** Of errors and of timings together, in the order of the columns. */
  readonly protocols: readonly Protocol[];
  readonly errorProtocols: readonly Protocol[];
  readonly timingProtocols: readonly Protocol[];
  readonly seeds: readonly number[];
  readonly overrides: Overrides;
  readonly machine: Machine;
  readonly sizeOf: SizeOf;
  /** Whether speed-ups that cannot be timed here are projected. */
  readonly projects: boolean;
}

/** How steps are timed on the machine's kind of device. */
export const timingRule = ({ profile, machine }: Pick<TableContext, 'profile' | 'machine'>): TimingRule =>
  profile.timing[deviceKind(machine)];
