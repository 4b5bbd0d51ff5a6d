import type { Paper } from '../plan/paper/paper.js';
import type { SizeOf } from '../plan/step-size.js';
import type { Surroundings } from '../run/surroundings.js';

/** How large the steps of papers' networks are, read from their graphs: nothing of TensorFlow is loaded. */
export async function stepSizesOf(papers: readonly Paper[], { sizeOf }: Surroundings): Promise<SizeOf> {
  if (sizeOf !== undefined) return sizeOf;
  const [{ stepSizes }] = await Promise.all([
    import('../project/step-size.js'),
    ...papers.map(async (paper) => paper.loadModels()),
  ]);
  return stepSizes();
}
