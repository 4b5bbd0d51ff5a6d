/** `report --compare A B`: what changed between two reports, and whether it is more than noise. */
import { readReport, type ReportedNumber, type ReportNumbers } from './read-report.js';

export interface Change {
  readonly place: Pick<ReportedNumber, 'table' | 'label' | 'layout' | 'protocol' | 'metric' | 'unit' | 'source'>;
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

function changeOf(a: ReportedNumber, b: ReportedNumber): Change {
  const armOf = ({ low, high }: ReportedNumber): number | null =>
    low === null || high === null ? null : (high - low) / 2;
  const [first, second] = [armOf(a), armOf(b)];
  // Errors of two runs are independent: arms add in squares.
  const arm = first === null || second === null ? null : Math.hypot(first, second);
  const difference = b.value - a.value;
  const { table, label, layout, protocol, metric, unit, source } = a;
  return {
    place: { table, label, layout, protocol, metric, unit, source },
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
  const [first, second] = [readReport(a), readReport(b)];
  const shared = [...first.values].flatMap(([key, value]) => {
    const other = second.values.get(key);
    return other ? [changeOf(value, other)] : [];
  });
  const names = [...new Set([...first.settings.keys(), ...second.settings.keys()])];
  const setting = (report: ReportNumbers, name: string): string => report.settings.get(name) ?? 'absent';
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
