/** `projections.csv`: a row a projected speed-up, with what it was made of; and the same read back. */
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { CsvValue } from '../../kinds/csv.js';
import type { ExperimentPlan, ProjectionPlan } from '../../plan/plan.js';
import { projectionInterval, projectionKey, type Projection } from '../evaluate/projection.js';
import { inertField } from '../render/inert-field.js';
import { readCsv } from './read-csvs.js';

export const projectionsFile = 'projections.csv';

interface Row {
  readonly plan: ProjectionPlan;
  readonly projection: Projection;
  /** Ids of the printed rows. */
  readonly published: readonly string[];
}

interface Column {
  readonly name: string;
  /** What it holds, with its unit: the CSV's documentation. */
  readonly means: string;
  readonly of: (row: Row) => CsvValue;
}

export const projectionColumns: readonly Column[] = [
  { name: 'job', means: 'id of the job that timed the operations: see operations.csv', of: ({ plan }) => plan.job },
  { name: 'publishedIds', means: 'printed rows that it stands beside', of: ({ published }) => published.join(' ') },
  { name: 'protocol', means: 'name of the protocol', of: ({ plan }) => inertField(plan.protocol) },
  { name: 'network', means: 'the network', of: ({ plan }) => plan.network.title },
  { name: 'layout', means: 'which device computes what', of: ({ plan }) => inertField(plan.layout.text) },
  { name: 'baseline', means: 'the network that the speed-up refers to', of: ({ plan }) => plan.baseline.network.title },
  {
    name: 'baselineLayout',
    means: 'layout of the baseline',
    of: ({ plan }) => inertField(plan.baseline.layout.text),
  },
  { name: 'batch', means: 'images a step', of: ({ plan }) => plan.batch },
  {
    name: 'milliseconds',
    means: 'projected time of one step, milliseconds',
    of: ({ projection }) => projection.milliseconds,
  },
  {
    name: 'baselineMilliseconds',
    means: 'projected time of one step of the baseline, milliseconds',
    of: ({ projection }) => projection.baselineMilliseconds,
  },
  {
    name: 'percent',
    means: 'RS, 100 (1 - milliseconds / baselineMilliseconds)',
    of: ({ projection }) => projection.percent,
  },
  {
    name: 'low',
    means: 'lower end of the 95 % interval, percent; empty where projections were never checked',
    of: ({ projection }) => projectionInterval(projection)?.low ?? null,
  },
  {
    name: 'high',
    means: 'upper end of the 95 % interval, percent',
    of: ({ projection }) => projectionInterval(projection)?.high ?? null,
  },
  {
    name: 'validationError',
    means: 'mean distance of projected and measured RS on this machine, points, whence the interval',
    of: ({ projection }) => projection.validationError,
  },
  {
    name: 'validated',
    means: 'layouts that were both measured and projected for that',
    of: ({ projection }) => projection.validated,
  },
  {
    name: 'estimatedShare',
    means: 'share of the time that was estimated from similar operations, 0 … 1',
    of: ({ projection }) => projection.estimatedShare,
  },
  {
    name: 'hardware',
    means: 'model of the devices that the operations were timed on',
    of: ({ projection }) => projection.hardware.model,
  },
  { name: 'deviceKind', means: '`cpu` or `gpu`', of: ({ projection }) => projection.hardware.kind },
  {
    name: 'otherLoad',
    means: "share of the cores' time that other processes took meanwhile, 0 … 1; empty where the system does not tell",
    of: ({ projection }) => projection.otherLoad,
  },
  {
    name: 'specification',
    means: 'the network in full, as JSON',
    of: ({ plan }) => plan.network.key,
  },
  {
    name: 'baselineSpecification',
    means: 'the baseline in full, as JSON',
    of: ({ plan }) => plan.baseline.network.key,
  },
];

/** Every projected place of a plan, those of one projection together. */
function rowsOf(plan: ExperimentPlan, projections: ReadonlyMap<string, Projection>): Row[] {
  const rows = new Map<string, Row>();
  for (const { projection: own, published } of plan.tables.flatMap(({ entries, alsoShown }) => [
    ...entries,
    ...alsoShown,
  ])) {
    if (own === null || own.skipped) continue;
    const key = projectionKey(own);
    const projection = projections.get(key);
    if (projection === undefined) continue;
    const known = rows.get(key);
    rows.set(key, {
      plan: own,
      projection,
      published: [...new Set([...(known?.published ?? []), ...(published === null ? [] : [published])])],
    });
  }
  return [...rows.values()];
}

/** @param projections by `projectionKey` */
export const projectionsCsv = (plan: ExperimentPlan, projections: ReadonlyMap<string, Projection>): string =>
  stringify([
    projectionColumns.map(({ name }) => name),
    ...rowsOf(plan, projections).map((row) => projectionColumns.map(({ of }) => of(row))),
  ]);

const number = z.string().regex(/\S/).pipe(z.coerce.number());
const optionalNumber = z.string().transform((text) => (text === '' ? null : Number(text)));

const storedRow = z.object({
  job: z.string(),
  layout: z.string(),
  baselineLayout: z.string(),
  batch: z.string(),
  protocol: z.string(),
  milliseconds: number,
  baselineMilliseconds: number,
  percent: number,
  validationError: optionalNumber,
  validated: number,
  estimatedShare: number,
  hardware: z.string(),
  deviceKind: z.enum(['cpu', 'gpu']),
  otherLoad: optionalNumber,
  specification: z.string(),
  baselineSpecification: z.string(),
});

/** Projections by `projectionKey`. @throws Problem CSV_INVALID */
export function readProjections(text: string): Map<string, Projection> {
  return new Map(
    readCsv(projectionsFile, text, storedRow).map(
      ({
        job,
        layout,
        baselineLayout,
        batch,
        protocol,
        specification,
        baselineSpecification,
        hardware,
        deviceKind,
        ...numbers
      }) => [
        [job, specification, layout, baselineSpecification, baselineLayout, batch, protocol].join(' | '),
        { ...numbers, hardware: { kind: deviceKind, model: hardware } },
      ],
    ),
  );
}
