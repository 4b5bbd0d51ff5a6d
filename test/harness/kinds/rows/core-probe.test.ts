import { describe, expect, it } from 'vitest';
import { usableCores } from '../../../../harness/core/process/cores.js';
import { coresApart, openCoreProbe, withCoreProbe } from '../../../../harness/kinds/rows/core-probe.js';

describe('a probe of the cores', () => {
  it('works on all of them at once, and gives the threads back', async () => {
    const probe = await openCoreProbe(3);
    const times = Array.from({ length: 5 }, () => probe.run());
    await probe.close();
    for (const time of times) expect(time).toBeGreaterThan(0.1);
  });

  it.skipIf(usableCores().length < 2)('takes longer where there are more threads than cores', async () => {
    const cores = usableCores().length;
    const [fits, crowded] = [await openCoreProbe(2), await openCoreProbe(8 * cores)];
    const shortest = (probe: typeof fits): number => Math.min(...Array.from({ length: 20 }, () => probe.run()));
    expect(coresApart([shortest(fits), shortest(crowded)])).toEqual([true, false]);
    await Promise.all([fits.close(), crowded.close()]);
  });

  it('is none where there is one core, or where cards compute', async () => {
    expect(await withCoreProbe({ devices: 1 }, { devices: 'cpu:1' }, async (probe) => probe.run())).toBe(0);
    expect(await withCoreProbe({ devices: 2 }, { devices: 'gpu:0,1' }, async (probe) => probe.run())).toBe(0);
    expect(await withCoreProbe({ devices: 2 }, { devices: 'cpu:2' }, async (probe) => probe.run())).toBeGreaterThan(0);
  });

  it('tells times of cores of their own from others', () => {
    expect(coresApart([1, 1.1, 1.9, 1.25])).toEqual([true, true, false, true]);
    expect(coresApart([0, 0])).toEqual([true, true]);
  });
});
