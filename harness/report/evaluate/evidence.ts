/** All that the numbers of a report are worked out from. */
import type { Job } from '../../kinds/index.js';
import type { NotRun } from '../../plan/not-run.js';
import type { PrintedNumbers } from '../../plan/paper/printed.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { Protocol } from '../../plan/profile/protocol.js';
import type { SizeOf } from '../../plan/step-size.js';
import type { HardwareModel } from '../hardware-model/hardware-model.js';
import type { Measurements } from '../measured/measurements.js';
import type { VerdictRules } from '../verdict/thresholds.js';
import type { ReasonCode } from '../verdict/vocabulary.js';
import { absenceOf, describeFailure, notYet } from './absence.js';
import type { Projection } from './projection.js';
import type { Hardware } from './quantity.js';

export interface Evidence {
  /** Whose plan it is, and under which profile. */
  readonly plan: Pick<ExperimentPlan, 'paper' | 'profile'>;
  readonly printed: PrintedNumbers;
  /** The kind of hardware that the paper timed on; null where it timed nothing. */
  readonly printedOn: Hardware['kind'] | null;
  /** Every job of the plan, by id. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** Those of the plan, by name. */
  readonly protocols: ReadonlyMap<string, Protocol>;
  readonly measurements: Measurements;
  /** By `projectionKey`. */
  readonly projections: ReadonlyMap<string, Projection>;
  /** How many values a network has that was not built here. */
  readonly sizeOf: SizeOf;
  readonly rules: VerdictRules;
  /** What the paper's numbers would be on its own hardware; null where it brings no model of it. */
  readonly hardwareModel: HardwareModel | null;
}

export const jobsOf = ({ jobs }: ExperimentPlan): ReadonlyMap<string, Job> => new Map(jobs.map((job) => [job.id, job]));

export const protocolsOf = ({ protocols }: ExperimentPlan): ReadonlyMap<string, Protocol> =>
  new Map(protocols.map((protocol): [string, Protocol] => [protocol.name, protocol]));

export interface Absent {
  readonly absence: ReasonCode;
  /** Footnotes, once each. */
  readonly notes: readonly string[];
}

/** Why a plan has no job here. */
export const notPlanned = (why: NotRun): Absent => absenceOf(why);

/** Why jobs have no result; null where all have one. */
export function unfinished(ids: readonly string[], { finished, failures }: Measurements): Absent | null {
  const without = ids.filter((id) => !finished.has(id));
  if (without.length === 0) return null;
  const failed = without.flatMap((id) => failures.get(id) ?? []);
  return {
    absence: failed.length > 0 ? 'failed' : 'not-run-yet',
    notes: [...new Set([...failed.map(describeFailure), ...(failed.length < without.length ? [notYet] : [])])],
  };
}
