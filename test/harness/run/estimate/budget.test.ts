/** What a budget is spent on: whole blocks, the longest schedule that fits, and going on with what was begun. */
import { describe, expect, it } from 'vitest';
import { expand } from '../../../../harness/plan/expand/expand.js';
import type { ExperimentPlan } from '../../../../harness/plan/plan.js';
import { makespan, modelledSeconds } from '../../../../harness/run/estimate/estimate.js';
import { chooseBlocks, parseBudget, schedules, type BudgetRequest } from '../../../../harness/run/estimate/budget.js';
import { fourCards } from '../../../support/machines.js';
import { warpnetFolder } from '../../../support/papers.js';
import { sizeOf } from '../../../support/step-sizes.js';

const folder = warpnetFolder();
const planAt = (schedule: number): ExperimentPlan =>
  expand({
    ...{ matrices: [folder.matrix('table2')], profile: 'paper', seeds: [0], schedule },
    ...{ machine: fourCards, sizeOf, folder },
  });
const plans = new Map(schedules.map((schedule) => [schedule, planAt(schedule)]));
const secondsOf: BudgetRequest['secondsOf'] = (job) => modelledSeconds(job, { kind: 'gpu' }, sizeOf);
const choose = (hours: number, begun: ReadonlySet<string> = new Set(), changes: Partial<BudgetRequest> = {}) =>
  chooseBlocks({
    seconds: 3600 * hours,
    planAt: (schedule) => plans.get(schedule) ?? planAt(schedule),
    isBegun: (id) => begun.has(id),
    left: () => 1,
    secondsOf,
    sideBySide: 1,
    ...changes,
  });

const whole = plans.get(1)?.jobs ?? [];
const allHours = makespan(whole, secondsOf, 1) / 3600;

describe('the time of a budget', () => {
  it.each([
    ['2h', 7200],
    ['90m', 5400],
    ['1h30m', 5400],
    ['1.5 h', 5400],
    ['3d', 259_200],
  ])('%s is %i s', (text, seconds) => {
    expect(parseBudget(text)).toBe(seconds);
  });

  it.each(['', '2', 'two hours', '2h please', '0h', '-1h'])('"%s" is none', (text) => {
    expect(() => parseBudget(text)).toThrow(expect.objectContaining({ code: 'BUDGET_INVALID' }));
  });
});

describe('a schedule that is shortened', () => {
  const trainings = (schedule: number) =>
    (plans.get(schedule)?.jobs ?? []).flatMap((job) => (job.kind === 'error' ? [job.training] : []));

  it('has its part of the steps, and the drops of the rate at the same parts of them', () => {
    const [full, quarter] = [trainings(1)[0], trainings(1 / 4)[0]];
    expect(full?.steps).toBe(80_000);
    expect(quarter?.steps).toBe(20_000);
    expect(quarter?.dropSteps).toEqual(full?.dropSteps.map((step) => Math.round(step / 4)));
  });

  it('is told in the tables as less than published, so that nothing is judged by it', () => {
    const [entry] = plans.get(1 / 4)?.tables[0]?.entries ?? [];
    expect(entry?.error).toMatchObject({ shrunk: [{ what: 'steps', printed: 80_000, ours: 20_000 }] });
  });
});

describe('a budget', () => {
  it('for all of it takes all of it as published', () => {
    const choice = choose(allHours * 1.1);
    expect(choice.schedule).toBe(1);
    expect(choice.leftOut).toEqual([]);
    expect(new Set(choice.jobs.map(({ id }) => id))).toEqual(new Set(whole.map(({ id }) => id)));
  });

  it('for less takes whole blocks with the longest schedule with which one fits, and keeps to its time', () => {
    for (const hours of [allHours / 3, allHours / 30, allHours / 300]) {
      const choice = choose(hours);
      expect(choice.seconds).toBeLessThanOrEqual(3600 * hours);
      expect(choice.chosen.length).toBeGreaterThan(0);
      expect(choice.leftOut.length).toBeGreaterThan(0);
      // A row without what it is compared with says little: each block has its baseline.
      for (const { title } of choice.chosen.filter(({ title }) => title.includes(', WarpNet2')))
        expect(title).toMatch(/WarpNet1-.*WRN-/);
      const ids = new Set(choice.jobs.map(({ id }) => id));
      for (const { jobs } of choice.chosen) for (const { id } of jobs) expect(ids).toContain(id);
      const longer = schedules[schedules.indexOf(choice.schedule) - 1];
      if (longer === undefined) continue;
      const first = choice.chosen[0]?.title;
      expect(first).toBeDefined();
      const steps = (schedule: number) => makespan(plans.get(schedule)?.jobs ?? [], secondsOf, 1);
      expect(steps(longer)).toBeGreaterThan(steps(choice.schedule));
    }
  });

  it('that grows goes on with the schedule that was begun, and adds blocks to it', () => {
    const before = choose(allHours / 30);
    const begun = new Set(before.jobs.map(({ id }) => id));
    const after = choose(allHours / 10, begun);
    expect(after.schedule).toBe(before.schedule);
    expect(
      after.chosen
        .slice(0, before.chosen.length)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(before.chosen.map(({ title }) => title).sort());
    expect(after.chosen.length).toBeGreaterThan(before.chosen.length);
  });

  it('counts only what is left of jobs that were stopped', () => {
    const before = choose(allHours / 30);
    const begun = new Set(before.jobs.map(({ id }) => id));
    const left = (job: { readonly id: string }) => (begun.has(job.id) ? 0.1 : 1);
    const after = choose(allHours / 300, begun, { left });
    expect(after.schedule).toBe(before.schedule);
  });

  it('that is too small for one block says what one takes', () => {
    expect(() => choose(0.001)).toThrow(
      expect.objectContaining({
        code: 'BUDGET_TOO_SMALL',
        message: expect.stringMatching(/takes about \d+ minutes/) as string,
      }),
    );
  });
});
