import { describe, expect, it } from 'vitest';
import { calibrate, makespan, modelledSeconds } from '../../../../harness/run/estimate/estimate.js';
import { stepSeconds } from '../../../../harness/kinds/step-time.js';
import { operationsJob, timingJob, trainingJob } from '../../../support/jobs.js';
import { warpnetNetwork } from '../../../support/papers.js';
import { sizeOf } from '../../../support/step-sizes.js';
import { protocol } from '../../protocol.js';

const device = { kind: 'cpu', cores: 2 } as const;

describe('the model of a step', () => {
  // Sizes counted from the networks' step graphs; seconds measured on one core, by either kind of convolution (docs/reliability.md).
  it.each([
    {
      name: 'WRN-13-2, batch 128',
      flops: 87.2e9,
      bytesMoved: 4.234e9,
      operations: 911,
      direct: 0.877,
      winograd: 0.435,
    },
    {
      name: 'WRN-37-1, batch 128',
      flops: 65.46e9,
      bytesMoved: 5.867e9,
      operations: 2407,
      direct: 0.681,
      winograd: 0.476,
    },
    { name: 'WRN-13-4, batch 64', flops: 174.1e9, bytesMoved: 4.312e9, operations: 913, direct: 1.574, winograd: 0.66 },
    {
      name: 'WRN-73-4, batch 16',
      flops: 260.9e9,
      bytesMoved: 6.846e9,
      operations: 4663,
      direct: 2.389,
      winograd: 1.097,
    },
  ])('is that of $name within a seventh', ({ direct, winograd, ...size }) => {
    // An estimate that is off by that misleads nobody.
    const core = { kind: 'cpu', cores: 1 } as const;
    expect(Math.abs(stepSeconds(size, core, 'direct') / direct - 1)).toBeLessThan(1 / 7);
    expect(Math.abs(stepSeconds(size, core, 'winograd') / winograd - 1)).toBeLessThan(1 / 7);
  });

  it('is shorter on a card than on a core', () => {
    const size = { flops: 1e12, bytesMoved: 1e10, operations: 1000 };
    expect(stepSeconds(size, { kind: 'gpu' }, 'direct')).toBeLessThan(stepSeconds(size, device, 'winograd'));
  });
});

describe('an estimate', () => {
  const wide = warpnetNetwork({ family: 'wrn', unitsPerStage: 4, kw: 2, classes: 100 });

  it('is scaled by what finished jobs of its kind took, and by those of no other', () => {
    const done = trainingJob({ id: 'done' });
    const experience = [{ job: done, seconds: 3 * modelledSeconds(done, device, sizeOf) }];
    const secondsOf = calibrate(experience, device, sizeOf);
    const [next, timed] = [trainingJob({ id: 'next', network: wide }), timingJob()];
    expect(secondsOf(next)).toBeCloseTo(3 * modelledSeconds(next, device, sizeOf), 6);
    expect(secondsOf(timed)).toBeCloseTo(modelledSeconds(timed, device, sizeOf), 6);
  });

  it('rests on a few steps of a network with the same layers before any training is done', () => {
    const short = warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 2, classes: 10 });
    const other = warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 });
    const step = (network: typeof short, factor: number) => ({
      network,
      options: protocol,
      batch: 8,
      seconds: factor * stepSeconds(sizeOf(network, protocol, 8), device, 'direct'),
    });
    const secondsOf = calibrate([], device, sizeOf, [step(other, 5), step(short, 2)]);
    // Deeper, and of other classes: the same layers as the second.
    const job = trainingJob({ network: wide });
    expect(secondsOf(job)).toBeCloseTo(2 * modelledSeconds(job, device, sizeOf), 6);
  });

  it('of all jobs adds up those that run alone, and shares the others out', () => {
    const jobs = ['a', 'b', 'c'].map((id) => trainingJob({ id }));
    const seconds = () => 10;
    expect(makespan(jobs, seconds, 2)).toBe(20);
    expect(makespan([...jobs, timingJob(), operationsJob()], seconds, 2)).toBe(40);
  });
});
