/** Operations that arrange elements: reshape, concatenate, slice, gather. */
import type { GraphOperation } from '../../tracing/graph.js';
import {
  alike,
  attribute,
  axisOf,
  inputOf,
  likeInput,
  numberOf,
  numbersOf,
  one,
  required,
  type ShapeRules,
} from './rule.js';

const shapeOf = (operation: GraphOperation, index = 0): readonly number[] => inputOf(operation, index).shape;

const replaced = (shape: readonly number[], axis: number, extents: readonly number[]): number[] => [
  ...shape.slice(0, axis),
  ...extents,
  ...shape.slice(axis + 1),
];

function concatenated(operation: GraphOperation): number[] {
  const parts = operation.inputs.slice(0, -1);
  const axis = axisOf(numberOf(operation, operation.inputs.length - 1), shapeOf(operation).length);
  return replaced(shapeOf(operation), axis, [parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0)]);
}

/** The params' axis makes way for the indices' axes beyond those that both share as a batch. */
function gathered(operation: GraphOperation): number[] {
  const axis = axisOf(numberOf(operation, 2), shapeOf(operation).length);
  const batch = attribute(operation, 'batch_dims', 'int') ?? 0;
  return replaced(shapeOf(operation), axis, shapeOf(operation, 1).slice(batch));
}

function gatheredPoints(operation: GraphOperation): number[] {
  const indices = shapeOf(operation, 1);
  return [...indices.slice(0, -1), ...shapeOf(operation).slice(indices.at(-1) ?? 0)];
}

export const arrangementRules: ShapeRules = {
  Reshape: (operation) => one(operation, numbersOf(operation, 1)),
  ExpandDims: (operation) => {
    const shape = shapeOf(operation);
    const axis = axisOf(numberOf(operation, 1), shape.length + 1);
    return one(operation, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  },
  ConcatV2: (operation) => one(operation, concatenated(operation)),
  SplitV: (operation) => {
    const shape = shapeOf(operation);
    const axis = axisOf(numberOf(operation, 2), shape.length);
    return numbersOf(operation, 1).flatMap((size) => one(operation, replaced(shape, axis, [size])));
  },
  Slice: (operation) => {
    const begin = numbersOf(operation, 1);
    const sizes = numbersOf(operation, 2);
    return one(
      operation,
      shapeOf(operation).map((extent, axis) => (sizes[axis] === -1 ? extent - (begin[axis] ?? 0) : (sizes[axis] ?? 0))),
    );
  },
  Pack: (operation) => {
    const shape = shapeOf(operation);
    const axis = axisOf(required(operation, 'axis', 'int'), shape.length + 1);
    return one(operation, [...shape.slice(0, axis), operation.inputs.length, ...shape.slice(axis)]);
  },
  Unpack: (operation) => {
    const shape = shapeOf(operation);
    const part = replaced(shape, axisOf(required(operation, 'axis', 'int'), shape.length), []);
    return Array.from({ length: required(operation, 'num', 'int') }, () => one(operation, part)).flat();
  },
  Transpose: (operation) =>
    one(
      operation,
      numbersOf(operation, 1).map((axis) => shapeOf(operation)[axis] ?? 1),
    ),
  Tile: (operation) => {
    const times = numbersOf(operation, 1);
    return one(
      operation,
      shapeOf(operation).map((extent, axis) => extent * (times[axis] ?? 1)),
    );
  },
  ReverseV2: likeInput(0),
  ...alike(['PadV2', 'MirrorPad'], (operation) => {
    const paddings = numbersOf(operation, 1);
    return one(
      operation,
      shapeOf(operation).map((extent, axis) => extent + (paddings[2 * axis] ?? 0) + (paddings[2 * axis + 1] ?? 0)),
    );
  }),
  GatherV2: (operation) => one(operation, gathered(operation)),
  GatherNd: (operation) => one(operation, gatheredPoints(operation)),
  OneHot: (operation) => one(operation, [...shapeOf(operation), numberOf(operation, 1)], inputOf(operation, 2).dtype),
  UnsortedSegmentSum: (operation) =>
    one(operation, [numberOf(operation, 2), ...shapeOf(operation).slice(shapeOf(operation, 1).length)]),
};
