/** Printed numbers written down in a paper's code, for papers that print few. */
import type { Scalar } from './network.js';
import type { Printed, PrintedNumbers, PrintedRow, RowId } from './printed.js';

export interface PrintedRowText {
  /** The table that it stands in, as `Paper.tables` names it. */
  readonly table: string;
  readonly source: string;
  readonly facts: Readonly<Record<string, Scalar>>;
  /** By metric, with the printed digits: `{ error: '4.80', rs: '33%' }`. */
  readonly values: Readonly<Record<string, string>>;
  readonly note?: string;
}

/** @param file the file that holds them, for messages */
export function printedRows(file: string, texts: Readonly<Record<RowId, PrintedRowText>>): () => PrintedNumbers {
  const rows = Object.entries(texts).map(([id, { values, note = null, ...row }]): [RowId, PrintedRow] => [
    id,
    {
      id,
      ...row,
      note,
      values: Object.fromEntries(Object.entries(values).map(([metric, text]) => [metric, read(text)])),
    },
  ]);
  const numbers = { file, rows: new Map(rows) };
  return () => numbers;
}

function read(text: string): Printed {
  const value = Number.parseFloat(text);
  if (Number.isNaN(value)) throw new Error(`"${text}" is not a printed number`);
  return { value, text, lowConfidence: false };
}
