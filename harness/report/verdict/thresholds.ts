/** How far apart two numbers may be, and how uncertain ours: `experiments/rules/verdicts.yaml` and a paper's own beside it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { inProject } from '../../core/project.js';
import type { Printed } from '../../plan/paper/printed.js';
import type { MetricId } from '../evaluate/quantity.js';

/** In the metric's unit, by data set; `any` for those that are not named. */
const byDataset = z.record(z.string(), z.number().min(0));

/** Half of the last printed digit: 5,000 for 0.46 million. */
const printedDigits = 'printed digits';

const thresholdsSchema = z.strictObject({
  /** Distance of the printed number from our interval up to which they agree. */
  tolerance: z.union([byDataset, z.literal(printedDigits)]),
  /** The longest arm of an interval that is judged. */
  widest: byDataset,
  /** Day on which these were fixed. */
  fixed: z.iso.date(),
  why: z.string(),
});
export type Thresholds = z.infer<typeof thresholdsSchema>;

const fileSchema = z.strictObject({
  version: z.number().int(),
  metrics: z.record(z.string(), thresholdsSchema),
});

export interface VerdictRules {
  /** Raised when a change could turn a verdict. */
  readonly version: number;
  /** A metric that is not here is shown and never judged. */
  readonly metrics: Readonly<Record<MetricId, Thresholds>>;
}

export const rulesFile = 'experiments/rules/verdicts.yaml';

export const parseRules = (text: string): VerdictRules => fileSchema.parse(parse(text));

const ruleFiles = (ownFile: string | null): string[] => [rulesFile, ...(ownFile === null ? [] : [ownFile])];

/** The thresholds for every paper with those of the paper's own metrics; `textOf` gives a file of the project, or of a bundle. */
export function readRules(
  ownFile: string | null,
  textOf: (file: string) => string = (file) => readFileSync(inProject(file), 'utf8'),
): VerdictRules {
  const files = ruleFiles(ownFile).map((file) => parseRules(textOf(file)));
  return {
    version: Math.max(...files.map(({ version }) => version)),
    metrics: Object.fromEntries(files.flatMap(({ metrics }) => Object.entries(metrics))),
  };
}

/** The distance up to which a number agrees with what is printed, in the metric's unit; 0 for a metric without thresholds. */
export function toleranceOf(of: Thresholds | undefined, printed: Printed | null, dataset: string | null): number {
  if (of === undefined) return 0;
  return of.tolerance === printedDigits ? halfOfLastDigit(printed) : limitOf(of.tolerance, dataset);
}

/** What rounding to the printed digits can hide; 0 where nothing is printed. */
function halfOfLastDigit(printed: Printed | null): number {
  const digits = printed === null ? null : /\d+(?:\.(\d+))?/u.exec(printed.text.replaceAll(',', ''));
  if (printed === null || digits === null) return 0;
  const unit = printed.value / Number(digits[0]);
  // A hair more, for numbers that binary fractions only approach.
  return Math.abs(unit) * 0.5 * 10 ** -(digits[1]?.length ?? 0) * (1 + 1e-9);
}

/** A limit for a data set, or without one; 0 where none is written down. */
export const limitOf = (limits: Readonly<Record<string, number>>, dataset: string | null): number =>
  limits[dataset ?? 'any'] ?? limits['any'] ?? 0;
