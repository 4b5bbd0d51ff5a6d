/** Real trainings through sbatch: the numbers of a cluster are those of this machine, to the last byte. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timing, training } from '../../harness/kinds/index.js';
import { readAttempts } from '../../harness/store/attempts.js';
import { runFile } from '../../harness/store/run-folder.js';
import { RunStore } from '../../harness/store/store.js';
import { realWorker } from '../support/real-worker.js';
import { missingTool } from '../tools.js';
import { TestCluster } from './test-cluster.js';

const script = fileURLToPath(new URL('../support/main-process.mjs', import.meta.url));

/** A row like those of Table 2 and its baseline, small enough to be trained here. */
const matrix = `id: small
title: Small
measure: [error, speed-up]
rows:
  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1, layout: "[F1, F2]" }
  - { dataset: synthetic, network: WarpNet1, K: 2, Nwarp: 1, kw: 1, layout: "[F1] [F2, F2'x1]" }
speedUp: { baseline: same-size }
asWritten: true
`;
const settings = [
  ...['training.steps=6', 'training.evaluateEvery=3', 'training.batch=8'],
  ...['timing.rounds=2', 'timing.warmup=1', 'timing.batch=8'],
].flatMap((setting) => ['--set', setting]);

describe.skipIf(missingTool('slurm'))('a table from a Slurm cluster', { timeout: 240_000 }, () => {
  let cluster: TestCluster;
  let root: string;
  beforeAll(async () => {
    cluster = await TestCluster.start();
    root = mkdtempSync(join(tmpdir(), 'table-'));
    writeFileSync(join(root, 'small.yaml'), matrix);
    // Two cores there really are.
    writeFileSync(join(root, 'site.yaml'), 'pollSeconds: 0.5\nvisibleSeconds: 5\nrunning: 2\n');
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const run = (reports: string, ...options: string[]) =>
    promisify(execFile)(
      process.execPath,
      [
        ...[
          script,
          JSON.stringify({ worker: realWorker, slotNamespace: randomUUID() }),
          'run',
          join(root, 'small.yaml'),
          '--profile',
          'quick',
          '--protocol',
          'paper',
          '--devices',
          'cpu:2',
          ...settings,
        ],
        ...['--reports-folder', join(root, reports), ...options],
      ],
      { env: cluster.environment },
    );
  const onSlurm = () => ['--executor', 'slurm', '--site', join(root, 'site.yaml')];
  const measured = (reports: string) => {
    const store = new RunStore(join(root, reports, 'runs'), null);
    const jobs = store
      .ids()
      .sort()
      .map((id) => {
        const timed = store.resultOf(timing, id);
        if (timed) return { id, hardware: timed.hardware, rows: timed.rows.map(({ row }) => row) };
        const result = store.resultOf(training, id);
        const checkpoint = readFileSync(runFile(store.folder(id), 'checkpoint')).toString('base64');
        return { id, evaluations: result?.evaluations, finalLoss: result?.finalLoss, checkpoint };
      });
    return jobs;
  };

  it('has the errors of this machine to the byte, and every job ran once', async () => {
    const [{ stdout: fromSlurm }, { stdout: fromHere }] = [await run('cluster', ...onSlurm()), await run('here')];
    expect(measured('cluster')).toEqual(measured('here'));
    expect(measured('here').length).toBeGreaterThan(2);
    const errors = (reports: string) => readFileSync(join(root, reports, 'quick', 'small', 'errors.csv'), 'utf8');
    expect(numbersOnly(errors('cluster'))).toEqual(numbersOnly(errors('here')));
    // The tables differ in step times, and so in the digits and signs of RS, in whether others disturbed them, in their folder, and in nothing else.
    const words = (table: string): string =>
      table
        .replaceAll(new RegExp(`${root}/(cluster|here)/`, 'gu'), '')
        .replace(/\b[a-z]\s+The machine was not steady:[^%]*%\./gu, '')
        .replace(/\b[a-z]\s+Other processes took about \d+ %\s+of\s+the\s+cores\s+while\s+this\s+was\s+timed\./gu, '')
        .replace(/[ᵃᵇᶜᵈᵉᶠᵍʰ·]/gu, '')
        // Without that footnote the letters of those after it are others.
        .replace(/(?<=[\d.%\s])[a-z](?=\s)/gu, '')
        .replace(/[\d.±%−\s]+/gu, ' ');
    expect(words(fromSlurm)).toEqual(words(fromHere));
    const store = new RunStore(join(root, 'cluster', 'runs'), null);
    for (const id of store.ids())
      expect(readAttempts(store.folder(id)).map(({ type }) => type)).toEqual(['began', 'ended']);
    // Again: everything is there.
    const { stderr } = await run('cluster', ...onSlurm());
    expect(stderr).toContain('0 to run');
  });

  it('runs 300 jobs in few jobs that nobody follows up, each once', async () => {
    const seeds = join(root, 'seeds.yaml');
    writeFileSync(
      seeds,
      'id: many\ntitle: Many\nmeasure: [error]\nasWritten: true\nrows:\n  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1 }\n',
    );
    const reports = join(root, 'many');
    const instant = fileURLToPath(new URL('instant-worker.sh', import.meta.url));
    const program = (...args: string[]) =>
      promisify(execFile)(
        process.execPath,
        [script, JSON.stringify({ worker: ['/bin/sh', instant] }), ...args, '--reports-folder', reports, ...onSlurm()],
        { env: cluster.environment },
      );
    const experiment = [
      'run',
      seeds,
      '--profile',
      'quick',
      '--protocol',
      'paper',
      '--seeds',
      '300',
      '--devices',
      'cpu:1',
    ];
    const { stderr } = await program(...experiment, '--detach', '--jobs', '4');
    expect(stderr).toContain('Submitted 300 jobs as reproduce-');
    expect(cluster.jobs().filter((line) => !line.includes('COMPLETED')).length).toBeLessThanOrEqual(4);
    const { stdout } = await program('wait');
    expect(stdout).toContain('300 done, 0 failed, 0 interrupted');
    const store = new RunStore(join(reports, 'runs'), null);
    const ids = store.ids();
    expect(ids).toHaveLength(300);
    for (const id of ids) {
      const lines = readAttempts(store.folder(id));
      expect(lines.map(({ type }) => type)).toEqual(['began', 'ended']);
      expect(store.leases(id)).toEqual([]);
    }
  });
});

/** Rows by column, without how long they took. */
const numbersOnly = (csv: string): Record<string, string>[] =>
  parse<Record<string, string>>(csv, { columns: true }).map((row) => ({ ...row, wallSeconds: '', stepSeconds: '' }));
