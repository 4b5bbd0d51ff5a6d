/** The key under which an operation's measured time is kept. */
import { kindOf } from '../../engine/operation-kind.js';
import type { StepGraph, StepOperation } from '../../engine/step-graph.js';

/**
 * Type and shapes: operations with the same key cost the same on the same hardware. Left out is what costs
 * nothing: scalars, resources, empty tensors, dimensions of 1, and constants, which say axes and shapes. A batch normalisation and an update go by their first tensor, which says all.
 */
export function operationKey({ operations }: StepGraph, operation: StepOperation): string {
  const inputs = operation.inputs.map(({ operation: index, output }) => {
    const producer = operations[index];
    return producer === undefined || producer.type === 'Const' ? '' : textOf(producer.outputs[output]?.shape ?? []);
  });
  const shapes = inputs.filter((text) => text !== '');
  const kind = kindOf(operation.type);
  if (kind === 'batch-norm' || kind === 'update') return `${operation.type}|${shapes[0] ?? ''}`;
  const outputs = operation.outputs.map(({ shape }) => textOf(shape)).filter((text) => text !== '');
  return `${operation.type}|${shapes.join('|')}>${outputs.join(';')}`;
}

const texts = new WeakMap<readonly number[], string>();

/** Empty for a scalar or an empty tensor. An output's shape is asked for by every operation that reads it, so it is kept. */
function textOf(shape: readonly number[]): string {
  const known = texts.get(shape);
  if (known !== undefined) return known;
  const text = shape.includes(0) ? '' : shape.filter((size) => size !== 1).join(',');
  texts.set(shape, text);
  return text;
}
