import { describe, expect, it } from 'vitest';
import { parseLayout, termsOf } from '../../../experiments/warpnet/layouts/layout.js';
import { whatif } from '../../../harness/cli/commands/whatif.js';
import { cardNamed } from '../../../harness/project/costs/cards.js';
import { countLayouts, searchLayout } from '../../../experiments/warpnet/layouts/layout-search.js';
import { allToAll, freeLinks } from '../../../harness/project/schedule/links.js';
import { rooflineCosts } from '../../../harness/project/costs/roofline.js';
import { answerWhatIf, type WhatIfQuestion } from '../../../harness/project/whatif/whatif.js';
import { buildOptions, warpnet } from './networks.js';

const question = (changes: Partial<WhatIfQuestion> = {}): WhatIfQuestion => ({
  network: warpnet('warpnet1', 2, 1, 4),
  options: buildOptions({ derivative: 'released', batchNorm: 'moments' }),
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
    const layout = parseLayout("[F1] [F2] [F2'x1]");
    expect(() => answerWhatIf(question({ devices: 2, topology: freeLinks(2), layout }))).toThrow(
      expect.objectContaining({ code: 'DEVICES_TOO_FEW' }),
    );
  });
});

describe('the search for a layout', () => {
  it('counts layouts: partitions into at most so many brackets, times the choice of the first', () => {
    // Three terms: one partition in one bracket, three in two (either first), one in three (any first).
    expect(countLayouts(3, 3)).toBe(1 + 3 * 2 + 3);
    expect(countLayouts(3, 2)).toBe(1 + 3 * 2);
    expect(countLayouts(3, 1)).toBe(1);
  });

  /** A toy: the most loaded bracket, plus a little for every bracket used. */
  const load = (layout: Parameters<Parameters<typeof searchLayout>[3]>[0]): number =>
    layout.kind === 'operator'
      ? Math.max(...layout.brackets.map((bracket) => bracket.length)) + 0.01 * layout.brackets.length
      : Infinity;

  it.each([
    ['exhaustive', warpnet('warpnet1', 2, 1, 1), 2, 2.02],
    ['climbing', warpnet('warpnet1', 5, 1, 1), 3, 3.03],
    ['climbing', warpnet('warpnet2', 4, 1, 1), 5, 2.05],
  ] as const)('%s: spreads the terms evenly, each once', (_, network, devices, best) => {
    const found = searchLayout(
      network as Extract<typeof network, { family: 'warpnet1' }>,
      devices,
      buildOptions(),
      load,
    );
    expect(found.time).toBeCloseTo(best, 9);
    if (found.layout.kind !== 'operator') throw new Error('not an operator layout');
    const text = (terms: readonly object[]) => terms.map((term) => JSON.stringify(term)).sort();
    expect(text(found.layout.brackets.flat())).toEqual(text([...termsOf(network, 'once')]));
  });
});

describe('reproduce whatif', () => {
  const base = {
    devices: 2,
    latency: '5us',
    wiring: 'all-to-all',
    network: 'warp1',
    K: 2,
    Nwarp: 1,
    kw: 1,
    batch: 16,
    classes: 10,
    card: 'p100',
    derivative: 'R1',
    'batch-norm': 'fused',
    order: 'program',
    json: false,
  } as const;
  const run = async (changes: object): Promise<string> => {
    let text = '';
    await whatif({ ...base, ...changes }, { write: (part: string) => ((text += part), true) } as NodeJS.WritableStream);
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

  it('prints JSON', async () => {
    const answer = JSON.parse(await run({ json: true })) as { rows: { rsPct: number }[] };
    expect(answer.rows.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    [{ network: 'warpnet3' }, 'NETWORK_INVALID'],
    [{ K: 9 }, 'NETWORK_INVALID'],
    [{ devices: 0 }, 'NETWORK_INVALID'],
    [{ link: '36' }, 'LINK_INVALID'],
    [{ card: 'p99' }, 'CARD_UNKNOWN'],
    [{ layout: '[F1] [F2]' }, 'LAYOUT_INVALID'],
    [{ profile: '/nowhere.json' }, 'PROFILE_INVALID'],
  ])('refuses %o', async (changes, code) => {
    await expect(run(changes)).rejects.toMatchObject({ code });
  });
});
