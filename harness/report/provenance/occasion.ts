/** How a report came to be, as far as nobody says. */
import type { Outcome } from '../measured/measurements.js';
import type { Occasion } from './provenance.js';

/** What is not given is taken from the process, and the commit from the results: the workers saw it. */
export function occasionOf({
  outcomes,
  occasion,
}: {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly occasion?: Partial<Occasion>;
}): Occasion {
  const now = new Date().toISOString();
  const environment = [...outcomes.values()].findLast(({ result }) => result)?.result?.environment;
  return {
    command: ['npm', 'run', 'reproduce', '--', ...process.argv.slice(2)],
    startedAt: new Date(performance.timeOrigin).toISOString(),
    finishedAt: now,
    gitCommit: environment?.gitCommit ?? null,
    gitDirty: environment?.gitDirty ?? null,
    options: {},
    machine: {},
    ...occasion,
  };
}
