import { describe, expect, it } from 'vitest';
import { otherLoadMeter, watchOtherLoad } from '../../../../harness/kinds/rows/other-load.js';

/** `/proc/stat` of two cores; figures in hundredths of a second. */
const stat = (first: string, second: string) => `cpu  9 9 9 9\ncpu0 ${first}\ncpu1 ${second}\nintr 1 2 3\n`;

/** Reads one text after the other. */
function reader(...texts: string[]): () => string {
  let next = 0;
  return () => texts[next++] ?? '';
}

describe('the load of others', () => {
  const before = stat('100 0 0 900 0 0 0 0 0 0', '0 0 0 1000 0 0 0 0 0 0');

  it('is what the cores worked beyond this process, as a share of their time', () => {
    // Core 0: 8 of 10 s busy, core 1: 2 of 10 s, of which this process worked 7.
    const after = stat('700 100 0 1200 0 0 0 0 0 0', '100 0 50 1800 0 25 25 0 0 0');
    const own = [3, 10];
    const share = watchOtherLoad([0, 1], reader(before, after), () => own.shift() ?? NaN);
    expect(share()).toBeCloseTo((7 + 2 - 7) / 20, 10);
  });

  it('counts time that the host of a virtual machine took, and no waiting for disks', () => {
    const after = stat('100 0 0 900 0 0 0 0 0 0', '0 0 0 1000 600 0 0 400 0 0');
    expect(watchOtherLoad([1], reader(before, after), () => 0)()).toBeCloseTo(0.4, 10);
  });

  it('leaves out cores that this process may not use', () => {
    const after = stat('100 0 0 1900 0 0 0 0 0 0', '1000 0 0 1000 0 0 0 0 0 0');
    expect(watchOtherLoad([0], reader(before, after), () => 0)()).toBe(0);
  });

  it('is never below nothing, for clocks are coarse', () => {
    const after = stat('105 0 0 995 0 0 0 0 0 0', '0 0 0 1000 0 0 0 0 0 0');
    const own = [0, 0.06];
    expect(watchOtherLoad([0], reader(before, after), () => own.shift() ?? NaN)()).toBe(0);
  });

  it('is unknown where the system does not tell, or no time has passed', () => {
    const refuse = () => {
      throw new Error('ENOENT');
    };
    expect(watchOtherLoad([0], refuse)()).toBeNull();
    expect(watchOtherLoad([0], reader(before, before), () => 0)()).toBeNull();
    expect(watchOtherLoad([7], reader(before, before), () => 0)()).toBeNull();
  });

  it('is read step by step, and a step within a tick of the clock counts with the next', () => {
    const quiet = '0 0 0 1000 0 0 0 0 0 0';
    const texts = [
      [100, 900],
      [150, 950],
      [150, 950],
      [450, 1050],
    ].map(([busy = 0, idle = 0]) => stat(`${busy} 0 0 ${idle} 0 0 0 0 0 0`, quiet));
    const meter = otherLoadMeter([0], reader(...texts), () => 0);
    // 50 of 100 ticks; none; 300 of 400.
    expect([meter(), meter(), meter()]).toEqual([0.5, null, 0.75]);
  });

  it('is a share on this machine', async () => {
    const share = watchOtherLoad();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const found = share();
    if (process.platform !== 'linux') return;
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThanOrEqual(1);
  });
});
