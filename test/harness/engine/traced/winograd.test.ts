/** Convolutions by Winograd's algorithm against TensorFlow's own, on all cores and on one. */
import { conv2d, sum, valueAndGrads, type Scalar, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../harness/core/seeded-random.js';
import type { EngineDevices } from '../../../../harness/engine/traced/devices.js';
import { openTracedEngine, type TracedEngine, type TracedFunction } from '../../../../harness/engine/traced/index.js';
import { winogradOperation } from '../../../../harness/engine/traced/winograd.js';
import { DryGraph } from '../../../../harness/engine/dry/dry-graph.js';
import { requireNativeLibrary } from '../../../../harness/setup/native-library.js';
import { setUpWinograd, winogradLibrary } from '../../../../harness/setup/winograd.js';
import { missingTool } from '../../../tools.js';

const engines: TracedEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

interface Convolution {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: readonly [number, number];
}

const random = seededRandom(1);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random() - 1);

/** The convolution, and its gradients by a loss that weighs every output. */
function compiled(
  { batch, height, width, channels: [inside, outside] }: Convolution,
  devices: EngineDevices,
  options: { readonly winograd?: undefined } = {},
): { readonly engine: TracedEngine; readonly run: TracedFunction } {
  const engine = openTracedEngine({ devices, ...options });
  engines.push(engine);
  const signature = [
    { shape: [batch, height, width, inside], dtype: 'float32' },
    { shape: [3, 3, inside, outside], dtype: 'float32' },
    { shape: [batch, height, width, outside], dtype: 'float32' },
  ] as const;
  const run = engine.compile('convolution', signature, ([x, kernel, weights]) => {
    const convolve = (a: Tensor, b: Tensor) => conv2d(a as Tensor4D, b as Tensor4D, 1, 'same');
    const { grads } = valueAndGrads((a: Tensor, b: Tensor) => sum<Scalar>(convolve(a, b).mul(weights as Tensor)))([
      x as Tensor,
      kernel as Tensor,
    ]);
    return [convolve(x as Tensor, kernel as Tensor), ...grads];
  });
  return { engine, run };
}

const inputsOf = ({ batch, height, width, channels: [inside, outside] }: Convolution): Float32Array[] => [
  numbers(batch * height * width * inside),
  numbers(9 * inside * outside),
  numbers(batch * height * width * outside),
];

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((total, value) => total + value ** 2, 0));
const distance = (found: ArrayLike<number>, wanted: ArrayLike<number>): number =>
  norm(Array.from(found, (value, at) => value - (wanted[at] ?? NaN))) / norm(wanted);

describe.skipIf(missingTool('compiler'))("convolutions by Winograd's algorithm", () => {
  beforeAll(async () => {
    const progress = { step: () => undefined, warn: () => undefined } as never;
    expect(await setUpWinograd(requireNativeLibrary(), process.env, progress, true)).toBeUndefined();
    expect(existsSync(winogradLibrary() ?? '')).toBe(true);
  });

  const one = { kind: 'cores', count: 1 } as const;
  const all = { kind: 'cpu' } as const;
  it.each([
    ['of a layer of the papers', { batch: 3, height: 32, width: 32, channels: [16, 16] }, one],
    ['that widens', { batch: 2, height: 16, width: 16, channels: [16, 32] }, one],
    ['of numbers of channels that no 32 divides', { batch: 2, height: 8, width: 8, channels: [48, 80] }, one],
    ['of images that no 4 divides', { batch: 5, height: 7, width: 13, channels: [32, 16] }, one],
    ['of one image of one tile', { batch: 1, height: 4, width: 4, channels: [32, 64] }, all],
    ['shared by all cores', { batch: 17, height: 12, width: 9, channels: [64, 32] }, all],
    ['of kernels that no cache holds', { batch: 4, height: 8, width: 8, channels: [256, 192] }, all],
  ] as const)("have TensorFlow's values and gradients: %s", async (_, shape, devices) => {
    const inputs = inputsOf(shape);
    const own = compiled(shape, devices);
    expect(own.engine.winograd).toBe(true);
    const theirs = compiled(shape, devices, { winograd: undefined });
    expect(theirs.engine.winograd).toBe(false);
    expect(own.run.graph.operations.map(({ type }) => type)).toEqual(
      theirs.run.graph.operations.map(({ type }) => type),
    );
    const [found, wanted] = [await own.run.run(...inputs), await theirs.run.run(...inputs)];
    const distances = found.map((values, index) => distance(values, wanted[index] ?? []));
    for (const each of distances) expect(each).toBeLessThan(5e-6);
    // Another algorithm rounds otherwise: equal bytes would mean that TensorFlow's ran twice.
    expect(Math.max(...distances)).toBeGreaterThan(0);
  });

  it('repeat bit for bit, on one core and on all', async () => {
    const shape: Convolution = { batch: 40, height: 8, width: 8, channels: [32, 32] };
    const inputs = inputsOf(shape);
    for (const devices of [one, all]) {
      const { run } = compiled(shape, devices);
      expect(await run.run(...inputs)).toEqual(await run.run(...inputs));
    }
  });

  it("are TensorFlow's where the library does not open", () => {
    const engine = openTracedEngine({ devices: one, winograd: '/nowhere/winograd.so' });
    engines.push(engine);
    expect(engine.winograd).toBe(false);
  });
});

describe('an operation that stays TensorFlow’s', () => {
  const typeOf = (size: number, channels: number, window: number, stride: number, pad: 'same' | 'valid') => {
    const graph = new DryGraph(1);
    const tensor = (shape: readonly number[]) =>
      graph.output('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape } });
    const inputs = [tensor([2, size, size, channels]), tensor([window, window, channels, 16])];
    const strides = { ints: [1, stride, stride, 1] };
    return winogradOperation(graph.add('Conv2D', inputs, { strides, padding: { string: pad.toUpperCase() } }))?.type;
  };
  it.each([
    ['none of these', 8, 16, 3, 1, 'same', 'WinogradConv2D'],
    ['a kernel of 1 x 1', 8, 16, 1, 1, 'same', undefined],
    ['a stride of 2', 8, 16, 3, 2, 'same', undefined],
    ['no padding', 8, 16, 3, 1, 'valid', undefined],
    ['images of three channels', 8, 3, 3, 1, 'same', undefined],
    ['images of 2 x 2', 2, 16, 3, 1, 'same', undefined],
  ] as const)('has %s', (_, size, channels, window, stride, pad, type) => {
    expect(typeOf(size, channels, window, stride, pad)).toBe(type);
  });
});
