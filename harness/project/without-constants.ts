import type { StepGraph } from '../engine/step-graph.js';

/**
 * A step without the constants (axes, shapes, factors) that only their own device reads: they take no time and next to no
 * memory, but are a large part of a traced graph's operations. A momentum step's gradient stays its fourth input.
 */
export function withoutConstants(graph: StepGraph): StepGraph {
  const { operations } = graph;
  const kept = operations.map(({ type }) => type !== 'Const');
  for (const { inputs, device, control } of operations) {
    for (const { operation } of inputs) if (operations[operation]?.device !== device) kept[operation] = true;
    for (const operation of control) kept[operation] = true;
  }
  let count = 0;
  const position = kept.map((keep) => (keep ? count++ : -1));
  const at = (operation: number): number => position[operation] ?? -1;
  return {
    ...graph,
    operations: operations
      .filter((_, index) => kept[index])
      .map((operation) => ({
        ...operation,
        inputs: operation.inputs
          .filter((input) => kept[input.operation])
          .map((input) => ({ ...input, operation: at(input.operation) })),
        control: operation.control.map(at),
      })),
  };
}
