/**
 * Random tensors of a traced function. tfjs draws them in JavaScript, one number after the other; taken as they are, they would be
 * constants of the graph and the same in every call. A tensor that was drawn without a seed is recognised by the generator that tfjs
 * seeds with `Math.random()`, and becomes an operation that draws from the same distribution at every call. With a seed tfjs itself
 * draws the same numbers every time, and so does the graph.
 */
import type { BackendValues, DataType } from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { floatScalar, intVector } from './constants.js';
import type { GraphBuilder, GraphOutput } from './graph.js';

/** `scale * z + shift` for z from [0, 1), from the standard normal distribution, or from that within two deviations. */
export interface Distribution {
  readonly type: 'RandomUniform' | 'RandomStandardNormal' | 'TruncatedNormal';
  readonly scale: number;
  readonly shift: number;
}

/** The numbers that tfjs draws from a seed (tfjs-core, rand_util.ts), before they are scaled and shifted. */
const generators: Readonly<Record<Distribution['type'], (seed: string, count: number) => number[]>> = {
  RandomUniform: (seed, count) => {
    const next = seedrandom.alea(seed);
    return Array.from({ length: count }, () => next());
  },
  RandomStandardNormal: (seed, count) => polar(seed, count, Infinity),
  TruncatedNormal: (seed, count) => polar(seed, count, 2),
};

/** Marsaglia's polar method, as tfjs has it: pairs, and what is beyond `limit` is drawn again. */
function polar(seed: string, count: number, limit: number): number[] {
  const next = seedrandom.alea(seed);
  const drawn: number[] = [];
  while (drawn.length < count) {
    let [first, second, square] = [0, 0, 0];
    do {
      first = 2 * next() - 1;
      second = 2 * next() - 1;
      square = first * first + second * second;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    if (Math.abs(first * factor) > limit) continue;
    drawn.push(first * factor);
    if (Math.abs(second * factor) <= limit) drawn.push(second * factor);
  }
  return drawn.slice(0, count);
}

/** The distribution that `values` were drawn from with tfjs's generator and this seed; undefined for any other numbers. */
export function recogniseDraw(values: ArrayLike<number>, seed: string): Distribution | undefined {
  for (const type of Object.keys(generators) as Distribution['type'][]) {
    const standard = generators[type](seed, values.length);
    const line = lineThrough(standard, values);
    if (line !== undefined) return { type, ...line };
  }
  return undefined;
}

/** Float32 keeps seven digits of a value. */
const rounding = 1e-5;

/** So that two recordings of one distribution, which differ in the last digit, are the same operation. */
const sixDigits = (value: number): number => Number(value.toPrecision(6));

function lineThrough(
  from: readonly number[],
  to: ArrayLike<number>,
): Pick<Distribution, 'scale' | 'shift'> | undefined {
  const [low, high] = [from.indexOf(Math.min(...extremes(from))), from.indexOf(Math.max(...extremes(from)))];
  const value = (index: number) => to[index] ?? Number.NaN;
  const span = (from[high] ?? 0) - (from[low] ?? 0);
  // One number tells no line: it is the standard distribution or none.
  const scale = span === 0 ? 1 : sixDigits((value(high) - value(low)) / span);
  const exact = span === 0 ? 0 : value(low) - scale * (from[low] ?? 0);
  const shift = Math.abs(exact) < rounding * Math.abs(scale) ? 0 : sixDigits(exact);
  const tolerance = rounding * (Math.abs(scale) + Math.abs(shift));
  const fits = scale !== 0 && from.every((x, index) => Math.abs(scale * x + shift - value(index)) <= tolerance);
  return fits ? { scale, shift } : undefined;
}

/** The least and the greatest, without handing a million arguments on. */
function extremes(numbers: readonly number[]): [number, number] {
  return numbers.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity]);
}

/** Watches a recording for tensors that are drawn anew at every call. */
export class RandomDraws {
  #seeds: number[] = [];
  #operations = 0;

  /** @param seed of the operations; without it every engine draws other numbers */
  constructor(private readonly seed: number | undefined) {}

  /** From now until the returned function is called, notes what `Math.random` gives. */
  watch(): () => void {
    const original = Math.random;
    this.#seeds = [];
    Math.random = () => {
      const value = original();
      this.#seeds.push(value);
      return value;
    };
    return () => {
      Math.random = original;
    };
  }

  /** What draws `values` at every call, where tfjs has just drawn them without a seed. */
  operationFor(
    graph: GraphBuilder,
    values: BackendValues,
    shape: readonly number[],
    dtype: DataType,
  ): GraphOutput | undefined {
    const seeds = this.#seeds;
    this.#seeds = [];
    const seed = seeds.at(-1);
    if (seed === undefined || dtype !== 'float32' || !(values instanceof Float32Array)) return undefined;
    const distribution = recogniseDraw(values, seed.toString());
    return distribution && this.#operation(graph, distribution, shape);
  }

  /** The two seeds of an operation: a pair of zeros lets TensorFlow choose. */
  nextSeeds(): { seed: { int: number }; seed2: { int: number } } {
    this.#operations += 1;
    return this.seed === undefined
      ? { seed: { int: 0 }, seed2: { int: 0 } }
      : { seed: { int: this.seed }, seed2: { int: this.#operations } };
  }

  #operation(graph: GraphBuilder, { type, scale, shift }: Distribution, shape: readonly number[]): GraphOutput {
    const attributes = { dtype: { type: 'float32' }, ...this.nextSeeds() } as const;
    const standard = graph.output(type, [intVector(graph, shape)], attributes);
    const scaled = graph.output('Mul', [standard, floatScalar(graph, scale)]);
    return graph.output('AddV2', [scaled, floatScalar(graph, shift)]);
  }
}
