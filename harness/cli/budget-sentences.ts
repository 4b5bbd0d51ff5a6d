/** What a run with a budget says before it begins: what it does with the time, and what it leaves out. */
import type { Block, BudgetChoice } from '../run/estimate/budget.js';
import { roughly } from '../run/progress/format.js';

/** Of many blocks, so many are named. */
const mostNamed = 12;

export function budgetSentences({ schedule, chosen, leftOut, seconds }: BudgetChoice): string[] {
  const steps = schedule === 1 ? 'the published steps' : `1/${1 / schedule} of the published steps`;
  return [
    `The budget is enough for ${blocks(chosen.length)} of rows with ${steps}, one seed: about ${roughly(seconds)}.`,
    ...named(chosen, '+'),
    ...(leftOut.length === 0 ? [] : [`Left out: ${blocks(leftOut.length)}.`, ...named(leftOut, '-')]),
  ];
}

const blocks = (count: number): string => `${count} ${count === 1 ? 'block' : 'blocks'}`;

const named = (list: readonly Block[], sign: string): string[] => [
  ...list.slice(0, mostNamed).map(({ title }) => `  ${sign} ${title}`),
  ...(list.length > mostNamed ? [`  ${sign} and ${list.length - mostNamed} more`] : []),
];
