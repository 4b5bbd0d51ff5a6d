import { describe, expect, it } from 'vitest';
import { geometricMean, type DetailedEntry } from '../../bench/entries.js';
import type { Figure } from '../../bench/figures.js';
import { goals, peerNames, standingOf, type Goal } from '../../bench/goals.js';
import { benchMarkdown, type BenchReport } from '../../bench/markdown.js';
import { benchJson } from '../../bench/run.js';

function entry(network: string, peer: string, ratioTime: number, ratioMemory: number | null = 0.5): DetailedEntry {
  return {
    benchmark: 'training-step',
    peer,
    network,
    batch: 128,
    ratioTime,
    ratioMemory,
    interval: { low: ratioTime - 0.01, high: ratioTime + 0.01 },
    milliseconds: { project: 100 * ratioTime, peer: 100 },
    peakMemoryBytes: { project: 1e9, peer: 2e9 },
    agreement: { sameParameters: true, firstLoss: 1e-7, laterLosses: 2e-7 },
  };
}

const [torch, channelsLast, compiled] = peerNames.pytorch;
const goalOf = (title: string): Goal => {
  const goal = goals.find((one) => one.title === title);
  if (!goal) throw new Error(`no goal ${title}`);
  return goal;
};

const figure: Figure = {
  benchmark: 'trace-wrn-73-4',
  peer: 'goal: 2 s',
  network: 'WRN-73-4',
  batch: 1,
  ratioTime: 0.6,
  ratioMemory: null,
  what: 'tracing',
  measured: 1.2,
  unit: 's',
  goal: 2,
};

const report = (others: Partial<BenchReport>): BenchReport => ({
  quick: false,
  machine: 'Some CPU, 2 cores',
  entries: [],
  notMeasured: [],
  standings: [],
  figures: [],
  ...others,
});

describe('a geometric mean', () => {
  it('of a half and its inverse is 1, and of nothing is not there', () => {
    expect(geometricMean([0.5, 2])).toBeCloseTo(1, 12);
    expect(geometricMean([0.2, 0.4, 0.8])).toBeCloseTo(0.4, 12);
    expect(geometricMean([])).toBeUndefined();
  });
});

describe('a goal', () => {
  it('against several peers counts the fastest of them on each network', () => {
    const standing = standingOf(goalOf('best of PyTorch'), [
      entry('WRN-13-2', torch, 0.5),
      entry('WRN-13-2', channelsLast, 0.8),
      entry('WRN-37-1', torch, 0.9),
      entry('WRN-37-1', compiled, 0.6),
      entry('WRN-37-1', 'Keras', 3),
    ]);
    expect(standing.networks).toBe(2);
    expect(standing.mean).toBeCloseTo(Math.sqrt(0.8 * 0.9), 12);
    expect(standing.worst).toEqual({ network: 'WRN-37-1', ratio: 0.9 });
    expect(standing.met).toBe(true);
  });

  it.each([
    ['a mean above it', [0.86, 0.86], false],
    ['one network above its limit', [0.5, 0.96], false],
    ['both just reached', [0.85, 0.85], true],
  ] as const)('is met or missed: %s', (_, ratios, met) => {
    const entries = ratios.map((ratio, index) => entry(`network ${index}`, torch, ratio));
    expect(standingOf(goalOf('best of PyTorch'), entries).met).toBe(met);
  });

  it('that nothing was measured against is not met', () => {
    expect(standingOf(goalOf('eager tfjs-node-gpu'), [])).toMatchObject({ networks: 0, mean: undefined, met: false });
  });

  it('on memory passes over entries without it', () => {
    const goal = goalOf('eager tfjs-node-gpu, peak memory');
    const [tfjs] = peerNames.tfjs;
    const standing = standingOf(goal, [entry('WRN-13-2', tfjs, 0.3, 0.35), entry('WRN-37-1', tfjs, 0.3, null)]);
    expect(standing).toMatchObject({ networks: 1, met: true, worst: { ratio: 0.35 } });
  });
});

describe('bench.json', () => {
  it('has exactly the fields that were promised, peers first', () => {
    const json = benchJson({ entries: [entry('WRN-13-2', 'Keras', 0.7)], figures: [figure] });
    expect(json).toEqual([
      { benchmark: 'training-step', peer: 'Keras', network: 'WRN-13-2', batch: 128, ratioTime: 0.7, ratioMemory: 0.5 },
      {
        benchmark: 'trace-wrn-73-4',
        peer: 'goal: 2 s',
        network: 'WRN-73-4',
        batch: 1,
        ratioTime: 0.6,
        ratioMemory: null,
      },
    ]);
  });
});

describe('the table', () => {
  it('shows ratios, milliseconds, means beside their goals, and figures', () => {
    const entries = [entry('WRN-13-2', 'Keras', 0.7), entry('WRN-37-1', 'Keras', 0.74)];
    const standings = [standingOf(goalOf('Keras tf.function'), entries)];
    const lines = benchMarkdown(report({ entries, standings, figures: [figure] })).split('\n');
    expect(lines.find((line) => line.includes('WRN-13-2, 128'))?.split(/ *\| */)).toEqual([
      '',
      'WRN-13-2, 128',
      'Keras',
      '70.0',
      '100.0',
      '0.70',
      '0.69-0.71',
      '0.50',
      '1e-7',
      '2e-7',
      '',
    ]);
    expect(lines.find((line) => line.includes('Keras tf.function'))).toMatch(
      /\| 2 +\| 0\.72 +\| <= 0\.72 +\| 0\.74 \(WRN-37-1\) +\| <= 0\.85 +\| met/,
    );
    expect(lines.find((line) => line.includes('trace-wrn-73-4'))).toMatch(/\| 1\.2 s +\| <= 2 s +\| met/);
    // Markdown needs as many jobs in each row of a table.
    const jobs = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').length);
    expect(new Set(jobs)).toEqual(new Set([11, 9, 8]));
  });

  it('says what was not measured and why, once for all networks', () => {
    const notMeasured = ['WRN-13-2', 'WRN-37-1'].map((network) => ({
      benchmark: 'training-step',
      peer: 'Keras',
      network,
      reason: 'python3 -m venv: it was not found',
    }));
    const text = benchMarkdown(report({ notMeasured }));
    expect(text).toContain('Not measured:\n\n- Keras: python3 -m venv: it was not found (WRN-13-2, WRN-37-1)\n');
  });

  it('shouts when programs do not compute the same', () => {
    const other = {
      ...entry('WRN-13-2', torch, 0.5),
      agreement: { sameParameters: false, firstLoss: 0, laterLosses: 0 },
    };
    expect(benchMarkdown(report({ entries: [other] }))).toContain('NOT THE SAME COMPUTATION: PyTorch on WRN-13-2');
    const same = benchMarkdown(report({ entries: [entry('WRN-13-2', torch, 0.5)] }));
    expect(same).toContain('the same first loss');
  });
});
