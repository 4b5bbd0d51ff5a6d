/** Where ops land: every op of the backward pass on its forward op's device, convolutions as method.md 7.2 counts them. */
import { add, matMul, neg, sum, valueAndGrads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { compileStep } from '../../../../harness/model/training-step.js';
import { declareVariables } from '../../../../harness/model/variables.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { parseLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import { buildModel } from '../../../../experiments/warpnet/model/network.js';
import type { NetworkOptions } from '../../../../experiments/warpnet/model/options.js';
import type { NetworkSpecification } from '../../../../experiments/warpnet/model/specification.js';
import { openTracedEngine, type TracedEngine, type TracedFunction } from '../../../../harness/engine/traced/index.js';
import type { StepOperation } from '../../../../harness/engine/step-graph.js';
import { baseOptions, warp, wrn } from '../cases.js';

let engine: TracedEngine | undefined;
afterEach(() => {
  engine?.close();
  engine = undefined;
});

const batch = 2;
const size = 8;

function traceStep(
  network: NetworkSpecification,
  layout: string,
  devices: number,
  options: Partial<NetworkOptions> = {},
  imageSize = size,
): TracedFunction {
  engine = openTracedEngine({ devices: { kind: 'cores', count: devices } });
  const model = buildModel(network, { ...baseOptions, ...options }, parseLayout(layout));
  const variables = declareVariables(engine, model, initialise(model, 0));
  const settings = {
    batch,
    imageSize,
    weightDecay: 5e-4,
    momentum: 0.9,
    nesterov: false,
  } as const;
  return compileStep(engine, model, variables, settings);
}

/** Number of ops of a type and pass on each device. */
function countByDevice(step: TracedFunction, pass: StepOperation['pass'], ...types: string[]): number[] {
  const counts = new Array<number>(step.graph.devices).fill(0);
  for (const operation of step.graph.operations)
    if (operation.pass === pass && types.includes(operation.type))
      counts[operation.device] = (counts[operation.device] ?? 0) + 1;
  return counts;
}

const stages = 3;
const stem = 1;

describe('convolutions per device, forward (method.md 7.2)', () => {
  it.each([
    { network: warp('warpnet1', 2), layout: "[F1] [F2] [F2'x1]", perLayer: [2, 2, 2] },
    { network: warp('warpnet1', 2), layout: "[F1] [F2, F2'x1]", perLayer: [2, 4] },
    { network: warp('warpnet1', 3), layout: "[F1] [F2] [F3] [F2'x1, F3'x1]", perLayer: [2, 2, 2, 4] },
    { network: warp('warpnet1', 3), layout: "[F1] [F2, F2'x1] [F3, F3'x1]", perLayer: [2, 4, 4] },
    { network: warp('warpnet2', 2), layout: "[F1] [F2] [F2'F1]", perLayer: [2, 2, 3] },
    { network: warp('warpnet2', 2), layout: "[F1] [F2] [F2'F1] recompute", perLayer: [2, 2, 5] },
  ])('$network.family, K = $network.K: $layout', ({ network, layout, perLayer }) => {
    const step = traceStep(network, layout, perLayer.length);
    const expected = perLayer.map((count, device) => count * stages + (device === 0 ? stem : 0));
    expect(countByDevice(step, 'forward', 'Conv2D')).toEqual(expected);
  });
});

describe('busy time per device', () => {
  it('is the time of as many convolutions as the layout puts there', async () => {
    const imageSize = 32;
    const step = traceStep(warp('warpnet1', 2), "[F1] [F2, F2'x1]", 2, {}, imageSize);
    const feeds = [new Float32Array(batch * imageSize ** 2 * 3), new Int32Array(batch), Float32Array.of(0)];
    await step.run(...feeds);
    const { graph, duration } = await step.profile(8, feeds);
    const busy = [0, 0];
    for (const [index, { type, pass, device, inputs }] of graph.operations.entries()) {
      const kernel = graph.operations[inputs[1]?.operation ?? -1]?.outputs[0]?.shape ?? [];
      // Those of a stage cost the same; the stem, three channels wide, does not count.
      if (type !== 'Conv2D' || pass !== 'forward' || kernel[2] === 3) continue;
      busy[device] = (busy[device] ?? 0) + Math.min(...duration.map((times) => times[index] ?? NaN));
    }
    // Twice as many on the second device: 2 and 4 a warp layer. Minima of eight steps on a shared machine: within a third.
    const ratio = (busy[1] ?? NaN) / (busy[0] ?? NaN);
    expect(ratio).toBeGreaterThan(2 / 1.5);
    expect(ratio).toBeLessThan(2 * 1.5);
  });
});

describe('the backward pass', () => {
  it('has the two gradients of each convolution on its device, but for the images and under the mask', () => {
    const step = traceStep(warp('warpnet1', 2), "[F1] [F2, F2'x1]", 2);
    // Every convolution has a gradient for its kernel, and for its input unless that is the images.
    expect(countByDevice(step, 'backward', 'Conv2DBackpropFilter')).toEqual([2 * stages + stem, 4 * stages]);
    expect(countByDevice(step, 'backward', 'Conv2DBackpropInput')).toEqual([2 * stages, 4 * stages]);
  });

  it('has no gradient to x1 and Wa through the released derivative', () => {
    const step = traceStep(warp('warpnet1', 2), "[F1] [F2, F2'x1]", 2, {
      derivative: 'released',
      batchNormEvaluation: 'batch',
    });
    expect(countByDevice(step, 'backward', 'Conv2DBackpropFilter')).toEqual([2 * stages + stem, 3 * stages]);
    expect(countByDevice(step, 'backward', 'Conv2DBackpropInput')).toEqual([2 * stages, 2 * stages]);
  });

  it('runs each gradient of batch normalisation beside its forward op, with moments too', () => {
    for (const batchNorm of ['fused', 'moments'] as const) {
      const step = traceStep(warp('warpnet2', 2), "[F1] [F2] [F2'F1]", 3, { batchNorm });
      const forward = batchNorm === 'fused' ? ['FusedBatchNormV3'] : ['Rsqrt'];
      const norms = countByDevice(step, 'forward', ...forward);
      expect(norms).toEqual([3 * stages + 2, 3 * stages, 0]);
      if (batchNorm === 'fused') expect(countByDevice(step, 'backward', 'FusedBatchNormGradV3')).toEqual(norms);
      engine?.close();
    }
    engine = undefined;
  });

  it('adds the gradients of one device before anything crosses: one feature map each way a warp layer', () => {
    const step = traceStep(warp('warpnet1', 2, 2), "[F1] [F2, F2'x1]", 2);
    const featureMapBytes = batch * size * size * 16 * 4;
    const { operations } = step.graph;
    const crossings = new Set<string>();
    for (const operation of operations)
      for (const input of operation.inputs) {
        const producer = operations[input.operation];
        if (producer === undefined || producer.device === operation.device || operation.pass === 'update') continue;
        if (input.bytes === featureMapBytes)
          crossings.add(`${operation.pass} ${producer.name} -> device ${operation.device}`);
      }
    // Stage 1 has two warp layers; stages 2 and 3 have smaller maps.
    const inPass = (pass: string) => [...crossings].filter((crossing) => crossing.startsWith(pass)).length;
    expect(inPass('forward')).toBe(2 * 2);
    expect(inPass('backward')).toBe(2 * 2);
  });

  it('places the gradient of each input, though the sums of gradients between them are made elsewhere', () => {
    engine = openTracedEngine({ devices: { kind: 'cores', count: 2 } });
    const { operations } = engine;
    const matrix = { shape: [2, 2], dtype: 'float32' } as const;
    const step = engine.compile('gradients', [matrix, matrix], ([a, b]) => {
      const { value, grads } = valueAndGrads((x: Tensor, y: Tensor) => {
        // Made on device 1 and used on both: the gradients of the use on device 0 are added up on device 1.
        const [left, right] = operations.onDevice(1, () => [neg(x), neg(y)] as const);
        const here = matMul(left, right);
        const there = operations.onDevice(1, () => matMul(left, right));
        return sum<Scalar>(add(here, there));
      })([a as Tensor, b as Tensor]);
      return [value, ...grads];
    });
    expect(countByDevice(step, 'forward', 'BatchMatMulV2')).toEqual([1, 1]);
    expect(countByDevice(step, 'backward', 'BatchMatMulV2')).toEqual([2, 2]);
  });

  it('updates every weight on the device that holds it', () => {
    const step = traceStep(warp('warpnet1', 2), "[F1] [F2, F2'x1]", 2);
    const unitParameters = 2 + 3 * 2;
    const others = 3 + 2 + 2;
    expect(countByDevice(step, 'update', 'ResourceApplyMomentum')).toEqual([
      unitParameters * stages + others,
      unitParameters * stages,
    ]);
  });
});

describe('the order on a device', () => {
  it('is total: each op that computes waits for the one before it', () => {
    const step = traceStep(wrn(2), '[F1, F2]', 1);
    const free = ['Const', 'Placeholder', 'VarHandleOp', 'ReadVariableOp', 'NoOp'];
    const chain = step.graph.operations
      .map((operation, index) => ({ operation, index }))
      .filter(({ operation }) => !free.includes(operation.type));
    chain.slice(1).forEach(({ operation }, position) => {
      expect(operation.control).toContain(chain[position]?.index);
    });
  });

  it('leaves out what a step does not need', () => {
    const step = traceStep(wrn(2), '[F1, F2]', 1);
    const used = new Set(step.graph.operations.flatMap(({ inputs }) => inputs.map((input) => input.operation)));
    const unused = step.graph.operations.filter(
      (operation, index) => !used.has(index) && operation.pass === 'backward',
    );
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});
