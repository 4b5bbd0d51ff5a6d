import type { Figure } from '../figures.js';

/** A figure that is compared with nothing but its goal: the ratios are measured over goal. */
export function againstGoal(
  figure: Pick<Figure, 'benchmark' | 'network' | 'batch' | 'what' | 'measured' | 'unit' | 'goal'> & {
    /** What `measured` is an amount of. */
    readonly quantity: 'time' | 'memory';
  },
): Figure {
  const { quantity, ...rest } = figure;
  const ratio = figure.measured / figure.goal;
  return {
    ...rest,
    peer: `goal: ${figure.goal} ${figure.unit}`,
    ratioTime: quantity === 'time' ? ratio : null,
    ratioMemory: quantity === 'memory' ? ratio : null,
  };
}

export const printFigure = (figure: Figure): void => void process.stdout.write(`${JSON.stringify(figure)}\n`);

/** The programs are told `quick` for a small version of themselves. */
export const quick = process.argv.includes('quick');
