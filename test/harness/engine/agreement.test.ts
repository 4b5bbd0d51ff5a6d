/** Three engines, one answer: the traced graph, eager tfjs-node-gpu and tfjs's JavaScript backend. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../harness/engine/plain/plain-engine.js';
import { openTracedEngine } from '../../../harness/engine/traced/index.js';
import { Problem } from '../../../harness/core/problem.js';
import { longTier } from '../../tier.js';
import { engineCases } from './cases.js';
import { gradientsOn, largestDifference } from './gradients.js';

/**
 * Both sides compute in float32 and add in other orders, which differs by about 1e-6 of a sum; 13 to 19 layers and the
 * normalisations between them multiply that. An engine that computes something else is off by more than 1e-2.
 */
const tolerance = 1e-4;

let traced: Engine;
let reference: Engine;
let eager: Engine | undefined;

beforeAll(async () => {
  traced = openTracedEngine({ devices: { kind: 'cores', count: 2 } });
  reference = await openPlainEngine({ backend: 'cpu' });
  try {
    eager = await openPlainEngine({ backend: 'tensorflow' });
  } catch (error) {
    if (longTier || !(error instanceof Problem)) throw error;
    console.warn(`skipped: eager engine: ${error.message}`);
  }
});

afterAll(() => {
  for (const engine of [traced, reference, eager]) engine?.close();
});

describe('losses and every gradient agree to 1e-4 of their norm', () => {
  it.each(engineCases(2))('$title', async (example) => {
    const expected = await gradientsOn(reference, example);
    for (const engine of [traced, eager]) {
      if (engine === undefined) continue;
      const actual = await gradientsOn(engine, example);
      const { name, relative } = largestDifference(actual, expected);
      expect(relative, `${engine.name}: ${name}`).toBeLessThan(tolerance);
    }
  });
});
