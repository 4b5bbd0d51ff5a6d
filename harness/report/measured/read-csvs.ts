/** Reads the CSVs of what was measured back: enough to make every table again. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import { analysis, operations, timing, training, trials } from '../../kinds/index.js';
import type { StepMemory } from '../../kinds/timing/result.js';
import { diagnosisSchema, type Evaluation } from '../../kinds/training/result.js';
import { groupBy } from '../groups.js';
import {
  stepsThatCount,
  type AnalysisMeasurement,
  type Measurements,
  type TimingMeasurement,
  type TrainingMeasurement,
  type TrialsMeasurement,
} from './measurements.js';

const number = z.string().regex(/\S/).pipe(z.coerce.number());
const optionalNumber = z.string().transform((text) => (text === '' ? null : Number(text)));
/** With spaces between. */
const numbers = z
  .string()
  .transform((text) => text.split(' ').filter((part) => part !== ''))
  .pipe(z.array(number));

const trainingRow = z.object({
  job: z.string(),
  parameters: number,
  trainImages: number,
  validationImages: number,
  step: number,
  epoch: number,
  errorPct: number,
  top5ErrorPct: number,
  sampledErrorPct: optionalNumber,
  validationLoss: number,
  mark: z.string(),
  finalLoss: number,
  wallSeconds: number,
  diagnoses: z.string(),
  // Columns that older files lack.
  phase: optionalNumber.optional(),
  stepSeconds: optionalNumber.optional(),
  probes: z.string().optional(),
  hardware: z.string().optional(),
  deviceKind: z.enum(['cpu', 'gpu']).optional(),
});
type TrainingRow = z.infer<typeof trainingRow>;

const timingRow = z.object({
  job: z.string(),
  row: z.string(),
  hardware: z.string(),
  deviceKind: z.enum(['cpu', 'gpu']),
  parameters: number,
  round: number,
  milliseconds: number,
  stepOtherLoad: optionalNumber,
  otherLoad: optionalNumber,
  // Files older than the column have none.
  busyShare: optionalNumber.default(null),
  variableBytes: numbers,
  weightBytes: numbers,
  momentumBytes: numbers,
  tensorBytes: numbers,
  activationBytes: numbers,
  weightGradientBytes: numbers,
});
type TimingRow = z.infer<typeof timingRow>;

const trialsRow = z.object({
  job: z.string(),
  outcome: z.string(),
  count: number,
  success: z.enum(['yes', '']),
});
type TrialsRow = z.infer<typeof trialsRow>;

const analysisRow = z.object({
  job: z.string(),
  trainImages: number,
  validationImages: number,
  errorPct: number,
  step: number,
  quantity: z.string(),
  place: z.string(),
  variant: z.string(),
  sample: number,
  value: optionalNumber,
  unit: z.string(),
});
type AnalysisCsvRow = z.infer<typeof analysisRow>;

const operationRow = z.object({ job: z.string() });

/** What the files say, by job id. @throws Problem CSV_INVALID */
export function readMeasuredCsvs(textOf: (file: string) => string): Omit<Measurements, 'failures'> {
  const rowsOf = <Row extends { readonly job: string }>(
    file: string,
    schema: z.ZodObject<z.ZodRawShape> & z.ZodType<Row>,
  ) => groupBy(readCsv(file, textOf(file), schema), ({ job }) => job);
  const trained = rowsOf(training.csv.file, trainingRow);
  const timed = rowsOf(timing.csv.file, timingRow);
  const tried = rowsOf(trials.csv.file, trialsRow);
  const analysed = rowsOf(analysis.csv.file, analysisRow);
  const operationTimes = rowsOf(operations.csv.file, operationRow);
  return {
    trainings: new Map([...trained].map(([id, rows]) => [id, trainingOf(id, rows)])),
    timings: new Map([...timed].map(([id, rows]) => [id, timingOf(id, rows)])),
    trials: new Map([...tried].map(([id, rows]) => [id, trialsOf(id, rows)])),
    analyses: new Map([...analysed].map(([id, rows]) => [id, analysisOf(id, rows)])),
    finished: new Set([...trained, ...timed, ...tried, ...analysed, ...operationTimes].map(([id]) => id)),
  };
}

