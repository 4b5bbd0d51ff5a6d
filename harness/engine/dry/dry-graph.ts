/** A graph with nothing behind it: what TensorFlow would tell of an operation's outputs follows from rules. */
import { GraphBuilder, type GraphOperation, type OutputSpecification } from '../tracing/graph.js';
import { shapeRules } from './shapes/index.js';

export class DryGraph extends GraphBuilder {
  /** The step's plain form keeps the order; here is nothing to tell. */
  override order(): void {}

  protected override record(operation: GraphOperation): readonly OutputSpecification[] {
    const rule = shapeRules.get(operation.type);
    if (rule === undefined) throw new Error(`Internal error: no shape rule for ${operation.type}`);
    return rule(operation);
  }
}
