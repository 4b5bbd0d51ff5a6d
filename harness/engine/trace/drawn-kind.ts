/** The kinds of operation that a picture of a step tells apart. */
import { kindOf } from '../operation-kind.js';

export const drawnKinds = [
  'convolution',
  'convolution gradient',
  'normalisation',
  'element-wise',
  'update',
  'other',
] as const;
export type DrawnKind = (typeof drawnKinds)[number];

export function drawnKindOf({ type, pass }: { readonly type: string; readonly pass: string }): DrawnKind {
  if (pass === 'update') return 'update';
  switch (kindOf(type)) {
    case 'convolution':
      return pass === 'backward' ? 'convolution gradient' : 'convolution';
    // Means and sums are those of normalisations, but for a few.
    case 'batch-norm':
    case 'reduction':
      return 'normalisation';
    case 'elementwise':
      return 'element-wise';
    case 'update':
      return 'update';
    case 'copy':
    case 'free':
      return 'other';
  }
}
