import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expand } from '../../../harness/plan/expand/expand.js';
import { absenceSentence } from '../../../harness/plan/not-run.js';
import { loadMatrix } from '../../../harness/plan/matrix/matrix.js';
import type { ExperimentPlan } from '../../../harness/plan/plan.js';
import { YamlDocument } from '../../../harness/plan/yaml/yaml-document.js';
import { inProject } from '../../../harness/core/project.js';
import { parseOverrides } from '../../../harness/plan/profile/overrides.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

const folder = warpnetFolder();

function run(text: string, request: Partial<Parameters<typeof expand>[0]> = {}): ExperimentPlan {
  const matrices = [loadMatrix(warpnet, YamlDocument.parse(text, 'my.yaml'), folder)];
  return expand({ matrices, profile: 'quick', machine: twoCores, sizeOf, folder, ...request });
}

const small = `id: small
title: Small
measure: [error, speed-up]
`;

describe('a matrix of one’s own', () => {
  it('as the README shows it is accepted', () => {
    const readme = readFileSync(inProject('experiments', 'README.md'), 'utf8');
    const [, example = ''] = /```yaml\n([^`]*)```/.exec(readme) ?? [];
    const { tables, jobs } = run(example, { seeds: [0, 1, 2], protocols: ['released-code'] });
    const [table] = tables;
    expect(table?.entries.map(({ label, layout }) => `${label} ${layout?.text ?? ''}`)).toEqual([
      "WarpNet1-25-1 [F1, F2] [F3, F4] [F2'x1, F3'x1, F4'x1]",
      "WarpNet2-25-1 [F1] [F2] [F3] [F4] [F2'F1, F3'F1, F3'F2, F4'(F1..F3)]",
      'WRN-25-1 [F1, F2, F3, F4]',
      "WarpNet1-25-2 [F1, F2] [F3, F4] [F2'x1, F3'x1, F4'x1]",
      "WarpNet2-25-2 [F1] [F2] [F3] [F4] [F2'F1, F3'F1, F3'F2, F4'(F1..F3)]",
      'WRN-25-2 [F1, F2, F3, F4]',
      'WRN-25-1 2 x [F1, F2]',
    ]);
    const excluded = table?.entries[4];
    expect(excluded?.error).toMatchObject({ code: 'EXCLUDED' });
    expect(excluded?.error.skipped === true && absenceSentence(excluded.error)).toBe('Too slow for this machine.');
    expect(excluded?.timing).toMatchObject({ code: 'EXCLUDED' });
    // Six networks, three seeds each; the pair of data parallelism and its WRN fits two devices. The last one checks projections.
    const compared = jobs.filter(({ kind }) => kind !== 'operations');
    const trainings = Array.from({ length: 18 }, () => 'error');
    expect(compared.map(({ kind }) => kind)).toEqual(['timing', ...trainings, 'timing']);
  });

  it('cuts a data-parallel batch into equal parts', () => {
    const rows = `rows:
  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1, layout: "3 x [F1, F2]" }
`;
    const [job] = run(small + rows, { machine: fourCards }).jobs;
    expect(job).toMatchObject({ kind: 'timing', batch: 66, devices: 3 });
  });

  it('may count a term twice under the protocol that does', () => {
    const layouts = `rows:
  - { dataset: synthetic, network: WarpNet1, K: 3, Nwarp: 1, kw: 1, layout: "[F1, F2] [F3, F2'x1, 2 F3'x1]" }
`;
    const perPair = { protocols: ['paper'], overrides: parseOverrides(warpnet, ['derivativeTerms=per-pair']) };
    expect(run(small + layouts, perPair).jobs).toHaveLength(2);
    expect(() => run(small + layouts)).toThrow("The coefficient of F3'x1 is 1, not 2");
  });

  it('trains what the profile makes of it, unless told otherwise', () => {
    const row = `rows: [{ dataset: synthetic, network: WRN, K: 5, Nwarp: 4, kw: 8 }]\n`;
    const networks = [small + row, `${small}asWritten: true\n${row}`].map((text) => run(text).jobs[0]);
    expect(networks[0]).toMatchObject({ network: { specification: { unitsPerStage: 5, kw: 2 } } });
    expect(networks[1]).toMatchObject({ network: { specification: { unitsPerStage: 20, kw: 8 } } });
  });

  it('can have a training, seeds and protocols of its own', () => {
    const own = `rows: [{ dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1 }]
training: { epochs: 2, batch: 32, drops: { steps: [100], factor: 0.5 }, evaluateEvery: epoch }
seeds: [5, 6]
protocols: [paper, { name: no decay of averages, like: paper, set: { batchNormDecay: 0 } }]
`;
    const { jobs, tables } = run(small + own);
    expect(tables[0]?.protocols).toEqual(['paper', 'no decay of averages']);
    expect(jobs.map((job) => job.kind === 'error' && [job.training.seed, job.protocol['batchNormDecay']])).toEqual([
      [5, 0.9],
      [5, 0],
      [6, 0.9],
      [6, 0],
    ]);
    // 2 epochs of 2,048 images, 32 a step; the drop at step 100 stays.
    expect(jobs[0]).toMatchObject({ training: { steps: 128, batch: 32, dropSteps: [100], evaluateEvery: 64 } });
  });

  it('may ask for the first images of a data set, where they can be had', () => {
    const text = `${small}rows: [{ dataset: cifar10, network: WRN, K: 2, Nwarp: 1, kw: 1 }]
training: { trainImages: 1000 }
`;
    const cifar10 = { available: true, checksum: 'all', trainImages: 50_000 } as const;
    const machine = (parts: [number, string][]): typeof twoCores => ({
      ...twoCores,
      datasets: { ...twoCores.datasets, cifar10: { ...cifar10, partChecksums: new Map(parts) } },
    });
    expect(run(text, { machine: machine([[1000, 'part']]) }).jobs).toMatchObject([
      { trainImages: 1000, dataChecksum: 'part' },
    ]);
    const without = { machine: machine([]), protocols: ['released-code'] };
    expect(run(text, without).tables[0]?.entries[0]?.error).toMatchObject({
      code: 'IMAGES_TOO_FEW',
      wanted: 1000,
    });
  });
});
