import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { noOverrides, parseOverrides } from '../../../harness/plan/profile/overrides.js';
import { wantedImageCounts } from '../../../harness/plan/profile/training-plan.js';
import { Problem } from '../../../harness/core/problem.js';
import { paperFile } from '../../../harness/plan/paper/paper.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';

describe('a folder of experiments', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'experiments-'));
    cpSync(paperFile(warpnet), folder, { recursive: true });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };

  function refused(run: () => unknown): string {
    try {
      run();
    } catch (error) {
      if (error instanceof Problem && error.place) return `${error.code} ${error.place.line}:${error.place.column}`;
      throw error;
    }
    throw new Error('nothing was refused');
  }

  it('takes a protocol from another with some options changed', () => {
    const [derived, base] = ['released-code-fused', 'released-code'].map((name) =>
      new ExperimentFolder(warpnet, folder).protocol(name),
    );
    expect(derived).toEqual({ ...base, name: 'released-code, fused BN', batchNorm: 'fused' });
    write('protocols/mine.yaml', 'name: mine\nlike: released-code-fused\nset: { momentum: 0.8 }\n');
    expect(new ExperimentFolder(warpnet, folder).protocol('mine')).toEqual({ ...derived, name: 'mine', momentum: 0.8 });
  });

  it('takes a profile’s missing sections from another', () => {
    const experiments = new ExperimentFolder(warpnet, folder);
    const [quick, auto] = [experiments.profile('quick'), experiments.profile('auto')];
    expect(auto.training).toEqual(quick.training);
    expect(auto.timing.gpu).not.toEqual(quick.timing.gpu);
  });

  it('refuses protocols that are like each other in a circle', () => {
    write('protocols/a.yaml', 'name: a\nlike: b\nset: {}\n');
    write('protocols/b.yaml', 'name: b\nlike: a\nset: {}\n');
    write('protocols/c.yaml', 'name: c\nlike: c\nset: {}\n');
    expect(refused(() => new ExperimentFolder(warpnet, folder).protocol('a'))).toBe('LIKE_CIRCULAR 2:7');
    expect(refused(() => new ExperimentFolder(warpnet, folder).protocol('c'))).toBe('LIKE_CIRCULAR 2:7');
  });

  it('refuses a profile with two protocols of one name', () => {
    write('protocols/mine.yaml', 'name: paper\nlike: released-code\nset: {}\n');
    write(
      'profiles/auto.yaml',
      'name: auto\ntitle: a\nlike: quick\nprotocols:\n  error: [paper]\n  speedUp: [paper, mine]\n',
    );
    expect(refused(() => new ExperimentFolder(warpnet, folder).profile('auto'))).toBe('PROTOCOL_TWICE 6:20');
  });

  it('refuses a profile with a protocol that is not there, or without a training for every data set', () => {
    const text = readFileSync(join(folder, 'profiles/paper.yaml'), 'utf8');
    const lineOf = (words: string): number => text.slice(0, text.indexOf(words)).split('\n').length;
    write('profiles/paper.yaml', text.replace('error: [paper, released-code]', 'error: [papers]'));
    expect(refused(() => new ExperimentFolder(warpnet, folder).profile('paper'))).toBe(
      `PROTOCOL_UNKNOWN ${lineOf('error: [paper')}:11`,
    );
    write('profiles/paper.yaml', text.replace('dataset: imagenet32', 'dataset: cifar10'));
    expect(refused(() => new ExperimentFolder(warpnet, folder).profile('paper'))).toBe(
      `TRAINING_MISSING ${lineOf('training:')}:1`,
    );
  });
});

it('the numbers of images that are asked for are known before a plan is made', () => {
  const folder = warpnetFolder();
  const profiles = [folder.profile('quick'), folder.profile('paper')];
  const matrices = [folder.matrix('table2')];
  expect(wantedImageCounts(profiles, matrices, noOverrides)).toEqual([]);
  expect(wantedImageCounts(profiles, matrices, parseOverrides(warpnet, ['training.trainImages=500']))).toEqual([500]);
});
