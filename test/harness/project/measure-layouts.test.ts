import { expect, it } from 'vitest';
import { measureGroup } from '../../../harness/project/validation/measure-layouts.js';
import { openTracedEngine } from '../../../harness/engine/traced/index.js';
import { operationTimes } from '../../../harness/project/costs/operation-times.js';
import { validate } from '../../../harness/project/validation/validation.js';
import { validationPlan } from '../../../harness/project/validation/validation-plan.js';

it('measures a group on real cores and projects it from what was profiled there', async () => {
  const [group] = validationPlan(2, [1]);
  if (group === undefined) throw new Error('no group');
  // The first row and data parallelism: enough to see every way a layout is measured.
  const rows = [group.rows[0], group.rows.at(-1)].filter((row) => row !== undefined);
  const small = { ...group, batch: 2, rows };
  const { layouts, profiles } = await measureGroup(
    small,
    (count) => openTracedEngine({ devices: { kind: 'cores', count } }),
    // Fewer rounds than would be wanted: what was measured counts all the same.
    { intervalPct: 100, fewestRounds: 5, mostRounds: 4, stepsPerRound: 1, roundsPerProfile: 3 },
    () => undefined,
  );
  expect(layouts.map(({ layout }) => layout)).toEqual(["[F1] [F2, F2'x1]", '2 x [F1, F2]']);
  // One step alone for the baseline and each row, and each row as it runs.
  expect(profiles.map(({ graph }) => graph.devices)).toEqual([1, 1, 1, 2, 2]);

  const times = operationTimes(profiles);
  expect(times.hardware.kind).toBe('cpu');
  expect(times.effects?.latency).toBeGreaterThan(0);
  for (const row of validate(small, layouts, times)) {
    // How near they are is for a quiet machine to say; here both are finite and below what two cores can save.
    expect(row.measuredRs).toBeLessThan(100);
    expect(row.projectedRs).toBeLessThan(60);
    expect(Number.isFinite(row.measuredRs) && Number.isFinite(row.projectedRs)).toBe(true);
  }
}, 60_000);
