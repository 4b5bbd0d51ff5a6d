/** What the program knows of a kind of work: one object, in a folder of its own. `index.ts` lists them. */
import type { z } from 'zod';
import type { EngineName } from '../engine/engine.js';
import type { Network } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ProtocolOptions } from '../plan/paper/protocol-options.js';
import type { Protocol } from '../plan/profile/protocol.js';
import type { SizeOf } from '../plan/step-size.js';
import type { JobCsv } from './csv.js';
import type { AnyResult, Ended } from './result.js';
import type { RunContext } from './run-context.js';
import type { DeviceKind } from './step-time.js';

/** A unit of work, run in one subprocess, with an id that is a hash of exactly what decides its numbers. */
export interface AnyJob {
  readonly kind: string;
  readonly id: string;
  /** For people; not hashed. Two jobs that differ have different titles. */
  readonly title: string;
  /** Whose networks and options it has. */
  readonly paper: string;
  readonly protocol: Protocol;
}

/** A job whose id is still to be computed. */
export type Unidentified<J extends AnyJob> = J extends AnyJob ? Omit<J, 'id'> : never;

/** What a job's id is a hash of. Not in it: title, and names of protocol and profile. */
export interface Identity {
  readonly numericsVersion: number;
  /** The options that decide it. */
  readonly protocol: ProtocolOptions;
  readonly [input: string]: unknown;
}

/** Where alone a job can be measured. */
export interface Bound {
  readonly hardware: string;
  readonly engine: EngineName;
  readonly devices: number;
}

export interface JobKind<J extends AnyJob = AnyJob, R extends AnyResult = AnyResult> {
  /** As jobs and results are stored. */
  readonly kind: J['kind'];
  is(job: AnyJob): job is J;
  /** A job as `JSON.stringify` stored it. @throws ZodError, and Problem of its network or layout, for what this version does not store */
  read(paper: Paper, stored: unknown): J;
  identity(paper: Paper, job: Unidentified<J>): Identity;
  /** What says to people how two jobs differ whose identities only name it. */
  inWords?(job: Unidentified<J>): Readonly<Record<string, unknown>>;

  /** Whether it computes with TensorFlow.js: its paper's models are loaded before it runs, and the library is seen to. */
  readonly tensorFlow: boolean;
  /** Logical devices that it takes. */
  devices(job: J): number;
  /** Whether nothing else may run meanwhile. */
  readonly alone: boolean;
  /** The only hardware and engine that may measure it; null where any gives the same numbers. */
  bound(job: J): Bound | null;
  /** Peak memory of its subprocess, bytes, by estimate. */
  memoryBytes(job: J, sizeOf: SizeOf): number;
  /** Bytes that it leaves on disk. */
  diskBytes(job: J, sizeOf: SizeOf): number;
  /** Seconds that it takes, by the model of a step's time alone. */
  seconds(job: J, device: DeviceKind, sizeOf: SizeOf): number;
  /** The training step that it repeats on one device, so that a few steps tell how long all of it takes; null for others. */
  repeats(job: J): { readonly network: Network; readonly batch: number } | null;

  /** What its progress counts; a total of 0 where nothing is counted. */
  progress(job: J): { readonly total: number; readonly unit: 'step' | 'turn' | 'trial' };
  /** Whether a stopped job goes on from a checkpoint. */
  readonly resumes: boolean;
  /** What becomes of a stopped job: a clause for a message. */
  readonly whenStopped: string;

  /** Runs it, in the subprocess; heavy imports come with this call. @throws Problem of whatever keeps it from being measured */
  run(job: J, context: RunContext): Promise<Ended<R>>;
  /** What `result.json` holds. */
  readonly result: z.ZodType<R>;
  readonly csv: JobCsv<J, R>;
}
