/** Where a function's values come from and where they go: feeds, constants, variables. */
import { inputOf, required, type ShapeRules } from './rule.js';

export const stateRules: ShapeRules = {
  Const: (operation) => {
    const { dtype, shape } = required(operation, 'value', 'tensor');
    return [{ dtype, shape }];
  },
  Placeholder: (operation) => [
    { dtype: required(operation, 'dtype', 'type'), shape: required(operation, 'shape', 'shape') },
  ],
  VarHandleOp: () => [{ dtype: 'resource', shape: [] }],
  ReadVariableOp: (operation) => {
    const { operation: handle } = inputOf(operation, 0);
    return [{ dtype: required(handle, 'dtype', 'type'), shape: required(handle, 'shape', 'shape') }];
  },
  AssignVariableOp: () => [],
  ResourceApplyMomentum: () => [],
};
