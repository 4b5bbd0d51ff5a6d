import { beforeAll, describe, expect, it } from 'vitest';
import { whatifCommand } from '../../../experiments/warpnet/commands/whatif.js';
import { layoutSearchOf } from '../../../experiments/warpnet/layouts/layout-search.js';
import { cardNamed } from '../../../harness/project/costs/cards.js';
import { rooflineCosts } from '../../../harness/project/costs/roofline.js';
import { allToAll, freeLinks } from '../../../harness/project/schedule/links.js';
import { answerWhatIf, type WhatIfQuestion } from '../../../harness/project/whatif.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';

beforeAll(() => warpnet.loadModels());

const protocol = warpnetFolder().protocol('released-code');
const network = warpnetNetwork({ family: 'warpnet1', K: 2, Nwarp: 1, kw: 4, classes: 10 });

const question = (changes: Partial<WhatIfQuestion> = {}): WhatIfQuestion => ({
  network,
  baseline: warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 4, classes: 10 }),
  search: layoutSearchOf(network),
  protocol,
  batch: 128,
  devices: 3,
  topology: allToAll(3, { latency: 5, bandwidth: 36_000 }),
  costs: rooflineCosts(cardNamed('p100')),
  how: {},
  ...changes,
});

describe('a what-if answer', () => {
  it('finds a layout no worse than the paper’s, below the limit', () => {
    const { rows, limitPct, search } = answerWhatIf(question());
    const rs = (what: string) => rows.find((row) => row.what === what)?.rsPct ?? NaN;
    expect(search?.method).toMatch(/every distribution/);
    expect(rs('best found')).toBeGreaterThanOrEqual(rs('the paper’s pattern') - 1e-9);
    expect(rs('best found')).toBeLessThanOrEqual(limitPct);
    expect(rs('best found')).toBeGreaterThan(20);
  });

  it('gives intervals that hold the projection, and busy shares below one', () => {
    for (const row of answerWhatIf(question()).rows) {
      expect(row.intervalPct[0]).toBeLessThanOrEqual(row.rsPct);
      expect(row.intervalPct[1]).toBeGreaterThanOrEqual(row.rsPct);
      for (const share of row.busy) expect(share).toBeLessThanOrEqual(1);
    }
  });

  it('saves nothing on one device with the chain’s own work', () => {
    const { rows } = answerWhatIf(question({ devices: 1, topology: freeLinks(1) }));
    expect(rows[0]?.rsPct).toBeLessThan(0);
    expect(rows.some(({ what }) => what === 'data parallel')).toBe(false);
  });

  it('says whether a layout fits the memory of a device', () => {
    const fits = (deviceBytes?: number) => answerWhatIf(question({ deviceBytes })).rows.map((row) => row.fits);
    expect(fits().every((fit) => fit === null)).toBe(true);
    expect(fits(16 * 2 ** 30).every((fit) => fit === true)).toBe(true);
    expect(fits(2 ** 20).every((fit) => fit === false)).toBe(true);
  });

  it('refuses a layout wider than the devices', () => {
    const layout = network.layout("[F1] [F2] [F2'x1]", protocol);
    expect(() => answerWhatIf(question({ devices: 2, topology: freeLinks(2), layout }))).toThrow(
      expect.objectContaining({ code: 'DEVICES_TOO_FEW' }),
    );
  });

  it('has nothing to search in a network that is not divided', () => {
    const { baseline } = question();
    const { rows, search } = answerWhatIf(question({ network: baseline, search: layoutSearchOf(baseline) }));
    expect(search).toBeNull();
    // 128 images cannot be cut into three.
    expect(rows).toEqual([]);
  });
});

describe('reproduce whatif', () => {
  const base = {
    devices: 2,
    latency: '5us',
    wiring: 'all-to-all',
    network: 'warpnet1',
    K: 2,
    Nwarp: 1,
    kw: 1,
    batch: 16,
    dataset: 'cifar10',
    card: 'p100',
    protocol: 'paper',
    order: 'program',
    json: false,
  } as const;
  const run = async (changes: object): Promise<string> => {
    let text = '';
    const output = { write: (part: string) => ((text += part), true) };
    await whatifCommand.run({ ...base, ...changes } as never, { output } as never);
    return text;
  };

  it('prints the best layout, the pattern, data parallelism and the limit', async () => {
    const text = await run({ layout: "[F1, F2'x1] [F2]" });
    for (const part of [
      'best found',
      'paper’s pattern',
      'asked for',
      'data parallel',
      'No layout',
      'Projected, not measured',
    ])
      expect(text).toContain(part);
  });

  it('prints JSON, under the options that are set', async () => {
    const stepOf = async (changes: object) => {
      const answer = JSON.parse(await run({ json: true, ...changes })) as { baseline: { milliseconds: number } };
      return answer.baseline.milliseconds;
    };
    expect(await stepOf({ set: ['batchNorm=moments'] })).toBeGreaterThan(await stepOf({}));
  });

  it('has an option for each axis of the paper', () => {
    expect(Object.keys(whatifCommand.options)).toEqual(
      expect.arrayContaining(['network', ...Object.keys(warpnet.axes)]),
    );
  });

  it.each([
    [{ network: 'warpnet3' }, 'NETWORK_INVALID'],
    [{ K: 13 }, 'NETWORK_INVALID'],
    [{ devices: 0 }, 'NETWORK_INVALID'],
    [{ link: '36' }, 'LINK_INVALID'],
    [{ card: 'p99' }, 'CARD_UNKNOWN'],
    [{ layout: '[F1] [F2]' }, 'LAYOUT_INVALID'],
    [{ profile: '/nowhere.json' }, 'PROFILE_INVALID'],
    [{ set: ['derivative=R9'] }, 'OPTION_INVALID'],
  ])('refuses %o', async (changes, code) => {
    await expect(run(changes)).rejects.toMatchObject({ code });
  });
});
