/** All that a report is made from. */
import type { ExperimentPlan } from '../plan/plan.js';
import type { Outcome } from './measured/measurements.js';
import type { Projection } from './evaluate/projection.js';
import type { Occasion } from './provenance/provenance.js';

export interface ReportContext {
  readonly plan: ExperimentPlan;
  /** By cell id; a cell that has not run may be absent. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** `reports/<profile>`. */
  readonly folder: string;
  /** By `entryKey`. */
  readonly projections?: ReadonlyMap<string, Projection>;
  /** `reports/runs`, where step profiles are looked for; by default beside `folder`. */
  readonly runs?: string;
  /** How this report came to be; what is not given is taken from the process and the results. */
  readonly occasion?: Partial<Occasion>;
}
