/** `report --check REPORT`: whether the numbers of a report hold up, for a group's CI. */
import { shortfalls, type FailOn, type Failing } from './fail-on.js';
import { readReport } from './read-report.js';

export interface Check {
  /** Numbers that the report has. */
  readonly numbers: number;
  readonly failing: readonly Failing[];
}

/**
 * @param path a report's folder, or a bundle
 * @param protocols whose numbers are checked; all without
 * @throws Problem REPORT_MISSING, REPORT_EMPTY, BUNDLE_INVALID
 */
export function checkReport(path: string, failOn: FailOn, protocols?: readonly string[]): Check {
  const numbers = [...readReport(path).values.values()].filter(
    ({ protocol }) => protocols === undefined || protocols.includes(protocol),
  );
  return { numbers: numbers.length, failing: shortfalls(numbers, failOn) };
}

/** For the terminal. */
export const checkText = ({ numbers, failing }: Check): string =>
  [
    `${numbers} numbers checked, ${failing.length} fail`,
    ...failing.map(({ place, why }) => `  ${place}: ${why}`),
    '',
  ].join('\n');
