/** What training times should be by counting blocks: the paper's closed formula, its own cycles, and the line through its printed minutes. */

/** The part of the full training's time that is saved by `interpolations` equally spaced ones, percent: 0, 25, 42, 53 … (method.md 4). */
export const savedByFormula = (interpolations: number): number =>
  100 * (1 - (2 ** (interpolations + 1) - 1) / (2 ** interpolations * (interpolations + 1)));

export interface Growing {
  /** Blocks a stage of the first network, doubled at the beginning of each further cycle but for the first. */
  readonly firstBlocks: number;
  /** Lengths of the cycles, in any unit. */
  readonly cycles: readonly number[];
}

/** Blocks of each cycle. */
const blocksOf = ({ firstBlocks, cycles }: Growing): number[] => cycles.map((_, cycle) => firstBlocks * 2 ** cycle);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Mean over a training of a cost that depends on the blocks. */
function meanCost(growing: Growing, costOf: (blocks: number) => number): number {
  const { cycles } = growing;
  return sum(blocksOf(growing).map((blocks, cycle) => costOf(blocks) * (cycles[cycle] ?? 0))) / sum(cycles);
}

/** Percent of the full training's time that is saved if a step's time is `costOf` its blocks. */
export function saved(growing: Growing, costOf: (blocks: number) => number): number {
  const last = blocksOf(growing).at(-1) ?? growing.firstBlocks;
  return 100 * (1 - meanCost(growing, costOf) / costOf(last));
}

/** If time is proportional to blocks: 43.75 for 60, 50 and 50 epochs. */
export const savedByBlocks = (growing: Growing): number => saved(growing, (blocks) => blocks);

/** If time grows with the blocks and one more: stem and head. */
export const savedByLine = (growing: Growing): number => saved(growing, (blocks) => blocks + 1);

/** Minutes of a whole training, `minutesPerBlock` for each block a stage and once more. */
export const minutesByLine = (growing: Growing, minutesPerBlock: number): number =>
  meanCost(growing, (blocks) => minutesPerBlock * (blocks + 1));
