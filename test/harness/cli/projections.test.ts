/** Speed-ups of layouts that there are too few cores for, from the command line to the table: real workers, small networks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inProject } from '../../../harness/core/project.js';
import { Program } from './program.js';

let program: Program;
beforeEach(() => {
  program = new Program();
});
afterEach(() => {
  program.close();
});

const worker = [process.execPath, inProject('bootstrap', 'worker.mjs')];

it('are measured operation by operation, projected in the table and typeset as such; --no-projection leaves them out', async () => {
  const file = join(program.reports, 'mine.yaml');
  writeFileSync(
    file,
    `id: mine
title: Mine
measure: [speed-up]
defaults: { dataset: cifar10, K: 2, Nwarp: 3, kw: 1 }
rows:
  - { network: WRN }
  - { network: WarpNet1, layout: "[F1] [F2] [F2'x1]" }
  - { network: WRN, layout: '4 x [F1, F2]', group: data parallelism }
speedUp:
  baseline: same-size
`,
  );
  const options = ['run', file, '--profile', 'quick', '--protocol', 'released-code', '--set', 'timing.batch=4'];
  const without = await program.run([...options, '--no-projection', '--quiet'], { worker });
  expect(without.exitCode).toBe(0);
  const written = () => readFileSync(join(program.reports, 'quick', 'mine', 'mine.md'), 'utf8');
  expect(written()).toContain('needs 3 devices');
  expect(program.store.ids()).toEqual([]);

  const { exitCode, messages } = await program.run(options, { worker });
  expect(messages).not.toContain('failed');
  expect(exitCode).toBe(0);
  const markdown = written();
  const [, warpnet = ''] = markdown.split('**WarpNet1-37-1');
  // Italics and a dagger: projected. More than nothing, and less than three devices could save at best.
  const [, percent] = /\*(-?\d+(?:\.\d+)?)[^*]*\*†/u.exec(warpnet) ?? [];
  expect(Number(percent)).toBeGreaterThan(0);
  expect(Number(percent)).toBeLessThan(67);
  expect(markdown).toContain('Projected from op times measured');
  // The run's own check: the same network on the two devices there are.
  expect(markdown).toContain('over 1 layout measured here');
  // The graphs that are simulated have the operations that were timed, but for the cut of the batch into four: two devices
  // have none. It is one copy of a few images.
  const estimated = [...markdown.matchAll(/\((\d+) % of\s+its\s+time\s+estimated/g)].map(([, share]) => Number(share));
  expect(estimated.length).toBeLessThanOrEqual(1);
  expect(Math.max(0, ...estimated)).toBeLessThanOrEqual(2);

  for (const id of program.store.ids()) {
    const result = program.store.result(id);
    if (result?.kind !== 'operations') continue;
    expect(result.times.operations.length).toBeGreaterThan(20);
    expect(JSON.stringify(result).length).toBeLessThan(60_000);
  }
  // Operations for each layout with its baseline, the WarpNet and the WRN in quarters; and the check.
  const kinds = program.store.ids().map((id) => program.store.result(id)?.kind);
  expect(kinds.toSorted()).toEqual(['operations', 'operations', 'timing']);
}, 120_000);

it('are validated on the layouts that fit, by jobs that a second call finds done', async () => {
  const file = join(program.reports, 'mine.yaml');
  writeFileSync(
    file,
    `id: mine
title: Mine
measure: [speed-up]
defaults: { dataset: cifar10, K: 2, Nwarp: 3, kw: 1 }
rows:
  - { network: WRN }
  - { network: WarpNet1, layout: "[F1] [F2] [F2'x1]" }
speedUp:
  baseline: same-size
`,
  );
  const options = ['--file', file, '--profile', 'quick', '--protocol', 'released-code', '--rounds', '3'];
  const first = await program.run(['validate-projection', ...options], { worker });
  expect(first.messages).not.toContain('failed');
  expect(first.exitCode).toBe(0);
  expect(first.output).toMatch(/^1 layouts: mean difference \d/);
  const csv = readFileSync(join(program.reports, 'quick', 'projection-validation.csv'), 'utf8');
  const rows: Record<string, string>[] = parse(csv, { columns: true });
  expect(rows).toHaveLength(1);
  const [row = {}] = rows;
  // One repetition of the layers, on two devices.
  expect(row).toMatchObject({
    paper: 'warpnet',
    protocol: 'released-code',
    hardware: expect.stringContaining('CPU Y') as string,
  });
  expect(Number(row['measuredLow'])).toBeLessThanOrEqual(Number(row['measuredRs']));
  for (const job of ['timing', 'operations']) expect(program.store.state(row[job] ?? '')).toBe('done');
  const again = await program.run(['validate-projection', ...options], { worker });
  expect(again.messages).toContain('0 to run');
}, 120_000);
