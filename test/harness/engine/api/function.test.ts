/** Functions as graphs: what a user of `engine.function` counts on. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type GraphEngine } from '../../../../harness/engine/index.js';

let engine: GraphEngine;

beforeAll(async () => {
  engine = await openEngine({ devices: 'cpu:2' });
});

afterAll(() => {
  engine.close();
});

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe('engine.function', () => {
  it('computes what the function computes, and traces it once for each shape, type and value', async () => {
    let runs = 0;
    const scaled = engine.function((x: tf.Tensor, times: number) => {
      runs += 1;
      return tf.mul(x, times);
    });
    expect(numbers(await scaled(tf.tensor([1, 2]), 3))).toEqual([3, 6]);
    expect(numbers(await scaled(tf.tensor([4, 5]), 3))).toEqual([12, 15]);
    expect([runs, scaled.traceCount]).toEqual([1, 1]);
    await scaled(tf.tensor([[1, 2]]), 3);
    await scaled(tf.tensor([1, 2], [2], 'int32'), 3);
    await scaled(tf.tensor([1, 2]), 4);
    expect([runs, scaled.traceCount]).toEqual([4, 4]);
    expect(new Set(scaled.signatures).size).toBe(4);
  });

  it('takes and gives tensors in arrays and objects, of every type', async () => {
    const both = engine.function(({ a, b }: { a: tf.Tensor; b: [tf.Tensor, tf.Tensor] }) => ({
      sum: tf.add(a, b[0]),
      rest: [tf.greater(b[0], b[1]), tf.cast(a, 'int32')] as const,
      note: 'as it was',
    }));
    const { sum, rest, note } = await both({ a: tf.tensor([1.5]), b: [tf.tensor([2]), tf.tensor([1])] });
    expect([numbers(sum), numbers(rest[0]), numbers(rest[1])]).toEqual([[3.5], [1], [1]]);
    expect([sum.dtype, rest[0].dtype, rest[1].dtype]).toEqual(['float32', 'bool', 'int32']);
    expect(note).toBe('as it was');
  });

  it('takes gradients as part of the graph', async () => {
    const slope = engine.function((x: tf.Tensor) => tf.grad((y) => tf.sum(tf.square(y)))(x));
    expect(numbers(await slope(tf.tensor([1, 2, 3])))).toEqual([2, 4, 6]);
  });

  it('uses tensors from outside as constants', async () => {
    const table = tf.tensor([10, 20, 30]);
    const looked = engine.function((index: tf.Tensor) => tf.gather(table, index as tf.Tensor1D));
    expect(numbers(await looked(tf.tensor1d([2, 0], 'int32')))).toEqual([30, 10]);
  });

  it('runs calls in the order in which they were made', async () => {
    const state = tf.variable(tf.scalar(1));
    const double = engine.function(() => state.assign(state.mul(2)), 'double');
    const increment = engine.function(() => state.assign(state.add(1)), 'increment');
    await Promise.all([double(), increment(), double()]);
    expect(numbers(state)).toEqual([6]);
  });

  it('runs on this thread where it is asked to, but not while another call runs', async () => {
    const negated = engine.function((x: tf.Tensor) => tf.neg(x));
    expect(numbers(negated.sync(tf.tensor([1])))).toEqual([-1]);
    const running = negated(tf.tensor([2]));
    expect(() => negated.sync(tf.tensor([3]))).toThrow(expect.objectContaining({ code: 'ENGINE_BUSY' }));
    expect(numbers(await running)).toEqual([-2]);
  });

  it('does not let a later call change what a variable was assigned from an argument', async () => {
    const kept = tf.variable(tf.zeros([2]));
    const keep = engine.function((x: tf.Tensor) => {
      kept.assign(tf.reshape(x, [2]));
    });
    const other = engine.function((x: tf.Tensor) => x);
    const argument = tf.tensor([[1, 2]]);
    await keep(argument);
    await other(tf.tensor([[8, 9]]));
    const again = engine.function(() => tf.add(kept, 0));
    await keep(tf.tensor([[3, 4]]));
    expect(numbers(await again())).toEqual([3, 4]);
  });
});

describe('variables', () => {
  it('are changed by calls and by assignment outside, each seen by the other', async () => {
    const weight = tf.variable(tf.tensor([1, 1]));
    const step = engine.function((x: tf.Tensor) => {
      weight.assign(tf.add(weight, x));
      return tf.sum(weight);
    });
    expect(numbers(await step(tf.tensor([1, 2])))).toEqual([5]);
    expect(numbers(weight)).toEqual([2, 3]);
    // An op of tfjs's own takes a copy, which the next call makes old.
    expect(numbers(tf.mul(weight, 10))).toEqual([20, 30]);
    await step(tf.tensor([1, 1]));
    expect(numbers(tf.mul(weight, 10))).toEqual([30, 40]);
    weight.assign(tf.tensor([0, 0]));
    expect(numbers(await step(tf.tensor([1, 1])))).toEqual([2]);
    expect(numbers(weight)).toEqual([1, 1]);
  });

  it('keep their value when a trace fails', () => {
    const weight = tf.variable(tf.tensor([5]));
    const broken = engine.function(() => {
      weight.assign(tf.zeros([1]));
      throw new Error('no more');
    });
    expect(() => broken.sync()).toThrow('no more');
    expect(numbers(weight)).toEqual([5]);
  });

  it('can be made inside, and then live on', async () => {
    let count: tf.Variable | undefined;
    const counted = engine.function(() => {
      count ??= tf.variable(tf.zeros([]), false);
      count.assign(tf.add(count, 1));
      return tf.clone(count);
    });
    expect([numbers(await counted()), numbers(await counted())]).toEqual([[1], [2]]);
  });

  it('have their values when the engine is closed', async () => {
    const other = await openEngine();
    const weight = other.variable(tf.scalar(1));
    await other.function(() => weight.assign(tf.add(weight, 41)))();
    other.close();
    expect(numbers(weight)).toEqual([42]);
    await expect(async () => other.function(() => tf.scalar(1))()).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
  });

  it('are trained by an optimizer of tfjs', async () => {
    const weight = tf.variable(tf.tensor([4]));
    const optimizer = tf.train.adam(0.5);
    const step = engine.function(() => optimizer.minimize(() => tf.sum(tf.square(weight)), true, [weight]));
    const losses = [];
    for (let i = 0; i < 20; i++) losses.push(numbers((await step()) as tf.Scalar)[0] ?? 0);
    expect(losses[0]).toBe(16);
    expect(losses[19]).toBeLessThan(2);
  });
});

describe('random numbers', () => {
  it('are drawn anew at every call, from the distribution asked for', async () => {
    const drawn = engine.function(() => [
      tf.randomUniform([4000], -1, 3),
      tf.randomNormal([4000], 5, 0.1),
      tf.truncatedNormal([4000], 0, 2),
    ]);
    const first = await drawn();
    const second = await drawn();
    for (const [index, tensor] of first.entries())
      expect(numbers(tensor)).not.toEqual(numbers(second[index] ?? tensor));
    const of = (tensor: tf.Tensor | undefined) => {
      const { mean, variance } = tf.moments(tensor ?? tf.zeros([1]));
      return [numbers(mean)[0] ?? 0, Math.sqrt(numbers(variance)[0] ?? 0)];
    };
    // 4000 draws: means within four of their standard errors, 0.02 of a deviation; deviations as well.
    const [uniform, normal, truncated] = first.map(of);
    expect(uniform?.[0]).toBeCloseTo(1, 0);
    expect(uniform?.[1]).toBeCloseTo(4 / Math.sqrt(12), 1);
    expect(normal?.[0]).toBeCloseTo(5, 1);
    expect(normal?.[1]).toBeCloseTo(0.1, 1);
    // A normal distribution cut at two deviations has 0.88 of its deviation.
    expect(truncated?.[1]).toBeCloseTo(2 * 0.88, 0);
    expect(Math.max(...numbers(first[2] ?? tf.zeros([1])))).toBeLessThanOrEqual(4.0001);
  });

  it('are those of tfjs where a seed is given, and repeat from engine to engine with a seed of its own', async () => {
    const seeded = engine.function(() => tf.randomNormal([3], 0, 1, 'float32', 42));
    expect(numbers(await seeded())).toEqual(numbers(tf.randomNormal([3], 0, 1, 'float32', 42)));
    const draw = async () => {
      const own = await openEngine({ seed: 3 });
      const values = numbers(await own.function(() => tf.randomUniform([3]))());
      own.close();
      return values;
    };
    expect(await draw()).toEqual(await draw());
  });
});

describe('devices', () => {
  it('run what is placed on them, and its gradients; variables live where they are first used', () => {
    const weights = [tf.variable(tf.ones([4, 4])), tf.variable(tf.ones([4, 4]))] as const;
    const step = engine.function((x: tf.Tensor2D) => {
      const loss = () => {
        const hidden = engine.device('cpu:0', () => tf.matMul<tf.Tensor2D>(x, weights[0] as unknown as tf.Tensor2D));
        return engine.device('cpu:1', () => tf.sum(tf.matMul(hidden, weights[1] as unknown as tf.Tensor2D)));
      };
      const { value, grads } = tf.variableGrads(loss as () => tf.Scalar, [...weights]);
      return [value, ...Object.values(grads)];
    });
    const products = step
      .graph(tf.ones([2, 4]))
      .operations.filter(({ type }) => type === 'BatchMatMulV2')
      .map(({ device, pass }) => `${pass} ${device}`);
    expect(products).toEqual(['forward 0', 'forward 1', 'backward 1', 'backward 1', 'backward 0']);
    const reads = step.graph(tf.ones([2, 4])).operations.filter(({ type }) => type === 'ReadVariableOp');
    expect(reads.map(({ device }) => device)).toEqual([0, 1]);
  });

  it('are told apart in a profile, which adds up', async () => {
    const busy = engine.function((x: tf.Tensor2D) => [
      engine.device(0, () => tf.matMul(x, x)),
      engine.device('/device:CPU:1', () => tf.sum(x)),
    ]);
    const profile = await busy.profile(3, tf.ones([200, 200]));
    const table = profile.table();
    expect(table.find(({ op }) => op === 'BatchMatMulV2')).toMatchObject({ device: 'cpu:0', count: 1 });
    expect(table.find(({ op }) => op === 'Sum')).toMatchObject({ device: 'cpu:1', count: 1 });
    // Rounding of a sum of a few shares.
    expect(table.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(profile.stepMilliseconds).toHaveLength(3);
    // The argument and the product are alive together.
    expect(profile.peakBytes()[0]?.bytes).toBeGreaterThanOrEqual(2 * 200 * 200 * 4);
    const names = profile.chromeTrace().traceEvents.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['BatchMatMulV2', 'Sum']));
    expect(profile.timeline()).toMatch(/^<svg[^]*device 1[^]*<\/svg>/);
  });

  it('are refused by names that there are not', () => {
    expect(() => engine.device('cpu:7', () => tf.scalar(1))).toThrow(
      expect.objectContaining({ code: 'DEVICE_UNKNOWN', hint: expect.stringContaining('cpu:0, cpu:1') as string }),
    );
  });
});

describe('what cannot be traced is told with its way out', () => {
  const cases: [string, string, RegExp, () => unknown][] = [
    ['a value that is read', 'VALUE_READ_IN_TRACE', /read/, () => tf.scalar(1).add(1).dataSync()],
    ['an op without a kernel', 'OP_NOT_TRACED', /Unique/, () => tf.unique(tf.tensor1d([1, 1]))],
    [
      'shapes that do not fit',
      'OP_REJECTED',
      /TensorFlow rejects/,
      () => tf.gatherND(tf.ones([2, 2]), tf.ones([1, 5], 'int32')),
    ],
    ['a promise', 'FUNCTION_ASYNC', /asynchronous/, () => Promise.resolve(tf.scalar(1))],
    [
      'a variable from an argument',
      'VARIABLE_MADE_IN_TRACE',
      /variable/,
      () => tf.scalar(1).add(tf.scalar(2)).variable(),
    ],
    ['strings', 'CONSTANT_TYPE', /string/, () => tf.clone(tf.tensor(['a']))],
  ];

  it.each(cases)('%s', async (_, code, message, body) => {
    const broken = engine.function(() => body() as tf.Tensor);
    await expect(broken()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/\w/) as string,
    });
  });

  it('an argument that is no tensor', async () => {
    const taken = engine.function((x: unknown) => x as tf.Tensor);
    await expect(taken(new Map())).rejects.toMatchObject({ code: 'ARGUMENT_UNKNOWN' });
  });
});
