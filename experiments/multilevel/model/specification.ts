/** Which network. Pure data; building it is `network.ts`. */

export interface NetworkSpecification {
  /** Channels of the stem and of the first of the three stages; each further stage has twice as many. */
  readonly width: number;
  /** In each stage. */
  readonly blocks: number;
  /** The constant h before each residual branch. */
  readonly stepSize: number;
  readonly classes: number;
}

/** A network, and those that it is grown from: what a row of a matrix names. */
export interface GrownNetwork {
  readonly width: number;
  /** Blocks a stage of the network that is trained first; as many as `blocks` where nothing grows. */
  readonly firstBlocks: number;
  /** Blocks a stage of this network: `firstBlocks`, doubled a number of times. */
  readonly blocks: number;
  /** Whether h is halved at each doubling. */
  readonly stepSize: 'kept' | 'halved';
  readonly classes: number;
}

export const stages = 3;

/** Layers: two convolutions a block, the stem and the classifier. */
export const depthOf = (blocks: number): number => 2 * stages * blocks + 2;

/** How often the blocks have been doubled; a fraction where no doublings lead from one to the other. */
export const doublingsOf = ({ firstBlocks, blocks }: Pick<GrownNetwork, 'firstBlocks' | 'blocks'>): number =>
  Math.log2(blocks / firstBlocks);

/** 1, 0.5, 0.25 … where it is halved. */
export const stepSizeOf = ({ firstBlocks, blocks, stepSize }: Omit<GrownNetwork, 'width' | 'classes'>): number =>
  stepSize === 'halved' ? firstBlocks / blocks : 1;

/** Channels of each stage's output. */
export const widthsOf = (width: number): readonly number[] =>
  Array.from({ length: stages }, (_, stage) => width * 2 ** stage);
