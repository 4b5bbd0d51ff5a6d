/**
 * The order of rows in each round of a timing job: A B C, C B A, A B C … Every row runs once a round, and over each pair
 * of rounds all rows have the same mean place in time, so a machine that slows down steadily favours nobody.
 */
export function turnsOf<Row>(rows: readonly Row[], round: number): Row[] {
  return round % 2 === 0 ? [...rows] : [...rows].reverse();
}
