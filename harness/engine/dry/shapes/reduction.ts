/** Reductions and products: axes that go. */
import type { GraphOperation } from '../../tracing/graph.js';
import {
  alike,
  attribute,
  axisOf,
  broadcast,
  inputOf,
  likeInput,
  numberOf,
  numbersOf,
  one,
  required,
  type ShapeRules,
} from './rule.js';

function reduced(operation: GraphOperation): readonly number[] {
  const { shape } = inputOf(operation, 0);
  const axes = new Set(numbersOf(operation, 1).map((axis) => axisOf(axis, shape.length)));
  if (attribute(operation, 'keep_dims', 'bool') === true)
    return shape.map((extent, axis) => (axes.has(axis) ? 1 : extent));
  return shape.filter((_, axis) => !axes.has(axis));
}

/** [..., n, k] x [..., k, m] -> [..., n, m]; either may be taken transposed. */
function product(operation: GraphOperation): readonly number[] {
  const [a, b] = [inputOf(operation, 0).shape, inputOf(operation, 1).shape];
  const rows = a.at(attribute(operation, 'adj_x', 'bool') === true ? -1 : -2) ?? 1;
  const columns = b.at(attribute(operation, 'adj_y', 'bool') === true ? -2 : -1) ?? 1;
  return [...broadcast([a.slice(0, -2), b.slice(0, -2)]), rows, columns];
}

/** `ij,jk->ik`: each letter has one extent. */
function einsum(operation: GraphOperation): readonly number[] {
  const [from = '', to = ''] = required(operation, 'equation', 'string').split('->');
  const extents = new Map<string, number>();
  for (const [index, letters] of from.split(',').entries())
    for (const [axis, extent] of inputOf(operation, index).shape.entries()) extents.set(letters.charAt(axis), extent);
  return Array.from(to, (letter) => extents.get(letter) ?? 1);
}

export const reductionRules: ShapeRules = {
  ...alike(['Sum', 'Mean', 'Max', 'Min', 'Prod', 'All', 'Any'], (operation) => one(operation, reduced(operation))),
  ...alike(['ArgMax', 'ArgMin'], (operation) => {
    const { shape } = inputOf(operation, 0);
    const gone = axisOf(numberOf(operation, 1), shape.length);
    return one(
      operation,
      shape.filter((_, axis) => axis !== gone),
      required(operation, 'output_type', 'type'),
    );
  }),
  ...alike(['Cumsum', 'Cumprod', 'Softmax', 'LogSoftmax'], likeInput(0)),
  Einsum: (operation) => one(operation, einsum(operation)),
  BatchMatMulV2: (operation) => one(operation, product(operation)),
};
