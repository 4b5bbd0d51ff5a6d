/** What the price of one operation depends on, as the key under which its measured time is kept. */
import { kindOf } from '../../engine/operation-kind.js';
import type { StepAttribute, StepGraph, StepOperation } from '../../engine/step-graph.js';

/**
 * Type, attributes, shapes and element type, as `Conv2D{padding=SAME;strides=1,1,1,1}|128,32,32,16|3,3,16,16>128,32,32,16 float32`:
 * operations with one key cost the same on one device. Left out is what costs nothing: scalars, resources, empty tensors,
 * dimensions of 1, and constants, which say axes and shapes. A batch normalisation and an update go by their first tensor,
 * which says all.
 */
export function operationKey({ operations }: StepGraph, operation: StepOperation): string {
  const inputs = operation.inputs.map(({ operation: index, output }) => {
    const producer = operations[index];
    return producer === undefined || producer.type === 'Const' ? '' : textOf(producer.outputs[output]?.shape ?? []);
  });
  const shapes = inputs.filter((text) => text !== '');
  const kind = kindOf(operation.type);
  // What moves no data has names of variables among its attributes, which are all different.
  const name = `${operation.type}${kind === 'free' ? '' : attributesOf(operation)}`;
  const type = operation.outputs[0]?.dtype ?? '';
  if (kind === 'batch-norm' || kind === 'update') return `${name}|${shapes[0] ?? ''} ${type}`;
  const outputs = operation.outputs.map(({ shape }) => textOf(shape)).filter((text) => text !== '');
  return `${name}|${shapes.join('|')}>${outputs.join(';')} ${type}`;
}

function attributesOf({ attributes }: StepOperation): string {
  if (attributes === undefined) return '';
  return `{${Object.entries(attributes)
    .map(([name, value]: [string, StepAttribute]) => `${name}=${String(value)}`)
    .sort()
    .join(';')}}`;
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
