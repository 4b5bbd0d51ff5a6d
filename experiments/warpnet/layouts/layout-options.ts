/** Whether a layout leaves the function as it is under a protocol. */
import { LayoutProblem } from '../../../harness/plan/paper/layout.js';
import type { ProtocolOptions } from '../../../harness/plan/paper/protocol-options.js';
import type { NetworkSpecification } from '../model/specification.js';
import { bracketsOf, formatLayout, mergesProducts, type Layout } from './layout.js';

/** Readings under which `Fj'(v + w)` is `Fj'v + Fj'w`. */
const linear: readonly unknown[] = ['R1', 'R2', 'R4'];

/** @throws LayoutProblem LAYOUT_INVALID */
export function checkUnderOptions(layout: Layout, network: NetworkSpecification, options: ProtocolOptions): void {
  const text = formatLayout(layout);
  const problem = (message: string, hint: string): LayoutProblem => new LayoutProblem(message, hint, 0, text.length);
  if (layout.kind === 'pipeline') {
    if (options['batchNormReplicas'] === 'synchronised')
      throw problem(
        'The micro-batches of a pipeline are normalised one after the other',
        'Their statistics cannot be those of the whole batch: batchNormReplicas: per-replica.',
      );
    return;
  }
  if (!mergesProducts(network) || linear.includes(options['derivative'])) return;
  const holders = new Map<number, number>();
  for (const [bracket, terms] of bracketsOf(layout).entries())
    for (const term of terms) {
      if (term.kind !== 'derivative') continue;
      const holder = holders.get(term.unit) ?? bracket;
      holders.set(term.unit, holder);
      if (holder !== bracket)
        throw problem(
          `Under derivative: ${String(options['derivative'])} the products of F${term.unit}' are one: of the sum of the outputs`,
          `F${term.unit}' of parts of the sum, on two devices, would be another network. Put them into one bracket.`,
        );
    }
}
