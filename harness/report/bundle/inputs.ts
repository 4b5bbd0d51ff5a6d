/** What a bundle keeps beside the CSVs so that its tables can be made again. */
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import type { Papers } from '../../plan/paper/papers.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { SizeOf } from '../../plan/step-size.js';
import { failureSchema } from '../../store/failure.js';
import { projectionsFile, readProjections } from '../measured/projections-csv.js';
import { readMeasuredCsvs } from '../measured/read-csvs.js';
import type { Measurements } from '../measured/measurements.js';
import type { ReportedPaper } from '../paper.js';
import type { TableInputs } from '../render-report.js';
import { readPlan } from './stored-plan.js';

/** Where each input stands in a bundle, beside the CSVs. */
export const inputFiles = {
  plan: 'inputs/plan.json',
  failures: 'inputs/failures.json',
} as const;

export function inputTexts(plan: ExperimentPlan, failures: Measurements['failures']): Map<string, string> {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  return new Map([
    [inputFiles.plan, json(plan)],
    [inputFiles.failures, json(Object.fromEntries(failures))],
  ]);
}

/** Reads a bundle's inputs. @throws Problem BUNDLE_INVALID, CSV_INVALID */
export function readInputs(
  textOf: (name: string) => string | undefined,
  papers: Papers<ReportedPaper>,
  sizeOf: SizeOf,
): TableInputs {
  const text = (name: string): string => {
    const found = textOf(name);
    if (found === undefined) throw invalid(`${name} is missing`);
    return found;
  };
  const readJson = <T>(name: string, read: (value: unknown) => T): T => {
    try {
      return read(JSON.parse(text(name)));
    } catch (error) {
      if (error instanceof Problem && error.code === 'BUNDLE_INVALID') throw error;
      throw invalid(`${name} cannot be read${error instanceof Problem ? `: ${error.message}` : ''}`);
    }
  };
  const { paper, plan } = readJson(inputFiles.plan, (stored) => readPlan(papers, stored));
  const failures = readJson(inputFiles.failures, (stored) => z.record(z.string(), failureSchema).parse(stored));
  return {
    paper,
    plan,
    sizeOf,
    projections: readProjections(text(projectionsFile)),
    measurements: { ...readMeasuredCsvs(text), failures: new Map(Object.entries(failures)) },
  };
}

export const invalid = (why: string): Problem =>
  new Problem(
    'BUNDLE_INVALID',
    `Not a bundle of this program: ${why}`,
    'Bundles are made by `npm run reproduce -- report --bundle`.',
  );
