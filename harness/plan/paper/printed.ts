/** What a paper prints: numbers with their digits, source and confidence, by row. */
import type { Scalar } from './network.js';

/** Id of a printed row, such as `t1.cifar10.depth20`. */
export type RowId = string;

export interface Printed {
  readonly value: number;
  /** With the printed digits: `4.80`, `33%`. */
  readonly text: string;
  /** The digits are damaged in the source, or their reading rests on what they are compared with: shown, never judged. */
  readonly lowConfidence: boolean;
}

export interface PrintedRow {
  readonly id: RowId;
  /** The table that it stands in, as `Paper.tables` names it. */
  readonly table: string;
  /** What the row says of its network: dataset, network, axes, `devices`, `layout` … A row of a matrix that names it must agree. */
  readonly facts: Readonly<Record<string, Scalar>>;
  /** By metric. */
  readonly values: Readonly<Record<string, Printed>>;
  /** Where in the paper: `Table 2`, `§4.1`. */
  readonly source: string;
  /** Remark on the row, for a footnote where a number is doubtful. */
  readonly note: string | null;
}

export interface PrintedNumbers {
  readonly rows: ReadonlyMap<RowId, PrintedRow>;
  /** The file of the paper's folder that holds them, for messages. */
  readonly file: string;
}
