/** Reads `errors.csv` and `timing.csv` back into what was measured: enough to make every table again. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import { errorColumns, timingColumns } from './collect.js';
import type { ErrorResult, Evaluation, TimingResult } from '../../store/result.js';

/** What the CSVs hold of an error cell's result: enough for every table. */
export type CollectedError = Pick<
  ErrorResult,
  | 'kind'
  | 'id'
  | 'parameters'
  | 'trainImages'
  | 'validationImages'
  | 'last'
  | 'best'
  | 'evaluations'
  | 'finalLoss'
  | 'wallSeconds'
>;
export type CollectedTiming = Pick<TimingResult, 'kind' | 'id' | 'hardware' | 'otherLoad' | 'rows' | 'wallSeconds'>;
export type Collected = CollectedError | CollectedTiming;

const number = z.string().regex(/\S/).pipe(z.coerce.number());
const errorRow = z.object({
  cell: z.string(),
  parameters: number,
  trainImages: number,
  validationImages: number,
  step: number,
  epoch: number,
  errorPct: number,
  top5ErrorPct: number,
  sampledErrorPct: z.string(),
  validationLoss: number,
  mark: z.string(),
  finalLoss: number,
  wallSeconds: number,
});
const timingRow = z.object({
  cell: z.string(),
  row: z.string(),
  layout: z.string(),
  hardware: z.string(),
  parameters: number,
  round: number,
  milliseconds: number,
  compileSeconds: number,
  busySeconds: z.string(),
  otherLoad: z.string(),
  wallSeconds: number,
});

/** What the two files say, by cell id. @throws Problem CSV_INVALID */
export function readCollected(errors: string, timing: string): Map<string, Collected> {
  const errorRows = rowsOf('errors.csv', errors, errorColumns, errorRow);
  const timingRows = rowsOf('timing.csv', timing, timingColumns, timingRow);
  return new Map<string, Collected>([
    ...[...groupBy(errorRows, ({ cell }) => cell)].map(([id, rows]) => [id, errorOf(id, rows)] as const),
    ...[...groupBy(timingRows, ({ cell }) => cell)].map(([id, rows]) => [id, timingOf(id, rows)] as const),
  ]);
}

function rowsOf<Row>(
  file: string,
  text: string,
  columns: readonly { readonly name: string }[],
  schema: z.ZodType<Row>,
): Row[] {
  const invalid = (why: string) =>
    new Problem('CSV_INVALID', `${file}: ${why}`, 'Write it again with `npm run reproduce -- report`.');
  let records: string[][];
  try {
    records = parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  const [header = [], ...body] = records;
  const missing = columns.find(({ name }) => !header.includes(name));
  if (missing) throw invalid(`the column ${missing.name} is missing`);
  return body.map((record, index) => {
    const parsed = schema.safeParse(Object.fromEntries(header.map((name, column) => [name, record[column] ?? ''])));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw invalid(`row ${index + 2}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  });
}

function errorOf(id: string, rows: readonly z.infer<typeof errorRow>[]): CollectedError {
  const evaluations = rows.map(
    ({ step, epoch, errorPct, top5ErrorPct, sampledErrorPct, validationLoss }): Evaluation => ({
      step,
      epoch,
      errorPct,
      top5ErrorPct,
      sampledErrorPct: sampledErrorPct === '' ? null : Number(sampledErrorPct),
      loss: validationLoss,
    }),
  );
  const marked = (mark: string): Evaluation => {
    const found = evaluations[rows.findIndex((row) => row.mark.split(' ').includes(mark))];
    if (!found) throw new Problem('CSV_INVALID', `errors.csv: no row of ${id} is marked "${mark}"`);
    return found;
  };
  // There is a row, or there would be no group.
  const [{ parameters, trainImages, validationImages, finalLoss, wallSeconds }] = rows as [z.infer<typeof errorRow>];
  const fixed = { parameters, trainImages, validationImages, finalLoss, wallSeconds };
  return { kind: 'error', id, ...fixed, evaluations, last: marked('last'), best: marked('best') };
}

function timingOf(id: string, rows: readonly z.infer<typeof timingRow>[]): CollectedTiming {
  const [{ hardware, otherLoad, wallSeconds }] = rows as [z.infer<typeof timingRow>];
  return {
    kind: 'timing',
    id,
    hardware,
    otherLoad: otherLoad === '' ? null : Number(otherLoad),
    wallSeconds,
    rows: [...groupBy(rows, ({ row }) => row)].map(([row, steps]) => {
      const [{ layout, parameters, compileSeconds, busySeconds }] = steps as [z.infer<typeof timingRow>];
      return {
        row,
        layout,
        parameters,
        compileSeconds,
        busySeconds: busySeconds === '' ? null : busySeconds.split(' ').map(Number),
        milliseconds: steps.map(({ milliseconds }) => milliseconds),
        rounds: steps.map(({ round }) => round),
      };
    }),
  };
}

/** Groups in the order of their first members. */
function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
