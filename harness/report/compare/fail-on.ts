/** What makes `report --check` and `report --compare` fail: `--fail-on moved,missing,not-reproduced,rs=3`. */
import { Problem } from '../../core/problem.js';
import { allowedNames } from '../../plan/yaml/nearest.js';
import type { Comparison } from './compare.js';
import type { ReportedNumber } from './read-report.js';

/** What a report is asked. */
export const conditions = {
  moved: 'a number differs from that of the other report by more than noise (95 %)',
  missing: 'a number of the first report is not in the second',
  'not-reproduced': 'a number is not reproduced by the tolerances of the rules',
} as const;
export type Condition = keyof typeof conditions;

export interface FailOn {
  readonly conditions: ReadonlySet<Condition>;
  /** By metric: farthest that a printed number may lie outside our 95 % interval, in the metric's unit. */
  readonly tolerances: ReadonlyMap<string, number>;
}

const isCondition = (text: string): text is Condition => Object.hasOwn(conditions, text);

/** @param text by commas; `METRIC=NUMBER` is a tolerance @throws Problem USAGE */
export function parseFailOn(text: string): FailOn {
  const found = new Set<Condition>();
  const tolerances = new Map<string, number>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const [, metric, limit] = /^([\w-]+)=(\d+(?:\.\d+)?)$/u.exec(part) ?? [];
    if (isCondition(part)) found.add(part);
    else if (metric !== undefined && limit !== undefined) tolerances.set(metric, Number(limit));
    else
      throw new Problem(
        'USAGE',
        `--fail-on does not know "${part}"`,
        `${allowedNames(part, Object.keys(conditions))} Tolerances are written as rs=3.`,
      );
  }
  return { conditions: found, tolerances };
}

/** A number that fails, with why. */
export interface Failing {
  readonly place: string;
  readonly why: string;
}

const placeOf = ({ table, label, layout, protocol, metric, source }: ReportedNumber): string =>
  [table, `${label} ${layout}`.trim(), protocol, source === 'modelled' ? `${metric} (modelled)` : metric].join(', ');

/** How far the printed number lies outside the 95 % interval; null where nothing is compared. */
function distance({ value, difference, low, high }: ReportedNumber): number | null {
  if (difference === null) return null;
  const printed = value - difference;
  return Math.max(0, (low ?? value) - printed, printed - (high ?? value));
}

/** Of one report: numbers that are not reproduced, or beyond a tolerance that was named. */
export function shortfalls(numbers: readonly ReportedNumber[], failOn: FailOn): Failing[] {
  return numbers.flatMap((number) => {
    const limit = failOn.tolerances.get(number.metric);
    // What is not judged, such as a number of reduced scale, falls short of nothing.
    const isJudged = number.verdict.endsWith('reproduced') || number.verdict.startsWith('reproduced');
    const far = limit !== undefined && isJudged && (distance(number) ?? 0) > limit;
    const refuted = failOn.conditions.has('not-reproduced') && number.verdict === 'not reproduced';
    if (!far && !refuted) return [];
    const beyond = far ? `, more than ${limit} outside the interval` : '';
    return [
      { place: placeOf(number), why: `${number.value} against ${number.printed} printed: ${number.verdict}${beyond}` },
    ];
  });
}

/** Of two reports. */
export function failuresOf({ changes, onlyA }: Comparison, failOn: FailOn): Failing[] {
  const moved = failOn.conditions.has('moved') ? changes.filter(({ beyondNoise }) => beyondNoise === true) : [];
  return [
    ...moved.map(({ place, a, b }) => ({
      place: [place.table, place.label, place.protocol, place.metric].join(', '),
      why: `${a} became ${b}, by more than noise`,
    })),
    ...(failOn.conditions.has('missing') ? onlyA.map((place) => ({ place, why: 'it is missing' })) : []),
  ];
}
