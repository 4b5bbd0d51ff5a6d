/** What a table at a glance consists of. */
import type { Quantity } from '../evaluate/quantity.js';
import type { AxisSymbols, HeadCell } from '../model.js';
import type { Mark } from './marks.js';

/** A number with the marks that the legend explains. */
export interface GlanceCell {
  readonly quantity: Quantity;
  readonly marks: readonly Mark[];
}

export interface GlanceRow {
  readonly heads: readonly HeadCell[];
  /** Numbers, words such as a count, or nothing. */
  readonly cells: readonly (GlanceCell | string | null)[];
}

export interface Glance {
  readonly id: string;
  /** `Table 2`. */
  readonly name: string;
  readonly title: string;
  readonly symbols: AxisSymbols;
  readonly heads: readonly string[];
  readonly columns: readonly { readonly group: string; readonly label: string }[];
  readonly blocks: readonly { readonly title: string | null; readonly rows: readonly GlanceRow[] }[];
  /** At most five sentences. */
  readonly legend: readonly string[];
}
