/** RevNet's printed numbers, `printed.json`: parameters of Table 2, errors of Tables 3 and 4 by id; Table 1 and Figure 4. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inProject } from '../../harness/core/project.js';
import type { Printed, PrintedNumbers, PrintedRow } from '../../harness/plan/paper/printed.js';

const row = z.object({
  id: z.string(),
  /** `imagenet` is of 224 pixels, which is none of the program's data sets. */
  dataset: z.enum(['cifar10', 'cifar100', 'imagenet']),
  network: z.enum(['ResNet', 'RevNet']),
  depth: z.int(),
  /** In each stage: `5-5-5`. */
  units: z.string().optional(),
  /** Of the stem and the stages: `16-16-32-64`. */
  channels: z.string().optional(),
  /** Millions: `0.46M`. */
  parameters: z.string().optional(),
  /** `7.14%` */
  error: z.string().optional(),
});
type Row = z.infer<typeof row>;

const fileSchema = z.object({
  schemaVersion: z.literal(1),
  tables: z.object({
    table2: z.object({ rows: z.array(row) }),
    table3: z.object({ rows: z.array(row) }),
    table4: z.object({ rows: z.array(row) }),
  }),
  table1: z.object({
    rows: z.array(z.object({ technique: z.string(), storage: z.string(), computation: z.string() })),
  }),
  figure4: z.object({
    /** Of the training, in its order: degrees. */
    fifths: z.array(z.object({ mean: z.number(), low: z.number(), high: z.number() })),
    note: z.string(),
  }),
  claims: z.array(z.object({ id: z.string(), section: z.string(), statement: z.string() })),
});

type File = z.infer<typeof fileSchema>;

export interface PrintedPaper extends PrintedNumbers, Pick<File, 'claims' | 'table1' | 'figure4'> {}

const file = 'experiments/revnet/printed.json';
let loaded: PrintedPaper | undefined;

/** Read once; the file is part of the project. */
export function printed(): PrintedPaper {
  loaded ??= parsePrinted(readFileSync(inProject(file), 'utf8'));
  return loaded;
}

function parsePrinted(text: string): PrintedPaper {
  const { tables, claims, table1, figure4 } = fileSchema.parse(JSON.parse(text));
  const rows = Object.entries(tables).flatMap(([table, { rows: own }]) => own.map((each) => rowOf(each, table)));
  return { file, rows: new Map(rows.map((each) => [each.id, each])), claims, table1, figure4 };
}

function rowOf({ id, dataset, network, depth, units, channels, parameters, error }: Row, table: string): PrintedRow {
  return {
    id,
    table,
    facts: {
      ...(dataset !== 'imagenet' && { dataset }),
      network,
      depth,
      ...(units && { units }),
      ...(channels && { channels }),
    },
    values: {
      ...(parameters && { parameters: number(parameters, 1e6) }),
      ...(error && { error: number(error, 1) }),
    },
    source: `Table ${table.slice(-1)}`,
    note: null,
  };
}

const number = (text: string, unit: number): Printed => ({
  // 0.46 million is 460,000, not 0.46 times a million in binary.
  value: Math.round(Number.parseFloat(text) * unit * 100) / 100,
  text,
  lowConfidence: false,
});
