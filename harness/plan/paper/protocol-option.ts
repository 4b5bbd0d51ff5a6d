/** Options of a protocol: every choice that a paper leaves open, by name, and which jobs' numbers each decides. */
import type { z } from 'zod';
import type { Network } from './network.js';
import type { ProtocolOptions } from './protocol-options.js';

/** What is asked of an option: whether it decides the numbers of such a job. */
export interface OptionQuestion {
  /**
   * `training`: the error that a network is trained to; `timing`: the operations of a step, and so its time; `trials`: how
   * trials of a numerical problem end.
   */
  readonly of: 'training' | 'timing' | 'trials';
  readonly networks: readonly Network[];
  /** The largest number of parts that a batch is cut into. */
  readonly replicas: number;
  /** Whether making the batch is part of it. */
  readonly inputPipeline: boolean;
  readonly options: ProtocolOptions;
}

export interface ProtocolOption<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly decides: (question: OptionQuestion) => boolean;
}

export type OptionSchema = Readonly<Record<string, ProtocolOption>>;

/** An option of some schema; without `decides` it decides every job. */
export const option = <Schema extends z.ZodType>(
  schema: Schema,
  decides: (question: OptionQuestion) => boolean = () => true,
): ProtocolOption<Schema> => ({ schema, decides });
