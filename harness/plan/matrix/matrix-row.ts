/** A row of a matrix, complete. */
import type { Axes } from '../paper/network.js';
import type { Absence } from '../not-run.js';
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
  readonly source: RowSource;
}

/** A network on a data set. */
export interface NetworkRow extends AnyRow, RowFacts {
  readonly kind: 'network';
  /** As written; read it with `layoutOf`. */
  readonly layout: string;
  readonly group: string;
  /** Images of a timed step; null: as the profile says. */
  readonly batch: number | null;
}

/** A printed number that nothing is run for: quoted from elsewhere, or of what cannot be run here. */
export interface PrintedOnlyRow extends AnyRow {
  readonly kind: 'printed only';
  readonly why: Absence;
  readonly label: string;
  /** Null for a data set that is none of the program's. */
  readonly dataset: DatasetName | null;
}

/** A numerical problem. */
export interface ProblemRow extends AnyRow {
  readonly kind: 'problem';
  /** Name of a problem of the paper. */
  readonly problem: string;
  /** Those of the problem. */
  readonly axes: Axes;
}

export type MatrixRow = NetworkRow | ProblemRow | PrintedOnlyRow;

export const isNetworkRow = (row: MatrixRow): row is NetworkRow => row.kind === 'network';
