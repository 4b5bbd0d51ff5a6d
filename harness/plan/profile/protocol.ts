/** A protocol: every choice the paper leaves open that changes a number, by name. */
import { z } from 'zod';
import { option, type OptionSchema, type ProtocolOption } from '../paper/protocol-option.js';
import type { ProtocolOptions } from '../paper/protocol-options.js';
import type { Paper } from '../paper/paper.js';

/** Options that every training on images has. */
export const trainingOptions = {
  momentum: option(z.number().min(0).max(1), ({ of }) => of === 'training'),
  nesterov: option(
    z.boolean(),
    ({ of, options }) => of === 'timing' || (of === 'training' && Number(options['momentum']) > 0),
  ),
  /** Drops by epoch, or those that the authors' released code has; they are resolved to steps before anything is hashed. */
  learningRateDrops: option(z.enum(['epochs', 'released']), () => false),
  /** `epoch`: a fresh permutation each epoch; `window`: shuffled once, each batch a random contiguous window. */
  batches: option(z.enum(['epoch', 'window']), makesBatches),
  cropPadding: option(z.number().int().min(0).max(8), makesBatches),
  /** Number of crop offsets in each direction; at most 2 * padding + 1. */
  cropOffsets: option(z.number().int().min(1).max(17), crops),
  paddingMode: option(z.enum(['zeros', 'reflect']), crops),
  flipProbability: option(z.number().min(0).max(1), makesBatches),
  whitening: option(z.enum(['per-image', 'per-channel', 'mean-image', 'none']), makesBatches),
  /** Also report the error of this many images drawn with replacement; 0: not. */
  sampledEvaluation: option(z.number().int().min(0), ({ of }) => of === 'training'),
} satisfies Record<string, ProtocolOption>;

function makesBatches({ inputPipeline }: { readonly inputPipeline: boolean }): boolean {
  return inputPipeline;
}

/** Without padding there is nothing to crop. */
function crops({ inputPipeline, options }: { readonly inputPipeline: boolean; readonly options: ProtocolOptions }) {
  return inputPipeline && Number(options['cropPadding']) > 0;
}

export type TrainingOptions = {
  readonly [Name in keyof typeof trainingOptions]: z.infer<(typeof trainingOptions)[Name]['schema']>;
};

/** Options of a training and, by their names, those of the paper. */
export type Protocol = { readonly name: string } & TrainingOptions & ProtocolOptions;

const ofPapers = new WeakMap<Paper, OptionSchema>();

/** All options of a paper's protocols. */
export function optionsOf(paper: Paper): OptionSchema {
  const options = ofPapers.get(paper) ?? { ...paper.options, ...trainingOptions };
  ofPapers.set(paper, options);
  return options;
}

/** Without the name: the schema of `set:` is this one's `partial()`. */
export const optionsSchema = (paper: Paper): z.ZodObject<Readonly<Record<string, z.ZodType>>> =>
  z.strictObject(Object.fromEntries(Object.entries(optionsOf(paper)).map(([name, { schema }]) => [name, schema])));

/** A whole protocol, as jobs store it. */
export const protocolSchema = (paper: Paper): z.ZodType<Protocol> =>
  z.strictObject({ name: z.string().min(1), ...optionsSchema(paper).shape }) as unknown as z.ZodType<Protocol>;
