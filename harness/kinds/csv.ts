/** A CSV with all that the jobs of a kind measured: one file a kind. */
export type CsvValue = string | number | null;

export interface Column<Row> {
  readonly name: string;
  /** What it holds, with its unit: the CSV's documentation. */
  readonly means: string;
  readonly of: (row: Row) => CsvValue;
}

export interface JobCsv<J, R> {
  /** `errors.csv`. */
  readonly file: string;
  readonly columns: readonly Pick<Column<never>, 'name' | 'means'>[];
  /** The rows of a finished job. */
  records(job: J, result: R): CsvValue[][];
}

export const jobCsv = <Row, J, R>(
  file: string,
  columns: readonly Column<Row>[],
  rowsOf: (job: J, result: R) => readonly Row[],
): JobCsv<J, R> => ({
  file,
  columns,
  records: (job, result) => rowsOf(job, result).map((row) => columns.map(({ of }) => of(row))),
});
