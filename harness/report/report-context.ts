/** All that a report is made from. */
import type { ExperimentPlan } from '../plan/plan.js';
import type { SizeOf } from '../plan/step-size.js';
import type { Validation } from '../project/validation/validation-file.js';
import type { Projection } from './evaluate/projection.js';
import type { Outcome } from './measured/measurements.js';
import type { ReportedPaper } from './paper.js';
import type { LatexOptions } from './render/latex.js';
import type { Occasion } from './provenance/provenance.js';

export interface ReportContext {
  readonly paper: ReportedPaper;
  readonly plan: ExperimentPlan;
  /** By job id; a job that has not run may be absent. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** By `projectionKey`. */
  readonly projections: ReadonlyMap<string, Projection>;
  /** How far projections were off on this machine; null where that is not known. */
  readonly validation: Validation | null;
  /** How many values a network has that was not built here; the paper's models are loaded. */
  readonly sizeOf: SizeOf;
  /** The folder of all reports: `reports`, with `reports/runs`. */
  readonly reports: string;
  /** Where this one goes: `reports/<profile>/<paper>`. */
  readonly folder: string;
  /** How LaTeX fragments are set, by table; without it as they are by default. */
  readonly latexOf?: (table: string) => LatexOptions;
  /** Makes PDF files of figures too, from an SVG and its title. */
  readonly figurePdf?: (svg: string, title: string) => Uint8Array;
  /** Leave the names of users, hosts and folders in it. */
  readonly keepNames?: boolean;
  /** How this report came to be; what is not given is taken from the process and the results. */
  readonly occasion?: Partial<Occasion>;
}

export const runsOf = ({ reports }: Pick<ReportContext, 'reports'>): string => `${reports}/runs`;
