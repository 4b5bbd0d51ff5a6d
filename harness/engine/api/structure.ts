/** Arguments and results of functions: tensors in arrays and plain objects, as deep as one likes. */
import { Tensor } from '@tensorflow/tfjs-core';

/** What stands for a value when the tensors are taken out of it: their places, and everything else as it is. */
type Skeleton =
  | { readonly kind: 'tensor'; readonly index: number }
  | { readonly kind: 'array'; readonly items: readonly Skeleton[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Skeleton])[] }
  | { readonly kind: 'value'; readonly value: unknown };

export interface Flattened {
  readonly tensors: Tensor[];
  /** Of equal text for equal arrangements, shapes, types and other values. */
  readonly key: string;
  /** The value again, with other tensors in the places of those that were taken out. */
  rebuild(tensors: readonly Tensor[]): unknown;
}

/** @throws TypeError for what has no text of its own, such as a function or a class's object */
export function flatten(value: unknown): Flattened {
  const tensors: Tensor[] = [];
  let key = '';
  const visit = (part: unknown): Skeleton => {
    if (part instanceof Tensor) {
      const tensor = part as Tensor;
      tensors.push(tensor);
      key += `${tensor.dtype}[${tensor.shape.join(',')}]`;
      return { kind: 'tensor', index: tensors.length - 1 };
    }
    if (Array.isArray(part)) {
      key += '(';
      const items = part.map((item) => visit(item));
      key += ')';
      return { kind: 'array', items };
    }
    if (isPlainObject(part)) {
      key += '{';
      const entries = Object.entries(part).map(([name, each]) => {
        key += `${name}:`;
        return [name, visit(each)] as const;
      });
      key += '}';
      return { kind: 'object', entries };
    }
    if (part !== null && (typeof part === 'object' || typeof part === 'function'))
      throw new TypeError('neither a tensor, a plain value, nor an array or plain object of them');
    key += `${typeof part}=${String(part)};`;
    return { kind: 'value', value: part };
  };
  const skeleton = visit(value);
  return { tensors, key, rebuild: (others) => rebuild(skeleton, others) };
}

function rebuild(skeleton: Skeleton, tensors: readonly Tensor[]): unknown {
  switch (skeleton.kind) {
    case 'tensor':
      return tensors[skeleton.index];
    case 'array':
      return skeleton.items.map((item) => rebuild(item, tensors));
    case 'object':
      return Object.fromEntries(skeleton.entries.map(([name, part]) => [name, rebuild(part, tensors)]));
    case 'value':
      return skeleton.value;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
