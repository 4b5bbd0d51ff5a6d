/** A row of a matrix, complete. */
import type { RowFacts } from '../paper/row-facts.js';
import type { DatasetName } from '../dataset-facts.js';
import type { YamlDocument, YamlPath } from '../yaml/yaml-document.js';

/** Where a row stands in its file. */
export interface RowSource {
  readonly document: YamlDocument;
  readonly row: YamlPath;
  readonly layout: YamlPath;
  readonly published: YamlPath;
}

interface AnyRow {
  /** To refer to it: the name given, or the published id. */
  readonly name: string | null;
  readonly published: string | null;
  readonly label: string | null;
  readonly dataset: DatasetName;
  readonly source: RowSource;
}

/** A row that can be run. */
export interface NetworkRow extends AnyRow, RowFacts {
  readonly cited: null;
  /** As written; read it with `layoutOf`. */
  readonly layout: string;
  readonly group: string;
}

/** A number that the paper quotes from elsewhere. */
export interface CitedRow extends AnyRow {
  readonly cited: string;
  readonly label: string;
}

export type MatrixRow = NetworkRow | CitedRow;
