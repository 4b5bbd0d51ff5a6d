/** The report while its jobs run: written again as they end, so that a table fills, with a line for each new number. */
import { numbersShown, tablesOf, measurementsOf, type ReportedPaper } from '../report/index.js';
import { monotonicSeconds } from '../run/local/attempt.js';
import type { Surroundings } from '../run/surroundings.js';
import type { ExperimentArguments } from './options/options.js';
import type { Prepared } from './prepare.js';
import { report } from './report.js';

/** A report that took a second is not written again for so many: it takes at most a twentieth of a core. */
const pause = 20;
/** New numbers that are told at once; the table has the others. */
const mostLines = 6;

/** A number is not new because more is known of how far it can be trusted. */
const withoutInterval = (text: string): string => text.replace(/ ± [\d.]+/u, '');

export class GrowingReport {
  #told: ReadonlyMap<string, string> = new Map();
  #notBefore = -Infinity;

  constructor(
    private readonly prepared: Prepared<ReportedPaper>,
    private readonly args: ExperimentArguments,
    private readonly surroundings: Surroundings,
  ) {}

  /**
   * Writes the report unless it was written a moment ago.
   * @returns what to say of it: the numbers that are new in the tables of the call
   * @throws Problem DISK_FULL, NOT_WRITABLE
   */
  async update(): Promise<readonly string[]> {
    const now = monotonicSeconds();
    if (now < this.#notBefore) return [];
    const { prepared, args, surroundings } = this;
    const { context } = await report(prepared, args, surroundings, { print: false, failed: new Map() });
    const { paper, outcomes, projections, sizeOf } = context;
    const measurements = measurementsOf(outcomes);
    const shown = numbersShown(tablesOf({ paper, plan: prepared.plan, measurements, projections, sizeOf }));
    const isNew = ([place, text]: [string, string]): boolean =>
      withoutInterval(this.#told.get(place) ?? '') !== withoutInterval(text);
    // The same number on two data sets is one number.
    const lines = [...new Set([...shown].filter(isNew).map(([, text]) => text))];
    this.#told = shown;
    const end = monotonicSeconds();
    this.#notBefore = end + pause * (end - now);
    const more = lines.length - mostLines;
    return more > 0 ? [...lines.slice(0, mostLines), `… and ${more} more, in the report`] : lines;
  }
}
