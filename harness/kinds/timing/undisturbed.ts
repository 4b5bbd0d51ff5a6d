/** Which rounds of a timing count: those in which other processes left the cores alone. */
import { isDisturbing } from '../rows/other-load.js';
import { meanLoad, type TimedRowResult } from './result.js';

type TimedSteps = Pick<TimedRowResult, 'milliseconds' | 'rounds' | 'otherLoads'>;

/** Fewer rounds than these say little of their own spread: then all count, and the load is said. */
export const fewestRounds = 4;

/** Load of others over the steps of one round, 0 … 1; null where the system does not tell. */
export const loadOfRound = (rows: readonly TimedSteps[], round: number): number | null =>
  meanLoad(rows.map((row) => stepsOf(row, (own) => own === round)));

/**
 * The steps of undisturbed rounds; those of all rounds where fewer than four are undisturbed. Whole rounds are left out,
 * for in a round the rows are compared with one another.
 * @returns the rows with their steps, and the load of others during them, 0 … 1; null where the system does not tell
 */
export function undisturbed<Row extends TimedSteps>(
  rows: readonly Row[],
): { readonly rows: readonly Row[]; readonly otherLoad: number | null } {
  const rounds = [...new Set(rows.flatMap((row) => row.rounds))];
  const quiet = new Set(rounds.filter((round) => !isDisturbing(loadOfRound(rows, round))));
  const used =
    quiet.size < fewestRounds ? rows : rows.map((row) => ({ ...row, ...stepsOf(row, (own) => quiet.has(own)) }));
  return { rows: used, otherLoad: meanLoad(used) };
}

function stepsOf({ milliseconds, rounds, otherLoads }: TimedSteps, counts: (round: number) => boolean): TimedSteps {
  const here = rounds.flatMap((round, step) => (counts(round) ? [step] : []));
  return {
    milliseconds: here.map((step) => milliseconds[step] ?? NaN),
    rounds: here.map((step) => rounds[step] ?? NaN),
    ...(otherLoads ? { otherLoads: here.map((step) => otherLoads[step] ?? null) } : {}),
  };
}
