/** Turns one planned entry and what was measured into numbers with their intervals, notes and verdicts. */
import type { Cell } from '../../plan/cell.js';
import { parameterCount } from '../../plan/expand/memory-estimate.js';
import type { ErrorPlan, NotRun, PlannedEntry, TimingPlan } from '../../plan/plan.js';
import type { Failure } from '../../store/failure.js';
import { meanOverSeeds, medianStepTime, relativeSpeedUp, wilsonInterval, type SpeedUp } from '../measured/statistics.js';
import type { ErrorMeasurement, Measurements, TimingMeasurement } from '../measured/measurements.js';
import { disturbance, projectedQuantity, type Projection } from './projection.js';
import type { Published } from './published.js';
import { quantity, type Metric, type Printed, type Quantity } from './quantity.js';
import type { VerdictRules } from './rules.js';
import { judge, type Circumstances } from './verdict.js';

/** Names one place of a plan: projections are looked up by it. */
export const entryKey = (entry: PlannedEntry): string =>
  [entry.published ?? entry.label, entry.protocol, entry.dataset, entry.layout].join('|');

export interface EvaluatedEntry {
  readonly entry: PlannedEntry;
  readonly error: Quantity;
  readonly top5: Quantity;
  readonly loss: Quantity;
  readonly rs: Quantity;
  readonly stepTime: Quantity;
  readonly parameters: Quantity;
  /** The seeds' own results, for curves and the seeds table. */
  readonly runs: readonly ErrorMeasurement[];
  readonly timing: TimingMeasurement | null;
}

