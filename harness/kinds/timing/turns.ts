/** The order in which the rows of a timing job run their steps. */

/** Steps of a row, one after the other. */
export interface Turn<Row> {
  readonly row: Row;
  readonly steps: number;
}

/** A B C, C B A, A B C …: over each pair of rounds all rows have the same mean place in time. */
export function inTurns<Row>(rows: readonly Row[], round: number): Row[] {
  return round % 2 === 0 ? [...rows] : [...rows].reverse();
}

/** Steps of the baseline before the other rows; of an odd number the larger half comes first and last in turns. */
export const stepsBefore = (round: number, steps: number): number =>
  round % 2 === 0 ? Math.ceil(steps / 2) : Math.floor(steps / 2);

/**
 * One round: A B C A, A C B A, A B C A … The steps of the baseline, the first row, stand half before the others and half
 * after them, so a machine that slows down steadily favours nobody, and the two halves compare the baseline with itself.
 */
export function turnsOf<Row>(rows: readonly Row[], round: number, steps: number): Turn<Row>[] {
  const [first, ...others] = rows;
  if (first === undefined) return [];
  if (others.length === 0) return [{ row: first, steps }];
  const before = stepsBefore(round, steps);
  const turns = [
    { row: first, steps: before },
    ...inTurns(others, round).map((row) => ({ row, steps })),
    { row: first, steps: steps - before },
  ];
  return turns.filter((turn) => turn.steps > 0);
}
