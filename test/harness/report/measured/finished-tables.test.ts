import { expect, it } from 'vitest';
import { withFinishedTables } from '../../../../harness/report/measured/finished-tables.js';
import { fixturePlan } from '../fixtures.js';

const call = fixturePlan({ tables: ['table5'] });
const all = fixturePlan({ tables: ['table2', 'table5', 'readings', 'seeds'] });
const jobOf = (id: string): string => {
  const entry = all.tables.find((table) => table.id === id)?.entries.find(({ error }) => !error.skipped);
  const error = entry?.error;
  if (error === undefined || error.skipped) throw new Error(`${id} trains nothing`);
  // The first seeds are shared with other tables.
  return error.jobs.at(-1) ?? '';
};

it('a report shows the tables of the call, and in the paper’s order those that have a finished job', () => {
  const seed = jobOf('seeds');
  const plan = withFinishedTables(call, all, (id) => id === seed);
  expect(plan.tables.map(({ id }) => id)).toEqual(['table5', 'seeds']);
  expect(plan.jobs.map(({ id }) => id)).toContain(seed);
  expect(plan.jobs.map(({ id }) => id)).not.toContain(jobOf('readings'));
  expect(withFinishedTables(call, all, () => false)).toBe(call);
});

it('a job that two tables share has the name of the protocol that the call has for it', () => {
  const plan = withFinishedTables(call, all, () => true);
  const names = new Map(call.jobs.map(({ id, protocol }) => [id, protocol.name]));
  const others = new Map(all.jobs.map(({ id, protocol }) => [id, protocol.name]));
  for (const { id, protocol } of plan.jobs) expect(protocol.name).toBe(names.get(id) ?? others.get(id));
  expect(new Set(plan.jobs.map(({ id }) => id)).size).toBe(plan.jobs.length);
});
