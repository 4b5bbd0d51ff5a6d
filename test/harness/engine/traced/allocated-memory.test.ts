/** Peak memory by the allocator's records, beside what follows from the step's graph. */
import type { DeviceMemory } from '../../../../harness/engine/step-graph.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTracedEngine, type TracedEngine } from '../../../../harness/engine/traced/index.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import type { Model } from '../../../../harness/model/model.js';
import { compileStep } from '../../../../harness/model/training-step.js';
import { declareVariables } from '../../../../harness/model/variables.js';
import { memoryInProgramOrder } from '../../../../harness/project/memory.js';
import { build as buildRevnet, thin } from '../../../experiments/revnet/model/networks.js';
import { exampleBatch } from '../gradients.js';

let engine: TracedEngine | undefined;
afterEach(() => engine?.close());

const [batch, imageSize] = [8, 16];

/** Of each device, in each of some profiled steps and by liveness in program order. */
async function memoryOf(model: Model, steps = 3) {
  const own = openTracedEngine({ devices: { kind: 'cores', count: model.devices } });
  engine = own;
  const variables = declareVariables(own, model, initialise(model, 3));
  const settings = { batch, imageSize, weightDecay: 2e-4, momentum: 0.9, nesterov: false };
  const step = compileStep(own, model, variables, settings);
  const { images, labels } = exampleBatch(batch, imageSize);
  const profile = await step.profile(steps, [images, labels, Float32Array.of(1e-3)]);
  return { measured: profile.memory ?? [], computed: memoryInProgramOrder(step.graph) };
}

const ratio = (of: number | undefined, to: number | undefined): number => (of ?? NaN) / (to ?? NaN);

describe('on one core', () => {
  it.each(['plain', 'checkpoint-sqrt', 'reversible-4N'] as const)(
    '%s: the allocator gives out what liveness says, less what takes the place of an input',
    async (backward) => {
      const { measured, computed } = await memoryOf(buildRevnet(thin('basic', 6), { backward }));
      const [allocated, alive] = [measured[0]?.[0], computed[0]];
      for (const field of ['tensors', 'activations'] as const) {
        // Sums and rectifiers write over an input that nothing else reads: one feature map of the few dozen alive. What is fed is
        // not allocated either, and kernels take some kilobytes of scratch.
        expect(ratio(allocated?.[field], alive?.[field]), field).toBeGreaterThan(0.8);
        expect(ratio(allocated?.[field], alive?.[field]), field).toBeLessThan(1.05);
      }
      // Gradients of weights are all there before the first update, rounded up by the allocator; decays write over their gradients.
      expect(ratio(allocated?.weightGradients, alive?.weightGradients)).toBeGreaterThan(0.85);
      expect(ratio(allocated?.weightGradients, alive?.weightGradients)).toBeLessThan(1.1);
      for (const field of ['variables', 'weights', 'momentum'] as const)
        expect(allocated?.[field]).toBe(alive?.[field]);
    },
  );

  it('repeats to 1 %', async () => {
    const { measured } = await memoryOf(buildRevnet(thin('basic', 3), { backward: 'reversible-4N' }), 4);
    for (const field of ['tensors', 'activations', 'weightGradients', 'peak'] as const) {
      const values = measured.map(([device]: readonly DeviceMemory[]) => device?.[field] ?? NaN);
      expect(values).toHaveLength(4);
      expect(Math.max(...values) / Math.min(...values), field).toBeLessThan(1.01);
    }
  });
});

describe('a deeper RevNet', () => {
  const unitsPerStage = [3, 9, 18] as const;
  let activations: Record<'plain' | 'reversible-4N', number[]>;
  beforeAll(async () => {
    activations = { plain: [], 'reversible-4N': [] };
    for (const units of unitsPerStage)
      for (const backward of ['plain', 'reversible-4N'] as const) {
        const { measured } = await memoryOf(buildRevnet(thin('basic', units), { backward }), 1);
        activations[backward].push(measured[0]?.[0]?.activations ?? NaN);
        engine?.close();
        engine = undefined;
      }
  });

  it('has as many activations alive with the reversible pass: less than 2 % more from 3 to 18 units a stage', () => {
    const bytes = activations['reversible-4N'];
    expect(Math.max(...bytes) / Math.min(...bytes)).toBeLessThan(1.02);
  });

  it('has as many more with the plain pass for each unit', () => {
    const [three = NaN, nine = NaN, eighteen = NaN] = activations.plain;
    // On a straight line to a hundredth: the same tensors are written over in each unit.
    expect((eighteen - nine) / 9 / ((nine - three) / 6)).toBeCloseTo(1, 2);
    expect(eighteen / three).toBeGreaterThan(4);
  });
});

it('tells of each device what is allocated there', async () => {
  const { measured, computed } = await memoryOf(buildRevnet(thin('basic', 3), {}, 2));
  expect(measured[0]).toHaveLength(2);
  for (const device of [0, 1]) {
    const [allocated, alive] = [measured[0]?.[device], computed[device]];
    // A tensor that crosses between cores of one machine is handed over, not copied; liveness counts it on both.
    expect(ratio(allocated?.activations, alive?.activations)).toBeGreaterThan(0.6);
    expect(ratio(allocated?.activations, alive?.activations)).toBeLessThan(1.1);
  }
});
