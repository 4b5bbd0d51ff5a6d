/** The paper's printed numbers, `experiments/published/warpnet-tables.json`: every row and point by id. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inProject } from '../core/project.js';
import { datasetNames } from './dataset-facts.js';

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
export type PublishedRow = z.infer<typeof rowSchema>;

const tableSchema = z.object({
  id: z.string(),
  caption: z.string(),
  section: z.string(),
  runsAveraged: nullableNumber,
  note: nullableText,
  rows: z.array(rowSchema),
});
export type PublishedTable = z.infer<typeof tableSchema>;

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
export type TextNumber = z.infer<typeof textNumberSchema>;

/** One point of a text number: `text.rs-vs-width.k2/kw4`. */
export interface PublishedPoint {
  readonly id: string;
  readonly series: TextNumber;
  readonly kw: number;
  readonly rsPct: number | null;
  readonly top5ErrorPct: number | null;
}

const fileSchema = z.object({
  schemaVersion: z.literal(1),
  paper: z.object({ title: z.string(), system: z.string(), authors: z.array(z.string()), affiliation: z.string() }),
  tables: z.object({ table2: tableSchema, table3: tableSchema, table4: tableSchema, table5: tableSchema }),
  textNumbers: z.array(textNumberSchema),
  qualitativeClaims: z.array(z.object({ id: z.string(), section: z.string(), statement: z.string() })),
});

export type PublishedTableName = 'table2' | 'table3' | 'table4' | 'table5';
export type Claim = z.infer<typeof fileSchema>['qualitativeClaims'][number];

export interface Published {
  readonly paper: z.infer<typeof fileSchema>['paper'];
  readonly tables: Readonly<Record<PublishedTableName, PublishedTable>>;
  /** Rows of Tables 2 to 5 by id. */
  readonly rows: ReadonlyMap<string, PublishedRow>;
  readonly textNumbers: readonly TextNumber[];
  /** Points of the text numbers by `series/kwN`. */
  readonly points: ReadonlyMap<string, PublishedPoint>;
  /** Points of the two width series, in the printed order. */
  readonly widthPoints: readonly string[];
  readonly claims: readonly Claim[];
}

let loaded: Published | undefined;

/** Read once; the file is part of the project. */
export function loadPublished(): Published {
  loaded ??= parsePublished(readFileSync(inProject('experiments', 'published', 'warpnet-tables.json'), 'utf8'));
  return loaded;
}

export function parsePublished(text: string): Published {
  const { paper, tables, textNumbers, qualitativeClaims } = fileSchema.parse(JSON.parse(text));
  const points = textNumbers.flatMap((series) =>
    series.points.map(({ kw, rsPct, top5ErrorPct }) => ({
      id: `${series.id}/kw${kw}`,
      series,
      kw,
      rsPct: rsPct ?? null,
      top5ErrorPct: top5ErrorPct ?? null,
    })),
  );
  return {
    paper,
    tables,
    rows: new Map(Object.values(tables).flatMap(({ rows }) => rows.map((row) => [row.id, row] as const))),
    textNumbers,
    points: new Map(points.map((point) => [point.id, point])),
    widthPoints: points.filter(({ series }) => series.id.startsWith('text.rs-vs-width.')).map(({ id }) => id),
    claims: qualitativeClaims,
  };
}
