/** WarpNet's printed numbers, `printed.json`: every row of Tables 2 to 5 and every point of the text's series, by id. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inProject } from '../../harness/core/project.js';
import { datasetNames } from '../../harness/plan/dataset-facts.js';
import type { Printed, PrintedNumbers, PrintedRow } from '../../harness/plan/paper/printed.js';
import type { Scalar } from '../../harness/plan/paper/network.js';

const nullableNumber = z.number().nullable();
const nullableText = z.string().nullable();

const rowSchema = z.object({
  id: z.string(),
  dataset: z.enum(datasetNames),
  network: z.enum(['WarpNet1', 'WarpNet2', 'WRN']),
  /** As we show it. */
  label: z.string(),
  /** As the paper prints it. */
  printedLabel: z.string().optional(),
  K: nullableNumber,
  Nwarp: nullableNumber,
  /** Of the block that the row stands in; Tables 2 and 3. */
  blockK: z.number().optional(),
  blockNwarp: z.number().optional(),
  kw: z.number(),
  depth: z.number(),
  unitsPerStage: nullableNumber,
  params: nullableNumber,
  paramsPrinted: nullableText.optional(),
  /** Percent; `errorPrinted` keeps the digits. */
  errorPct: nullableNumber.optional(),
  errorPrinted: nullableText.optional(),
  top5ErrorPct: nullableNumber.optional(),
  top5ErrorPrinted: nullableText.optional(),
  /** Percent of the WRN's batch time saved. */
  rsPct: nullableNumber,
  rsPrinted: nullableText.optional(),
  printedCell: z.string().optional(),
  gpus: nullableNumber,
  /** One list a GPU. */
  assignment: z.array(z.array(z.string())).nullable(),
  miniBatchesPerBatch: nullableNumber.optional(),
  source: z.string().optional(),
  confidence: z.enum(['high', 'low']),
  /** Keys whose digits are damaged in the source. */
  uncertainKeys: z.array(z.string()),
  note: nullableText,
});
type PublishedRow = z.infer<typeof rowSchema>;

const tableSchema = z.object({
  id: z.string(),
  caption: z.string(),
  section: z.string(),
  runsAveraged: nullableNumber,
  note: nullableText,
  rows: z.array(rowSchema),
});

const textNumberSchema = z.object({
  id: z.string(),
  section: z.string(),
  topic: z.string(),
  K: nullableNumber,
  variant: nullableText,
  dataset: z.enum(datasetNames).nullable(),
  depth: nullableNumber,
  gpus: nullableNumber,
  points: z.array(z.object({ kw: z.number(), rsPct: z.number().optional(), top5ErrorPct: z.number().optional() })),
  note: nullableText,
});
type TextNumber = z.infer<typeof textNumberSchema>;

const fileSchema = z.object({
  schemaVersion: z.literal(1),
  paper: z.object({ title: z.string(), system: z.string(), authors: z.array(z.string()), affiliation: z.string() }),
  tables: z.object({ table2: tableSchema, table3: tableSchema, table4: tableSchema, table5: tableSchema }),
  textNumbers: z.array(textNumberSchema),
  qualitativeClaims: z.array(z.object({ id: z.string(), section: z.string(), statement: z.string() })),
});

export type PrintedClaim = z.infer<typeof fileSchema>['qualitativeClaims'][number];

export interface PrintedPaper extends PrintedNumbers {
  readonly claims: readonly PrintedClaim[];
}

const file = 'experiments/warpnet/printed.json';
let loaded: PrintedPaper | undefined;

/** Read once; the file is part of the project. */
export function printed(): PrintedPaper {
  loaded ??= parsePrinted(readFileSync(inProject(file), 'utf8'));
  return loaded;
}

export function parsePrinted(text: string): PrintedPaper {
  const { tables, textNumbers, qualitativeClaims } = fileSchema.parse(JSON.parse(text));
  const rows = [
    ...Object.entries(tables).flatMap(([table, { section, rows: own }]) =>
      own.map((row) => rowOf(row, table, `Table ${table.slice(-1)} (§${section})`)),
    ),
    ...textNumbers.flatMap(pointsOf),
  ];
  return { file, rows: new Map(rows.map((row) => [row.id, row])), claims: qualitativeClaims };
}

/** Only what is printed. */
const known = (facts: Readonly<Record<string, Scalar | null | undefined>>): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, value]])),
  );

function rowOf(row: PublishedRow, table: string, source: string): PrintedRow {
  const number = (key: string, value: number | null | undefined, text: string | null | undefined): Printed | null =>
    value === null || value === undefined
      ? null
      : { value, text: text ?? String(value), lowConfidence: row.uncertainKeys.includes(key) };
  const values = {
    error: number('errorPct', row.errorPct, row.errorPrinted),
    top5: number('top5ErrorPct', row.top5ErrorPct, row.top5ErrorPrinted),
    rs: number('rsPct', row.rsPct, row.rsPrinted ?? `${row.rsPct}%`),
    parameters: number('params', row.params, row.paramsPrinted),
  };
  return {
    id: row.id,
    table,
    facts: known({
      dataset: row.dataset,
      network: row.network,
      K: row.K ?? row.blockK,
      Nwarp: row.Nwarp ?? row.blockNwarp,
      kw: row.kw,
      depth: row.depth,
      devices: row.gpus,
      layout: layoutOf(row),
    }),
    values: Object.fromEntries(Object.entries(values).flatMap(([metric, value]) => (value ? [[metric, value]] : []))),
    source: row.source ?? source,
    note: row.note,
  };
}

/** One bracket a device; a WRN on several devices has all of them on each. */
function layoutOf({ assignment, network, gpus }: PublishedRow): string | null {
  if (assignment === null) return null;
  const brackets = assignment.map((terms) => `[${terms.join(', ')}]`);
  return network === 'WRN' && (gpus ?? 1) > 1 ? `${gpus ?? 1} x ${brackets[0] ?? ''}` : brackets.join(' ');
}

/** Points of a series that the text prints: `text.rs-vs-width.k2/kw4`. */
const pointsOf = (series: TextNumber): PrintedRow[] =>
  series.points.map(({ kw, rsPct, top5ErrorPct }) => {
    const point = (value: number | undefined): Printed | undefined =>
      value === undefined ? undefined : { value, text: `${value}%`, lowConfidence: false };
    const values = { rs: point(rsPct), top5: point(top5ErrorPct) };
    return {
      id: `${series.id}/kw${kw}`,
      table: series.id.startsWith('text.rs-vs-width.') ? 'width' : 'text',
      facts: known({ network: series.variant, K: series.K, kw }),
      values: Object.fromEntries(Object.entries(values).flatMap(([metric, value]) => (value ? [[metric, value]] : []))),
      source: `§${series.section}`,
      note: series.note,
    };
  });
