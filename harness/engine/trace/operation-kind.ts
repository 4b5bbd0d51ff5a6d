/** The kinds of op that a picture of a step tells apart. */

export const operationKinds = [
  'convolution',
  'convolution gradient',
  'normalisation',
  'element-wise',
  'update',
  'other',
] as const;
export type OperationKind = (typeof operationKinds)[number];

const convolutionGradients = new Set(['Conv2DBackpropInput', 'Conv2DBackpropFilter']);
const normalisations = new Set([
  'FusedBatchNormV3',
  'FusedBatchNormGradV3',
  'Mean',
  'Sum',
  'SquaredDifference',
  'Rsqrt',
]);
const elementWise = new Set([
  'AddV2',
  'AddN',
  'Mul',
  'Sub',
  'RealDiv',
  'Relu',
  'ReluGrad',
  'Square',
  'Neg',
  'Greater',
  'Cast',
]);

export function kindOf(operation: { readonly type: string; readonly pass: string }): OperationKind {
  if (operation.pass === 'update') return 'update';
  if (operation.type === 'Conv2D') return 'convolution';
  if (convolutionGradients.has(operation.type)) return 'convolution gradient';
  if (normalisations.has(operation.type)) return 'normalisation';
  if (elementWise.has(operation.type)) return 'element-wise';
  return 'other';
}
