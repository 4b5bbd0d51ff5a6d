/** RevNet's printed numbers, `printed.json`: parameters of Table 2 and errors of Table 3, by id. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inProject } from '../../harness/core/project.js';
import type { Printed, PrintedNumbers, PrintedRow } from '../../harness/plan/paper/printed.js';

const row = z.object({
  id: z.string(),
  dataset: z.enum(['cifar10', 'cifar100']),
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
  tables: z.object({ table2: z.object({ rows: z.array(row) }), table3: z.object({ rows: z.array(row) }) }),
  claims: z.array(z.object({ id: z.string(), section: z.string(), statement: z.string() })),
});

export interface PrintedPaper extends PrintedNumbers {
  readonly claims: z.infer<typeof fileSchema>['claims'];
}

const file = 'experiments/revnet/printed.json';
let loaded: PrintedPaper | undefined;

/** Read once; the file is part of the project. */
export function printed(): PrintedPaper {
  loaded ??= parsePrinted(readFileSync(inProject(file), 'utf8'));
  return loaded;
}

function parsePrinted(text: string): PrintedPaper {
  const { tables, claims } = fileSchema.parse(JSON.parse(text));
  const rows = Object.entries(tables).flatMap(([table, { rows: own }]) => own.map((each) => rowOf(each, table)));
  return { file, rows: new Map(rows.map((each) => [each.id, each])), claims };
}

function rowOf({ id, dataset, network, depth, units, channels, parameters, error }: Row, table: string): PrintedRow {
  return {
    id,
    table,
    facts: { dataset, network, depth, ...(units && { units }), ...(channels && { channels }) },
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
