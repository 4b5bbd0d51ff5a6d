/** Step times, and speed-ups against a baseline that was timed beside them. */
import { timing as timingKind } from '../../kinds/index.js';
import { controlOf, isOff } from '../../kinds/timing/control.js';
import type { PlannedEntry } from '../../plan/plan.js';
import { fixed } from '../evaluate/digits.js';
import { notPlanned, unfinished, type Absent, type Evidence } from '../evaluate/evidence.js';
import { projectedQuantity, projectionKey } from '../evaluate/projection.js';
import { missing, quantity, type Quantity } from '../evaluate/quantity.js';
import type { TimingMeasurement } from '../measured/measurements.js';
import { busyNote } from '../measured/busy-cards.js';
import { disturbance } from '../measured/other-load.js';
import { medianStepTime, relativeSpeedUp, type SpeedUp } from '../../core/statistics.js';
import type { Metric } from './metric.js';
import { printedNumber } from './printed-number.js';

/** What was timed of a place; null where nothing was. */
export const timingOf = (
  { timing }: PlannedEntry,
  { measurements }: Pick<Evidence, 'measurements'>,
): TimingMeasurement | null => (timing.skipped ? null : (measurements.timings.get(timing.job) ?? null));

/** Speed-ups of a timing's rows, worked out once however many tables show them. */
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

/** Whether the plan has the place as its own baseline: the first row of its job, or a row that nothing is compared with here. */
export function isOwnBaseline({ timing }: PlannedEntry, { jobs }: Pick<Evidence, 'jobs'>): boolean {
  if (timing.skipped) return timing.code === 'NO_COMPARISON';
  const job = jobs.get(timing.job);
  return job !== undefined && timingKind.is(job) && job.rows[0]?.row === timing.row;
}

/** A footnote where the baseline differs from itself. */
function unsteadiness({ rows }: TimingMeasurement, baseline: string | undefined): string[] {
  const steps = rows.find(({ row }) => row === baseline);
  const control = steps && controlOf(steps);
  if (!control?.interval || !isOff(control)) return [];
  const { low, high } = control.interval;
  return [
    `The machine was not steady: the baseline, compared with itself, differs by ${fixed(low, 1)} to ${fixed(high, 1)} %.`,
  ];
}

function measuredSpeedUp(entry: PlannedEntry, evidence: Evidence): Partial<Quantity> | null {
  const { timing: plan } = entry;
  const timing = timingOf(entry, evidence);
  if (plan.skipped || timing === null) return null;
  const job = evidence.jobs.get(plan.job);
  const baseline = job !== undefined && timingKind.is(job) ? job.rows[0]?.row : undefined;
  const speedUp = baseline === undefined ? null : speedUpOf(timing, baseline, plan.row);
  return (
    speedUp && {
      value: speedUp.percent,
      interval: speedUp.interval,
      intervalOver: speedUp.interval ? 'rounds' : null,
      n: speedUp.steps,
      notes: [
        ...disturbance(timing.otherLoad),
        ...unsteadiness(timing, baseline),
        ...busyNote(shareOf(timing, baseline), shareOf(timing, plan.row)),
      ],
      jobs: [timing.id],
      hardware: timing.hardware,
    }
  );
}

const shareOf = ({ rows }: TimingMeasurement, name: string | undefined): number | undefined =>
  rows.find(({ row }) => row === name)?.busyShare;

/** Why there is neither a timing nor a projection: that which could give a number here comes first. */
function absentSpeedUp({ timing, projection }: PlannedEntry, { measurements }: Evidence): Absent {
  const ofTiming = timing.skipped ? notPlanned(timing) : unfinished([timing.job], measurements);
  const ofProjection =
    projection === null
      ? null
      : projection.skipped
        ? notPlanned(projection)
        : unfinished([projection.job], measurements);
  const telling = projection !== null && !projection.skipped ? (ofProjection ?? ofTiming) : (ofTiming ?? ofProjection);
  return {
    absence: telling?.absence ?? 'not-run-yet',
    notes: [...(ofTiming?.notes ?? []), ...(ofProjection?.notes ?? [])],
  };
}

const planOf = (entry: PlannedEntry) => entry.timing;

export const relativeSpeed: Metric = {
  id: 'rs',
  title: 'RS (%)',
  short: 'RS',
  plural: 'Relative speed-ups',
  unit: 'percent',
  sign: '%',
  better: 'higher',
  decimals: { usual: 1, most: 1 },
  sample: ['step', 'steps'],
  summarised: true,
  planOf,
  evaluate: (entry, evidence) => {
    const printed = printedNumber(entry, relativeSpeed.id, evidence.printed);
    const shared = { metric: relativeSpeed, printed } as const;
    const compared = (ours: Quantity): Quantity =>
      ours.value === null || printed === null || printed.lowConfidence
        ? ours
        : { ...ours, difference: ours.value - printed.value };
    const { timing, projection } = entry;
    if (isOwnBaseline(entry, evidence) && (timing.skipped || timingOf(entry, evidence) !== null))
      return compared(
        quantity({
          ...shared,
          provenance: 'measured',
          value: 0,
          byDefinition: true,
          jobs: timing.skipped ? [] : [timing.job],
        }),
      );
    const measured = measuredSpeedUp(entry, evidence);
    if (measured !== null) return compared(quantity({ ...shared, provenance: 'measured', ...measured }));
    if (projection !== null && !projection.skipped) {
      const found = evidence.projections.get(projectionKey(projection));
      if (found !== undefined) return compared(projectedQuantity(relativeSpeed, found, projection.job, printed));
    }
    const { absence, notes } = absentSpeedUp(entry, evidence);
    return missing(relativeSpeed, absence, { printed, notes });
  },
};

export const stepTime: Metric = {
  id: 'step-time',
  title: 'Step (ms)',
  short: 'step ms',
  plural: 'Step times',
  unit: 'milliseconds',
  sign: '',
  better: 'lower',
  decimals: { usual: 1, most: 2 },
  sample: ['step', 'steps'],
  summarised: false,
  planOf,
  evaluate: (entry, evidence) => {
    const timing = timingOf(entry, evidence);
    const row = entry.timing.skipped ? null : entry.timing.row;
    const steps = timing?.rows.find((candidate) => candidate.row === row);
    if (timing === null || steps === undefined || steps.milliseconds.length === 0)
      return missing(stepTime, absentSpeedUp(entry, evidence).absence);
    const { median, interval, steps: n } = medianStepTime(steps);
    return quantity({
      metric: stepTime,
      provenance: 'measured',
      value: median,
      interval,
      intervalOver: interval ? 'rounds' : null,
      n,
      jobs: [timing.id],
      hardware: timing.hardware,
    });
  },
};
