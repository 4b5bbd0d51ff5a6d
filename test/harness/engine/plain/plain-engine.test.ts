import { add, getBackend, memory, mul, scalar, setBackend, sum } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../../harness/engine/plain/plain-engine.js';

const vector = { shape: [2], dtype: 'float32' } as const;
let engine: Engine | undefined;
const open = async (): Promise<Engine> => (engine = await openPlainEngine({ backend: 'cpu' }));
afterEach(() => engine?.close());

describe('the JavaScript engine', () => {
  it('runs a function on what it is fed', async () => {
    const cpu = await open();
    expect(cpu.name).toBe('cpu');
    expect(cpu.devices).toBe(1);
    const double = cpu.compile('double', [vector], ([x]) => [mul(x ?? 0, 2), sum(x ?? 0)]);
    expect(await double.run(Float32Array.of(1, 2))).toEqual([Float32Array.of(2, 4), Float32Array.of(3)]);
    expect(await double.run(Float32Array.of(5, 5))).toEqual([Float32Array.of(10, 10), Float32Array.of(10)]);
    expect(double.outputs).toEqual([vector, { shape: [], dtype: 'float32' }]);
  });

  it('an assignment is seen after the body, not within it', async () => {
    const cpu = await open();
    const count = cpu.variable('count', [], Float32Array.of(1), 0);
    const next = cpu.compile('next', [], (_, variables) => {
      variables.assign(count, add(variables.read(count), 1));
      return [variables.read(count)];
    });
    expect(await next.run()).toEqual([Float32Array.of(1)]);
    expect(await next.run()).toEqual([Float32Array.of(2)]);
    expect(await cpu.readVariables([count])).toEqual([Float32Array.of(3)]);
    await cpu.writeVariables([count], [Float32Array.of(10)]);
    expect(await next.run()).toEqual([Float32Array.of(10)]);
  });

  it.each([
    // m = 0.25 * 4 + 2 = 3; w = 1 - 0.1 * 3
    [false, 0.7],
    // w = 1 - 0.1 * (2 + 0.25 * 3)
    [true, 0.725],
  ])('applies momentum (Nesterov: %s), by hand', async (nesterov, expected) => {
    const cpu = await open();
    const weight = cpu.variable('w', [], Float32Array.of(1), 0);
    const accumulator = cpu.variable('m', [], Float32Array.of(4), 0);
    const update = cpu.compile('update', [{ shape: [], dtype: 'float32' }], ([learningRate], variables) => {
      variables.applyMomentum(weight, accumulator, scalar(2), learningRate ?? scalar(0), 0.25, nesterov);
      return [variables.read(weight)];
    });
    expect(await update.run(Float32Array.of(0.1))).toEqual([Float32Array.of(1)]);
    const [w, m] = await cpu.readVariables([weight, accumulator]);
    expect(w?.[0]).toBeCloseTo(expected, 6);
    expect(m?.[0]).toBeCloseTo(3, 6);
  });

  it('does not grow in memory, and gives everything back when closed', async () => {
    const before = memory().numTensors;
    const cpu = await open();
    const value = cpu.variable('v', [2], Float32Array.of(1, 2), 0);
    const step = cpu.compile('step', [vector], ([x], variables) => {
      variables.assign(value, add(variables.read(value), mul(x ?? 0, 3)));
      return [sum(variables.read(value))];
    });
    for (let run = 0; run < 5; run += 1) await step.run(Float32Array.of(1, 1));
    expect(memory().numTensors).toBe(before + 1);
    cpu.close();
    expect(memory().numTensors).toBe(before);
  });

  it('leaves the current backend as it was', async () => {
    const cpu = await open();
    await import('@tensorflow/tfjs');
    const { registerBackend, KernelBackend } = await import('@tensorflow/tfjs-core');
    registerBackend('other', () => new (class extends KernelBackend {})());
    await setBackend('other');
    const double = cpu.compile('double', [vector], ([x]) => [mul(x ?? 0, 2)]);
    expect(await double.run(Float32Array.of(1, 2))).toEqual([Float32Array.of(2, 4)]);
    expect(getBackend()).toBe('other');
    await setBackend('cpu');
  });

  it('what a body throws comes out, and assigns nothing', async () => {
    const cpu = await open();
    const value = cpu.variable('v', [], Float32Array.of(1), 0);
    const before = memory().numTensors;
    const broken = cpu.compile('broken', [], (_, variables) => {
      variables.assign(value, scalar(5));
      throw new Error('no');
    });
    await expect(broken.run()).rejects.toThrow('no');
    expect(await cpu.readVariables([value])).toEqual([Float32Array.of(1)]);
    expect(memory().numTensors).toBe(before);
  });
});
