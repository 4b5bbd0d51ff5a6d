/** How far projections can be trusted, and what explains the printed numbers. */
import type { Validation as Found } from '../project/validation/validation-file.js';
import { signed } from './evaluate/digits.js';

export interface Validation {
  readonly count: number;
  /** Mean absolute difference, points. */
  readonly meanDifference: number;
  readonly withinFive: number;
  readonly rows: readonly {
    readonly network: string;
    readonly layout: string;
    readonly protocol: string;
    readonly measured: string;
    readonly interval: string;
    readonly projected: string;
    readonly difference: string;
  }[];
}

/** A section of the HTML report that is the paper's own. */
export interface Explanation {
  readonly title: string;
  /** What was done and found, in a few sentences. */
  readonly lead: string;
  /** A picture as a data URI, so that its styles stay inside it; null where there is none. */
  readonly picture: { readonly source: string; readonly text: string; readonly caption: string } | null;
  readonly sections: readonly ExplanationSection[];
}

export interface ExplanationSection {
  readonly title: string;
  /** Open without being asked for. */
  readonly essential: boolean;
  readonly blocks: readonly (
    | { readonly text: string }
    | { readonly list: readonly string[] }
    | { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  )[];
}

/** How far projections were off on this machine, as it is shown; null where none were checked. */
export function shownValidation(found: Found | null): Validation | null {
  if (found === null) return null;
  const { rows, meanDifferencePct, withinFive } = found;
  return {
    count: rows.length,
    meanDifference: meanDifferencePct,
    withinFive,
    rows: rows.map(({ network, layout, protocol, measuredRs, projectedRs, measuredLow, measuredHigh }) => ({
      network,
      layout,
      protocol,
      measured: measuredRs.toFixed(1),
      interval: `${measuredLow.toFixed(1)} to ${measuredHigh.toFixed(1)}`,
      projected: projectedRs.toFixed(1),
      difference: signed(projectedRs - measuredRs, 1),
    })),
  };
}
