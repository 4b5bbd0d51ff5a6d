import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Program, smallTable } from '../cli/program.js';

it('a report removes what one that was killed left half written, and leaves what a living one is writing', async () => {
  vi.stubEnv('FAKE_WORKER_SOCKET', undefined);
  const program = new Program();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    program.close();
  });
  const folder = join(program.reports, 'quick', 'warpnet');
  mkdirSync(folder, { recursive: true });
  // No process has this number: it is above the largest that Linux gives.
  const [left, used] = [`index.html.${2 ** 22 + 1}.tmp`, `index.html.${process.ppid}.tmp`];
  for (const name of [left, used]) writeFileSync(join(folder, name), '<html');
  await program.run([...smallTable, '--quiet']);
  expect(existsSync(join(folder, left))).toBe(false);
  expect(existsSync(join(folder, used))).toBe(true);
  expect(existsSync(join(folder, 'index.html'))).toBe(true);
});
