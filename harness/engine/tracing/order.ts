/** Puts the ops of each device into one order by control edges: a device is then one core running one op at a time. */
import type { GraphBuilder, GraphOperation } from './graph.js';

/** Ops that compute nothing: they would only delay the chain, or start it late. */
const free = new Set(['Const', 'Placeholder', 'VarHandleOp', 'ReadVariableOp', 'NoOp']);

/** An edge between operations, `[earlier, later]`. */
export type Edge = readonly [GraphOperation, GraphOperation];

/** The operations that `ends` need, themselves included, and what those wait for by `held`; in program order. */
export function needed(
  operations: readonly GraphOperation[],
  ends: readonly GraphOperation[],
  held: readonly Edge[],
): GraphOperation[] {
  const waitsFor = new Map<GraphOperation, GraphOperation[]>();
  for (const [earlier, later] of held) {
    const before = waitsFor.get(later) ?? [];
    before.push(earlier);
    waitsFor.set(later, before);
  }
  const marked = new Set<GraphOperation>();
  const pending = [...ends];
  for (let operation = pending.pop(); operation !== undefined; operation = pending.pop()) {
    if (marked.has(operation)) continue;
    marked.add(operation);
    for (const input of operation.inputs) pending.push(input.operation);
    pending.push(...(waitsFor.get(operation) ?? []));
  }
  return operations.filter((operation) => marked.has(operation));
}

/**
 * Adds a control edge between consecutive ops of each device, in the order given (which must be topological). Only ops
 * that a run needs may be chained: a control edge would make an unneeded one run.
 * Returns the edges, as `[earlier, later]`.
 */
export function orderDevices(graph: GraphBuilder, operations: readonly GraphOperation[]): Edge[] {
  const lastOn = new Map<number, GraphOperation>();
  const edges: Edge[] = [];
  for (const operation of operations) {
    if (free.has(operation.type)) continue;
    const last = lastOn.get(operation.device);
    lastOn.set(operation.device, operation);
    if (last === undefined) continue;
    edges.push([last, operation]);
    // A data edge orders them already.
    if (!operation.inputs.some((input) => input.operation === last)) graph.order(last, operation);
  }
  return edges;
}
