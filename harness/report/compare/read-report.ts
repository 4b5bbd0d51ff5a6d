/** The numbers and settings of a report, from its folder or from a bundle. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readTextFile } from '../../core/files/read-file.js';
import { parse } from 'csv-parse/sync';
import { strFromU8 } from 'fflate';
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import { readBundle } from '../bundle/verify.js';
import { tableCsvColumns } from '../render/csv.js';

/** One number of a table's CSV. */
export interface ReportedNumber {
  readonly table: string;
  readonly label: string;
  readonly layout: string;
  readonly protocol: string;
  readonly metric: string;
  readonly unit: string;
  /** Of this machine, or of a model of the paper's hardware. */
  readonly source: 'here' | 'modelled';
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly printed: string;
  /** Ours minus printed, in the metric's unit; null where nothing is compared. */
  readonly difference: number | null;
  readonly verdict: string;
  /** Code of what was not judged. */
  readonly reason: string;
}

export interface ReportNumbers {
  readonly values: ReadonlyMap<string, ReportedNumber>;
  readonly settings: ReadonlyMap<string, string>;
}

/** Text files of a report folder or of a bundle. @throws Problem REPORT_MISSING, BUNDLE_INVALID */
function textsOf(path: string): Map<string, string> {
  if (!existsSync(path))
    throw new Problem(
      'REPORT_MISSING',
      `There is no ${path}`,
      'Give a report folder (reports/<profile>/<paper>) or a bundle (a zip).',
    );
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path).filter((name) => /\.(csv|json)$/u.test(name));
    return new Map(names.map((name) => [name, readTextFile(join(path, name), { limit: 1 << 28 })]));
  }
  return new Map(
    [...readBundle(path)].flatMap(([name, content]) => (name.includes('/') ? [] : [[name, strFromU8(content)]])),
  );
}

const recordSchema = z.record(z.string(), z.string());
const asNumber = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));

function valuesOf(texts: ReadonlyMap<string, string>): Map<string, ReportedNumber> {
  const values = new Map<string, ReportedNumber>();
  for (const [name, text] of texts) {
    if (!name.endsWith('.csv') || !text.startsWith(tableCsvColumns.slice(0, 3).join(','))) continue;
    for (const row of z.array(recordSchema).parse(parse(text, { columns: true }))) {
      const value = asNumber(row['value']);
      if (value === null) continue;
      const field = (key: (typeof tableCsvColumns)[number]): string => row[key] ?? '';
      const place = {
        table: field('table'),
        label: field('label'),
        layout: field('layout'),
        protocol: field('protocol'),
        metric: field('metric'),
        unit: field('unit'),
        source: field('provenance') === 'modelled' ? ('modelled' as const) : ('here' as const),
      };
      const key = [...Object.values(place), field('dataset')].join(' | ');
      const interval = { low: asNumber(row['low']), high: asNumber(row['high']) };
      values.set(key, {
        ...place,
        ...interval,
        value,
        printed: field('printed'),
        difference: asNumber(row['difference']),
        verdict: field('verdict'),
        reason: field('reason'),
      });
    }
  }
  return values;
}

const provenanceSchema = z.looseObject({
  profile: z.string(),
  gitCommit: z.string().nullable(),
  numericsVersion: z.number().nullable(),
  seeds: z.array(z.number()),
  shrunk: z.array(z.string()),
  protocols: z.array(z.looseObject({ name: z.string() })),
  data: z.array(z.looseObject({ dataset: z.string(), checksum: z.string() })),
  environments: z.array(
    z.object({ environment: z.looseObject({ cpu: z.string(), gpus: z.array(z.string()), tensorflow: z.string() }) }),
  ),
});

function settingsOf(text: string | undefined): Map<string, string> {
  const parsed = provenanceSchema.safeParse(text === undefined ? null : JSON.parse(text));
  if (!parsed.success) return new Map();
  const { data: own } = parsed;
  const unique = (list: readonly string[]): string => [...new Set(list)].sort().join('; ');
  const environments = own.environments.map(({ environment }) => environment);
  return new Map([
    ['Profile', own.profile],
    ['Code', own.gitCommit ?? 'unknown'],
    ['Numerics version', String(own.numericsVersion)],
    ['CPU', unique(environments.map(({ cpu }) => cpu))],
    ['GPUs', unique(environments.flatMap(({ gpus }) => gpus))],
    ['TensorFlow', unique(environments.map(({ tensorflow }) => tensorflow))],
    ['Seeds', own.seeds.join(', ')],
    ['Shrunk', unique(own.shrunk)],
    ...own.data.map(({ dataset, checksum }): [string, string] => [`Data ${dataset}`, checksum]),
    ...own.protocols.map((protocol): [string, string] => [`Protocol ${protocol.name}`, JSON.stringify(protocol)]),
  ]);
}

/** @param path a report's folder, or a bundle @throws Problem REPORT_MISSING, REPORT_EMPTY, BUNDLE_INVALID */
export function readReport(path: string): ReportNumbers {
  const texts = textsOf(path);
  const values = valuesOf(texts);
  if (values.size === 0)
    throw new Problem(
      'REPORT_EMPTY',
      `No table with a number is in ${path}`,
      'Run `npm run reproduce -- report` there first.',
    );
  return { values, settings: settingsOf(texts.get('provenance.json')) };
}
