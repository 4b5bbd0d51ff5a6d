/** On a machine with a card: each check of `gpu-check`. Elsewhere they are skipped, with the reason. */
import { describe, expect, it } from 'vitest';
import { checkGpus, whyNoCards } from '../../harness/gpu-check/gpu-check.js';

const reason = await whyNoCards(process.env);
if (reason !== undefined) console.warn(`skipped: the checks of GPUs (${reason})`);

describe.skipIf(reason !== undefined)('the cards of this machine', () => {
  it('compute what the CPU does, and tell their times truly', { timeout: 600_000 }, async () => {
    const { findings } = await checkGpus(process.env);
    expect(findings.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });
});
