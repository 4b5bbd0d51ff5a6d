/** Convolutions and pooling: x [batch, height, width, channels], kernel [height, width, channels in, channels out]. */
import type { GraphOperation } from '../../tracing/graph.js';
import { alike, attribute, inputOf, likeInput, numbersOf, one, required, type ShapeRules } from './rule.js';

/** Positions of a window along one axis. */
function positions(operation: GraphOperation, axis: number, extent: number, window: number): number {
  const stride = required(operation, 'strides', 'ints')[axis] ?? 1;
  const reach = (window - 1) * (attribute(operation, 'dilations', 'ints')?.[axis] ?? 1) + 1;
  switch (required(operation, 'padding', 'string')) {
    case 'SAME':
      return Math.ceil(extent / stride);
    case 'VALID':
      return Math.ceil((extent - reach + 1) / stride);
    default: {
      const paddings = required(operation, 'explicit_paddings', 'ints');
      const padded = extent + (paddings[2 * axis] ?? 0) + (paddings[2 * axis + 1] ?? 0);
      return Math.ceil((padded - reach + 1) / stride);
    }
  }
}

function swept(operation: GraphOperation, window: readonly number[], channels: number | undefined): readonly number[] {
  const [batch = 1, height = 1, width = 1, same = 1] = inputOf(operation, 0).shape;
  return [
    batch,
    positions(operation, 1, height, window[0] ?? 1),
    positions(operation, 2, width, window[1] ?? 1),
    channels ?? same,
  ];
}

export const convolutionRules: ShapeRules = {
  Conv2D: (operation) => {
    const kernel = inputOf(operation, 1).shape;
    return one(operation, swept(operation, kernel, kernel[3]));
  },
  // The first input, of int32, is the shape of what is put out.
  Conv2DBackpropInput: (operation) => one(operation, numbersOf(operation, 0), inputOf(operation, 2).dtype),
  Conv2DBackpropFilter: (operation) => one(operation, numbersOf(operation, 1)),
  ...alike(['AvgPool', 'MaxPool'], (operation) =>
    one(operation, swept(operation, required(operation, 'ksize', 'ints').slice(1, 3), undefined)),
  ),
  AvgPoolGrad: (operation) => one(operation, numbersOf(operation, 0), inputOf(operation, 1).dtype),
  MaxPoolGrad: likeInput(0),
};
