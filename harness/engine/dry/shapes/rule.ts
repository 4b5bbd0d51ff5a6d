/** What a shape rule is, and what rules read: inputs, attributes, and the numbers of constant inputs. */
import type { Attribute, DataType, GraphOperation, GraphOutput, OutputSpecification } from '../../tracing/graph.js';

/** Types and shapes of an operation's outputs. Kernels check their arguments; a rule meets only what TensorFlow accepts. */
export type ShapeRule = (operation: GraphOperation) => readonly OutputSpecification[];

export type ShapeRules = Readonly<Record<string, ShapeRule>>;

/** The same rule for several operation types. */
export const alike = (types: readonly string[], rule: ShapeRule): ShapeRules =>
  Object.fromEntries(types.map((type) => [type, rule]));

export function inputOf({ inputs, type }: GraphOperation, index: number): GraphOutput {
  const input = inputs[index];
  if (input === undefined) throw new Error(`Internal error: ${type} without input ${index}`);
  return input;
}

/** One output of the given shape, of the first input's type where none is named. */
export const one = (operation: GraphOperation, shape: readonly number[], dtype?: DataType): OutputSpecification[] => [
  { dtype: dtype ?? inputOf(operation, 0).dtype, shape },
];

/** One output like an input. */
export const likeInput =
  (index: number): ShapeRule =>
  (operation) => {
    const { dtype, shape } = inputOf(operation, index);
    return [{ dtype, shape }];
  };

/** The numbers of a constant input: a shape, axes, paddings. */
export function numbersOf(operation: GraphOperation, index: number): readonly number[] {
  const { operation: producer } = inputOf(operation, index);
  const value = producer.attributes['value'];
  if (producer.type === 'Const' && value !== undefined && 'tensor' in value) return [...value.tensor.values];
  if (producer.type === 'Reshape') return numbersOf(producer, 0);
  throw new Error(`Internal error: input ${index} of ${operation.type} is no constant`);
}

/** The one number of a constant input. */
export function numberOf(operation: GraphOperation, index: number): number {
  const [number] = numbersOf(operation, index);
  if (number === undefined) throw new Error(`Internal error: input ${index} of ${operation.type} is empty`);
  return number;
}

type Kind<Key> = Attribute extends infer One
  ? One extends Readonly<Record<Key & string, infer Value>>
    ? Value
    : never
  : never;

/** An attribute of the kind it has to be; undefined where it is not given. */
export function attribute<Key extends 'int' | 'ints' | 'bool' | 'string' | 'type' | 'shape' | 'tensor'>(
  operation: GraphOperation,
  name: string,
  kind: Key,
): Kind<Key> | undefined {
  const found = operation.attributes[name];
  if (found === undefined) return undefined;
  return (found as Readonly<Record<Key, Kind<Key>>>)[kind];
}

/** As `attribute`, where it has to be given. */
export function required<Key extends Parameters<typeof attribute>[2]>(
  operation: GraphOperation,
  name: string,
  kind: Key,
): Kind<Key> {
  const found = attribute(operation, name, kind);
  if (found === undefined) throw new Error(`Internal error: ${operation.type} without attribute ${name}`);
  return found;
}

/** An axis from the front. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Shape of an element-wise operation: axes are matched from the last, an extent of 1 is repeated. */
export function broadcast(shapes: readonly (readonly number[])[]): readonly number[] {
  return shapes.reduce((a, b) => {
    if (a.length === b.length && a.every((extent, axis) => extent === b[axis])) return a;
    const rank = Math.max(a.length, b.length);
    return Array.from({ length: rank }, (_, axis) => {
      const [left = 1, right = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]];
      return left === 1 ? right : left;
    });
  });
}