export interface Evidence {
  /** Every cell of the plan, by id. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly measurements: Measurements;
  readonly projections: ReadonlyMap<string, Projection>;
  readonly published: Published;
  readonly rules: VerdictRules;
}

/** One sentence on a failure, with the last line of its log. */
export function describeFailure(failure: Failure): string {
  const last = failure.logTail.findLast((line) => line.trim() !== '');
  const attempts = failure.attempt > 1 ? ` after ${failure.attempt} attempts` : '';
  const log = last === undefined ? '' : ` Last line of the log: ${last.trim().slice(0, 200)}`;
  return `Failed${attempts} (${failure.code}): ${failure.message.replace(/\.?$/, '.')}${log}`;
}

/** A table that does not show a quantity owes no reason for its absence. */
const reasonOf = ({ code, reason }: NotRun): string[] => (code === 'NOT_IN_TABLE' ? [] : [reason]);

const notYet = 'Not run yet; the same command goes on where it stopped.';

type Missing = { readonly metric: Metric; readonly printed: Printed | null; readonly notes: readonly string[] };
const missing = ({ metric, printed, notes }: Missing): Quantity =>
  quantity({ metric, provenance: 'not-run', printed, notes });

function withDifference(ours: Quantity, comparable: boolean): Quantity {
  if (!comparable || ours.value === null || ours.printed === null || ours.printed.lowConfidence) return ours;
  return { ...ours, difference: ours.value - ours.printed.value };
}

/** Why cells of an entry have no result, once each. */
function reasonsFor(ids: readonly string[], { results, failures }: Measurements): string[] {
  const reasons = ids
    .filter((id) => !results.has(id))
    .map((id) => {
      const failure = failures.get(id);
      return failure ? describeFailure(failure) : notYet;
    });
  return [...new Set(reasons)];
}

/** Errors of several seeds as one number: t interval over seeds, or Wilson's for a single seed. */
function errorQuantity(
  metric: 'error' | 'top5',
  runs: readonly ErrorMeasurement[],
  planned: number,
  printed: Printed | null,
  reasons: readonly string[],
): Quantity {
  const first = runs[0];
  if (!first) return missing({ metric, printed, notes: reasons });
  const values = runs.map(({ last }) => (metric === 'error' ? last.errorPct : last.top5ErrorPct));
  const { n, mean, deviation, interval } = meanOverSeeds(values);
  const partial = n < planned ? [`${n} of ${planned} seeds; ${reasons.join(' ')}`] : [];
  return quantity({
    metric,
    provenance: 'measured',
    value: mean,
    interval: interval ?? wilsonInterval(mean, first.validationImages),
    intervalOver: interval ? 'seeds' : 'validation images',
    n,
    deviation,
    printed,
    notes: partial,
  });
}

function lossQuantity(runs: readonly ErrorMeasurement[]): Quantity {
  if (runs.length === 0) return missing({ metric: 'loss', printed: null, notes: [] });
  const { n, mean, deviation, interval } = meanOverSeeds(runs.map(({ finalLoss }) => finalLoss));
  const value = { metric: 'loss', provenance: 'measured', value: mean, interval, n, deviation } as const;
  return quantity({ ...value, intervalOver: interval ? 'seeds' : null });
}

/** Speed-ups of a timing cell's rows, worked out once however many tables show them. */
const speedUps = new WeakMap<TimingMeasurement, Map<string, SpeedUp>>();
function speedUpOf(timing: TimingMeasurement, baseline: string, row: string): SpeedUp | null {
  const known = speedUps.get(timing) ?? new Map<string, SpeedUp>();
  speedUps.set(timing, known);
  const found = known.get(row);
  if (found) return found;
  const baselineRow = timing.rows.find((candidate) => candidate.row === baseline);
  const ownRow = timing.rows.find((candidate) => candidate.row === row);
  if (!baselineRow || !ownRow) return null;
  const speedUp = relativeSpeedUp(baselineRow, ownRow);
  known.set(row, speedUp);
  return speedUp;
}

/** The WRN on one device, whose RS is 0 by definition whether it was timed or not. */
const isPrintedBaseline = ({ printed, layout }: PlannedEntry, rs: Printed | null): boolean =>
  printed?.family === 'wrn' && rs?.value === 0 && !layout.includes(' x ');

function rsQuantity(entry: PlannedEntry, evidence: Evidence, printed: Printed | null): Quantity {
  const { cells, measurements, projections } = evidence;
  const notes: string[] = [];
  if (entry.timing.skipped && (isPrintedBaseline(entry, printed) || entry.timing.code === 'NO_COMPARISON')) {
    return quantity({ metric: 'rs', provenance: 'measured', value: 0, printed, byDefinition: true });
  }
  if (entry.timing.skipped) notes.push(...reasonOf(entry.timing));
  else {
    const { cell: id, row } = entry.timing;
    const cell = cells.get(id);
    const baseline = cell?.kind === 'timing' ? (cell.rows[0]?.row ?? row) : row;
    const timing = measurements.results.get(id);
    if (timing?.kind === 'timing') {
      if (row === baseline) {
        return quantity({ metric: 'rs', provenance: 'measured', value: 0, printed, byDefinition: true });
      }
      const speedUp = speedUpOf(timing, baseline, row);
      if (speedUp) {
        return quantity({
          metric: 'rs',
          provenance: 'measured',
          value: speedUp.percent,
          interval: speedUp.interval,
          intervalOver: speedUp.interval ? 'rounds' : null,
          n: speedUp.steps,
          printed,
          notes: disturbance(timing.otherLoad),
        });
      }
    }
    notes.push(...reasonsFor([id], measurements));
  }
  if (entry.projection !== null)
    notes.push(
      ...(entry.projection.skipped ? reasonOf(entry.projection) : reasonsFor([entry.projection.cell], measurements)),
    );
  const projection = projections.get(entryKey(entry));
  return projection ? projectedQuantity(projection, printed) : missing({ metric: 'rs', printed, notes });
}

function stepTimeQuantity(timing: TimingMeasurement | null, row: string | null): Quantity {
  const steps = timing?.rows.find((candidate) => candidate.row === row);
  if (!steps || steps.milliseconds.length === 0) return missing({ metric: 'step-time', printed: null, notes: [] });
  const { median, interval, steps: n } = medianStepTime(steps);
  const value = { metric: 'step-time', provenance: 'measured', value: median, interval, n } as const;
  return quantity({ ...value, intervalOver: interval ? 'rounds' : null });
}

/** The count of the network as printed: the timing cell builds it in full; a training counts only if it was not shrunk. */
function parametersQuantity(
  entry: PlannedEntry,
  runs: readonly ErrorMeasurement[],
  timing: TimingMeasurement | null,
  printed: Printed | null,
): Quantity {
  const same = (network: unknown): boolean => JSON.stringify(network) === JSON.stringify(entry.printed);
  const { timing: timingPlan, error } = entry;
  const timed =
    !timingPlan.skipped && same(timingPlan.network)
      ? timing?.rows.find(({ row }) => row === timingPlan.row)?.parameters
      : undefined;
  const trained = !error.skipped && same(error.network) ? runs[0]?.parameters : undefined;
  const value = timed ?? trained;
  if (value !== undefined) return quantity({ metric: 'parameters', provenance: 'measured', value, printed });
  if (entry.printed === null)
    return missing({ metric: 'parameters', printed, notes: error.skipped ? reasonOf(error) : [] });
  return quantity({
    metric: 'parameters',
    provenance: 'projected',
    value: parameterCount(entry.printed),
    printed,
    notes: ['Counted by formula: the network was not built here.'],
  });
}

const isShrunk = (error: ErrorPlan, entry: PlannedEntry): boolean =>
  error.shrunk.length > 0 || JSON.stringify(error.network) !== JSON.stringify(entry.printed);

/** Everything that is known about one place of one table. */
export function evaluateEntry(entry: PlannedEntry, evidence: Evidence): EvaluatedEntry {
  const { measurements, published, rules } = evidence;
  const numbers = entry.published === null ? undefined : published.numbers.get(entry.published);
  const { error: errorPlan, timing: timingPlan } = entry;
  const runs = errorPlan.skipped
    ? []
    : errorPlan.cells.flatMap((id) => {
        const result = measurements.results.get(id);
        return result?.kind === 'error' ? [result] : [];
      });
  const reasons = errorPlan.skipped ? reasonOf(errorPlan) : reasonsFor(errorPlan.cells, measurements);
  const planned = errorPlan.skipped ? 0 : errorPlan.cells.length;
  const timed = timingPlan.skipped ? undefined : measurements.results.get(timingPlan.cell);
  const timing = timed?.kind === 'timing' ? timed : null;

  const standIn = !errorPlan.skipped && errorPlan.standIn !== null;
  const projection = evidence.projections.get(entryKey(entry));
  const where: Circumstances = {
    dataset: entry.dataset,
    standIn,
    shrunk: !errorPlan.skipped && isShrunk(errorPlan, entry),
    hardware: timing?.hardware ?? projection?.hardware ?? null,
  };
  const absent = (plan: ErrorPlan | TimingPlan | NotRun): boolean => plan.skipped && plan.code === 'NOT_IN_TABLE';
  const finish = (ours: Quantity, comparable: boolean, plan?: ErrorPlan | TimingPlan | NotRun): Quantity => {
    const complete = withDifference(ours, comparable);
    return { ...complete, verdict: plan && absent(plan) && ours.value === null ? null : judge(complete, where, rules) };
  };
  const error = errorQuantity('error', runs, planned, numbers?.error ?? null, reasons);
  const top5 = errorQuantity('top5', runs, planned, numbers?.top5 ?? null, reasons);
  return {
    entry,
    error: finish(error, !standIn, errorPlan),
    top5: finish(top5, !standIn, errorPlan),
    loss: lossQuantity(runs),
    rs: finish(rsQuantity(entry, evidence, numbers?.rs ?? null), true, timingPlan),
    // Worked out only where a table shows it: the bootstrap is most of a report's time.
    get stepTime() {
      return stepTimeQuantity(timing, timingPlan.skipped ? null : timingPlan.row);
    },
    parameters: finish(parametersQuantity(entry, runs, timing, numbers?.parameters ?? null), true),
    runs,
    timing,
  };
}
