/** Element-wise operations: the shape of their inputs, broadcast. */
import { alike, broadcast, inputOf, likeInput, numbersOf, one, required, type ShapeRules } from './rule.js';
import type { GraphOperation } from '../../tracing/graph.js';

const unary = [
  ...['Exp', 'Expm1', 'Log', 'Log1p', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Sigmoid', 'Softplus', 'Erf', 'Elu', 'Selu'],
  ...['Sin', 'Cos', 'Tan', 'Sinh', 'Cosh', 'Tanh', 'Asin', 'Acos', 'Atan', 'Asinh', 'Acosh', 'Atanh'],
  ...['Floor', 'Ceil', 'Round', 'Abs', 'Neg', 'Relu', 'Relu6', 'LeakyRelu', 'Sign', 'Square', 'LogicalNot'],
  ...['Identity', 'ZerosLike', 'OnesLike', 'ClipByValue', 'ReluGrad'],
];
const tests = ['IsNan', 'IsInf', 'IsFinite'];
const binary = [
  ...['AddV2', 'Sub', 'Mul', 'RealDiv', 'FloorDiv', 'FloorMod', 'Maximum', 'Minimum', 'Pow', 'SquaredDifference'],
  ...['Atan2', 'AddN'],
];
const comparisons = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'];

const together = ({ inputs }: GraphOperation): readonly number[] => broadcast(inputs.map(({ shape }) => shape));

export const elementwiseRules: ShapeRules = {
  ...alike(unary, likeInput(0)),
  ...alike(tests, (operation) => one(operation, inputOf(operation, 0).shape, 'bool')),
  ...alike(binary, (operation) => one(operation, together(operation))),
  ...alike(comparisons, (operation) => one(operation, together(operation), 'bool')),
  SelectV2: (operation) => one(operation, together(operation), inputOf(operation, 1).dtype),
  Cast: (operation) => one(operation, inputOf(operation, 0).shape, required(operation, 'DstT', 'type')),
  Fill: (operation) => one(operation, numbersOf(operation, 0), inputOf(operation, 1).dtype),
};