/** The rows of a CSV that has at least the schema's columns. @throws Problem CSV_INVALID */
export function readCsv<Row>(file: string, text: string, schema: z.ZodObject<z.ZodRawShape> & z.ZodType<Row>): Row[] {
  const invalid = (why: string) =>
    new Problem('CSV_INVALID', `${file}: ${why}`, 'Write it again with `npm run reproduce -- report`.');
  let records: string[][];
  try {
    records = parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  const [header = [], ...body] = records;
  const missing = Object.entries(schema.shape).find(
    ([name, column]) => !header.includes(name) && !z.safeParse(column, undefined).success,
  )?.[0];
  if (missing !== undefined) throw invalid(`the column ${missing} is missing`);
  return body.map((record, index) => {
    const parsed = schema.safeParse(Object.fromEntries(header.map((name, column) => [name, record[column] ?? ''])));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw invalid(`row ${index + 2}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  });
}

function trainingOf(id: string, rows: readonly TrainingRow[]): TrainingMeasurement {
  const evaluations = rows.map(
    ({ step, epoch, errorPct, top5ErrorPct, sampledErrorPct, validationLoss, phase }): Evaluation => ({
      step,
      epoch,
      errorPct,
      top5ErrorPct,
      sampledErrorPct,
      loss: validationLoss,
      ...(typeof phase === 'number' && { phase }),
    }),
  );
  const marked = (mark: string): Evaluation => {
    const found = evaluations[rows.findIndex((row) => row.mark.split(' ').includes(mark))];
    if (!found) throw new Problem('CSV_INVALID', `${training.csv.file}: no row of ${id} is marked "${mark}"`);
    return found;
  };
  // There is a row, or there would be no group.
  const [{ parameters, trainImages, validationImages, finalLoss, wallSeconds, ...first }] = rows as [TrainingRow];
  const { stepSeconds, hardware, deviceKind } = first;
  const probes = rows.map((row) => row.probes ?? '').find((text) => text !== '');
  const found = rows.at(-1)?.diagnoses ?? '';
  const diagnoses = found === '' ? {} : { diagnoses: z.array(diagnosisSchema).parse(JSON.parse(found)) };
  const fixed = { parameters, trainImages, validationImages, finalLoss, wallSeconds, ...diagnoses };
  return {
    id,
    ...fixed,
    evaluations,
    last: marked('last'),
    best: marked('best'),
    ...(typeof stepSeconds === 'number' && { stepSeconds }),
    ...(probes !== undefined && { probes: readProbes(probes) }),
    ...(hardware !== undefined && deviceKind !== undefined && { hardware: { kind: deviceKind, model: hardware } }),
  };
}

/** @throws Problem CSV_INVALID */
function readProbes(text: string): Record<string, number> {
  try {
    return z.record(z.string(), z.number()).parse(JSON.parse(text));
  } catch {
    throw new Problem('CSV_INVALID', `${training.csv.file}: a cell of probes is not names with numbers`);
  }
}

function timingOf(id: string, rows: readonly TimingRow[]): TimingMeasurement {
  const [{ hardware, deviceKind, otherLoad }] = rows as [TimingRow];
  const timed = [...groupBy(rows, ({ row }) => row)].map(([row, steps]) => {
    const [first] = steps as [TimingRow];
    const { parameters, busyShare } = first;
    return {
      row,
      parameters,
      memory: memoryOf(first),
      ...(busyShare === null ? {} : { busyShare }),
      milliseconds: steps.map(({ milliseconds }) => milliseconds),
      rounds: steps.map(({ round }) => round),
      otherLoads: steps.map(({ stepOtherLoad }) => stepOtherLoad),
    };
  });
  return { id, hardware: { kind: deviceKind, model: hardware }, ...stepsThatCount(timed, otherLoad) };
}

/** A device after the other; null where nothing was told. */
function memoryOf(row: TimingRow): StepMemory[] | null {
  if (row.tensorBytes.length === 0) return null;
  return row.tensorBytes.map((tensors, device) => {
    const variables = row.variableBytes[device] ?? 0;
    return {
      variables,
      weights: row.weightBytes[device] ?? 0,
      momentum: row.momentumBytes[device] ?? 0,
      tensors,
      activations: row.activationBytes[device] ?? 0,
      weightGradients: row.weightGradientBytes[device] ?? 0,
      peak: variables + tensors,
    };
  });
}

function trialsOf(id: string, rows: readonly TrialsRow[]): TrialsMeasurement {
  const success = rows.find((row) => row.success === 'yes')?.outcome;
  if (success === undefined) throw new Problem('CSV_INVALID', `${trials.csv.file}: no outcome of ${id} is a success`);
  return { id, success, counts: Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count])) };
}

function analysisOf(id: string, rows: readonly AnalysisCsvRow[]): AnalysisMeasurement {
  const [{ trainImages, validationImages, errorPct }] = rows as [AnalysisCsvRow];
  return {
    ...{ id, trainImages, validationImages, errorPct },
    rows: rows.map(({ step, quantity, place, variant, unit, sample, value }) => {
      return { step, quantity, place, variant, unit, sample, value };
    }),
  };
}
