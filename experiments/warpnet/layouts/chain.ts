/** A network's units as the stages of a pipeline name them: `stage1`, `stage2:1-6`. */
import { stepSeconds } from '../../../harness/kinds/step-time.js';
import type { Chain } from '../../../harness/plan/paper/pipeline-notation.js';
import { stageChannels, type ChainSpecification } from '../model/specification.js';

/** Height and width of the maps of each stage, of images of 32x32 (Table 1). */
const mapSizes = [32, 16, 8] as const;

/**
 * How often a step of one unit reads or writes a feature map of 4 bytes an element: three batch normalisations, two
 * convolutions, a ReLU and a sum, forward (18) and backward (29).
 */
const mapPasses = 47;

/** Operations of a unit's step: each costs something, however small. */
const operations = 35;

/** The estimated time of a unit's step, seconds for an image on a core: all stages have equal convolutions, and later ones smaller maps. */
function secondsOfUnit(channels: number, size: number): number {
  const map = channels * size ** 2;
  // Two 3x3 convolutions; forward, and the gradients of input and kernel.
  const flops = 3 * 2 * 2 * 9 * channels * map;
  return stepSeconds({ flops, bytesMoved: mapPasses * 4 * map, operations }, { kind: 'cpu', cores: 1 }, 'direct');
}

export const chainOf = ({ unitsPerStage, kw }: ChainSpecification): Chain =>
  stageChannels(kw).map((channels, index) => ({
    name: `stage${index + 1}`,
    units: unitsPerStage,
    work: secondsOfUnit(channels, mapSizes[index] ?? 8),
  }));
