/** `report --compare A B`: what changed between two reports, and whether it is more than noise. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { strFromU8 } from 'fflate';
import { z } from 'zod';
import { Problem } from '../core/problem.js';
import { readBundle } from './bundle/verify.js';
import { fixed, signed } from './evaluate/digits.js';
import { markdown } from './markup/markdown.js';
import { tableCsvColumns } from './render/csv.js';

interface Value {
  readonly table: string;
  readonly label: string;
  readonly layout: string;
  readonly protocol: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly provenance: string;
  readonly verdict: string;
}

export interface Change {
  readonly place: Omit<Value, 'value' | 'low' | 'high' | 'provenance' | 'verdict'>;
  readonly a: number;
  readonly b: number;
  /** b - a. */
  readonly difference: number;
  /** 95 % arm of the difference; null where either has no interval. */
  readonly arm: number | null;
  /** Null where it cannot be told. */
  readonly beyondNoise: boolean | null;
  readonly verdicts: readonly [string, string];
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** Numbers that are equal in both. */
  readonly equal: number;
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  /** Hardware, versions, options that differ. */
  readonly settings: readonly { readonly name: string; readonly a: string; readonly b: string }[];
}

interface Source {
  readonly values: ReadonlyMap<string, Value>;
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
    return new Map(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
  }
  return new Map(
    [...readBundle(path)].flatMap(([name, content]) => (name.includes('/') ? [] : [[name, strFromU8(content)]])),
  );
}

const recordSchema = z.record(z.string(), z.string());
const asNumber = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));

function valuesOf(texts: ReadonlyMap<string, string>): Map<string, Value> {
  const values = new Map<string, Value>();
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
      };
      const key = [...Object.values(place), field('dataset')].join(' | ');
      const interval = { low: asNumber(row['low']), high: asNumber(row['high']) };
      values.set(key, { ...place, ...interval, value, provenance: field('provenance'), verdict: field('verdict') });
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

function sourceOf(path: string): Source {
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

function changeOf(a: Value, b: Value): Change {
  const armOf = ({ low, high }: Value): number | null => (low === null || high === null ? null : (high - low) / 2);
  const [first, second] = [armOf(a), armOf(b)];
  // Errors of two runs are independent: arms add in squares.
  const arm = first === null || second === null ? null : Math.hypot(first, second);
  const difference = b.value - a.value;
  const { table, label, layout, protocol, metric, unit } = a;
  return {
    place: { table, label, layout, protocol, metric, unit },
    a: a.value,
    b: b.value,
    difference,
    arm,
    beyondNoise: arm === null ? null : Math.abs(difference) > arm,
    verdicts: [a.verdict, b.verdict],
  };
}

/** @param a report folder or bundle @throws Problem REPORT_MISSING, REPORT_EMPTY, BUNDLE_INVALID */
export function compareReports(a: string, b: string): Comparison {
  const [first, second] = [sourceOf(a), sourceOf(b)];
  const shared = [...first.values].flatMap(([key, value]) => {
    const other = second.values.get(key);
    return other ? [changeOf(value, other)] : [];
  });
  const names = [...new Set([...first.settings.keys(), ...second.settings.keys()])];
  const setting = (source: Source, name: string): string => source.settings.get(name) ?? 'absent';
  return {
    changes: shared.filter(({ difference }) => difference !== 0),
    equal: shared.filter(({ difference }) => difference === 0).length,
    onlyA: [...first.values.keys()].filter((key) => !second.values.has(key)),
    onlyB: [...second.values.keys()].filter((key) => !first.values.has(key)),
    settings: names
      .map((name) => ({ name, a: setting(first, name), b: setting(second, name) }))
      .filter((pair) => pair.a !== pair.b),
  };
}

const judgement = ({ beyondNoise }: Change): string =>
  beyondNoise === null ? 'cannot be told' : beyondNoise ? 'more than noise' : 'within noise';

/** Markdown that also reads in a terminal: what changed beyond noise first. */
export function comparisonText({ changes, equal, onlyA, onlyB, settings }: Comparison): string {
  const { text } = markdown;
  const order = [true, null, false];
  const sorted = [...changes].sort((a, b) => order.indexOf(a.beyondNoise) - order.indexOf(b.beyondNoise));
  const beyond = changes.filter(({ beyondNoise }) => beyondNoise === true).length;
  const rows = sorted.map((change) => {
    const { place, a, b, difference, arm, verdicts } = change;
    const places = place.unit === 'count' ? 0 : 2;
    const verdict = verdicts[0] === verdicts[1] ? '' : `${verdicts[0] || 'none'} → ${verdicts[1] || 'none'}`;
    const where = [place.table, `${place.label} ${place.layout}`, place.protocol, place.metric];
    const change2 = `${signed(difference, places)}${arm === null ? '' : ` ± ${fixed(arm, places)}`}`;
    return `| ${[...where.map(text), fixed(a, places), fixed(b, places), change2, judgement(change), verdict].join(' | ')} |`;
  });
  const list = (title: string, keys: readonly string[]): string[] =>
    keys.length === 0
      ? []
      : [
          '',
          `${title}: ${keys.length}`,
          ...keys.slice(0, 20).map((key) => `- ${text(key)}`),
          ...(keys.length > 20 ? [`- and ${keys.length - 20} more`] : []),
        ];
  return [
    `${equal} numbers are equal, ${changes.length} differ, ${beyond} of them by more than noise (95 %).`,
    ...(settings.length === 0
      ? []
      : ['', 'Settings that differ:', ...settings.map(({ name, a, b }) => `- ${text(name)}: ${text(a)} → ${text(b)}`)]),
    ...(rows.length === 0
      ? []
      : [
          '',
          '| Table | Network | Protocol | Quantity | A | B | B − A | | Verdict |',
          '| :-- | :-- | :-- | :-- | --: | --: | --: | :-- | :-- |',
          ...rows,
        ]),
    ...list('Only in A', onlyA),
    ...list('Only in B', onlyB),
    '',
  ].join('\n');
}
