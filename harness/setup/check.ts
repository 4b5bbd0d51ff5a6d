/** A line of `doctor`. */
export interface Check {
  readonly name: string;
  /** `missing` stops Table 2; `warning` names something that is lost. */
  readonly status: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  /** How to get it. */
  readonly hint?: string;
}
