/** A linear model of four pixels and three classes in plain JavaScript: exact, instant, and with momentum, so that a lost or repeated step shows. */
import { operations, timing, training } from '../../harness/kinds/index.js';
import { runOperations } from '../../harness/kinds/operations/run.js';
import type { OpenRows } from '../../harness/kinds/rows/rows.js';
import { runTiming } from '../../harness/kinds/timing/run.js';
import { runTraining, type OpenTraining } from '../../harness/kinds/training/run.js';
import type { RunJob, Worker } from '../../harness/run/worker/run-job.js';
import type { StepProfile } from '../../harness/engine/step-graph.js';
import { papers } from './papers.js';
import type { Batch, Program, TrainingData, ValidationData } from '../../harness/kinds/training/program.js';

const pixels = 4;
export const classes = 3;
const batchSize = 5;

/** A batch that depends on its number alone. */
function batchOf(number: number, size = batchSize): Batch {
  const labels = Int32Array.from({ length: size }, (_, image) => (number * 7 + image * 5) % classes);
  const images = Float32Array.from({ length: size * pixels }, (_, i) => {
    const label = labels[Math.floor(i / pixels)] ?? 0;
    return Math.sin(number * 12.9898 + i * 78.233) + (i % pixels === label ? 2 : 0);
  });
  return { images, labels };
}

export interface FakeOptions {
  /** Called before the step (counted from 0) is computed. */
  readonly beforeStep?: (step: number) => void | Promise<void>;
  /** Replaces the loss of a step. */
  readonly lossOf?: (step: number, loss: number) => number;
  /** What looking at the program says, from its weights. */
  readonly diagnose?: (weights: Float32Array) => number;
  readonly beforeEvaluation?: (batch: number) => void;
  /** A profiled step of a row; without it there is none. */
  readonly profile?: (row: string) => Promise<StepProfile>;
  /** Floats of a tensor that only makes the checkpoint larger. */
  readonly ballast?: number;
}

export class FakeProgram implements Program {
  readonly parameters = classes * pixels;
  readonly weights = Float32Array.from({ length: classes * pixels }, (_, i) => Math.cos(i) / 10);
  readonly momentum = new Float32Array(classes * pixels);
  /** Steps run by this object. */
  readonly stepsRun: number[] = [];
  readonly diagnose: Program['diagnose'];
  #step = 0;

  constructor(private readonly options: FakeOptions = {}) {
    const { diagnose } = options;
    this.diagnose = diagnose && (async () => new Map([['seen', diagnose(this.weights)]]));
  }

  async step({ images, labels }: Batch, learningRate: number): Promise<number> {
    const step = this.#step++;
    this.stepsRun.push(step);
    await this.options.beforeStep?.(step);
    let loss = 0;
    const gradient = new Float64Array(this.weights.length);
    labels.forEach((label, image) => {
      const scores = this.#scores(images, image);
      const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
      loss += (Math.log(sum) - (scores[label] ?? 0)) / labels.length;
      scores.forEach((score, c) => {
        const delta = (Math.exp(score) / sum - (c === label ? 1 : 0)) / labels.length;
        for (let p = 0; p < pixels; p += 1)
          gradient[c * pixels + p] = (gradient[c * pixels + p] ?? 0) + delta * (images[image * pixels + p] ?? 0);
      });
    });
    this.weights.forEach((weight, i) => {
      this.momentum[i] = 0.9 * (this.momentum[i] ?? 0) + (gradient[i] ?? 0);
      this.weights[i] = weight - learningRate * (this.momentum[i] ?? 0);
    });
    return this.options.lossOf?.(step, loss) ?? loss;
  }

  async evaluate({ images, labels }: Batch): Promise<Float32Array> {
    return Float32Array.from([...labels].flatMap((_, image) => this.#scores(images, image)));
  }

  async readState() {
    return [
      { name: 'classifier/weights', shape: [classes, pixels], values: this.weights.slice() },
      { name: 'momentum/classifier/weights', shape: [classes, pixels], values: this.momentum.slice() },
      ...(this.options.ballast === undefined
        ? []
        : [{ name: 'ballast', shape: [this.options.ballast], values: new Float32Array(this.options.ballast) }]),
    ];
  }

  async writeState(tensors: readonly { name: string; values: Float32Array }[]) {
    for (const { name, values } of tensors.slice(0, 2))
      (name.startsWith('momentum/') ? this.momentum : this.weights).set(values);
  }

  /** The next call of `step` is this one. */
  continueAt(step: number): void {
    this.#step = step;
  }

  #scores(images: Float32Array, image: number): number[] {
    return Array.from({ length: classes }, (_, c) => {
      let score = 0;
      for (let p = 0; p < pixels; p += 1)
        score += (this.weights[c * pixels + p] ?? 0) * (images[image * pixels + p] ?? 0);
      return score;
    });
  }
}

export function fakeTraining(asked: number[] = []): TrainingData {
  return {
    images: 20,
    batch: (step) => {
      asked.push(step);
      return batchOf(step);
    },
  };
}

export function fakeValidation(options: FakeOptions = {}): ValidationData {
  return {
    images: 12,
    classes,
    *batches() {
      for (let number = 0; number < 3; number += 1) {
        options.beforeEvaluation?.(number);
        yield batchOf(1000 + number, 4);
      }
    },
  };
}

const opened = { tensorflow: 'fake 1.0', close: async () => undefined };

/** A worker that runs jobs on the fake model. */
export const fakeWorker = (options: FakeOptions = {}): Worker => ({ papers, run: fakeRun(options) });

const fakeRun =
  (options: FakeOptions): RunJob =>
  (job, context) => {
    if (training.is(job)) return runTraining(job, context, openTraining(options));
    if (timing.is(job)) return runTiming(job, context, fakeRows(options));
    if (operations.is(job)) return runOperations(job, context, fakeRows(options));
    throw new Error('a kind of work without a fake');
  };

const openTraining =
  (options: FakeOptions): OpenTraining =>
  async () => ({
    ...opened,
    prepare: async () => {
      const program = new FakeProgram(options);
      const data = fakeTraining();
      const batch = (step: number) => {
        // The first batch asked for is the first step that is run.
        if (program.stepsRun.length === 0) program.continueAt(step);
        return data.batch(step);
      };
      const phases = [{ begin: 0, open: () => program, grow: null }];
      return { phases, training: { images: data.images, batch }, validation: fakeValidation(options) };
    },
  });

export const fakeRows =
  (options: FakeOptions): OpenRows =>
  async (job) => ({
    ...opened,
    prepare: async (begin) => ({
      batch: async (step) => batchOf(step),
      rows: job.rows.map(({ row, layout }) => {
        begin(row);
        const program = new FakeProgram(options);
        const { parameters } = program;
        const { profile } = options;
        return {
          row,
          layout: layout.text,
          parameters,
          compileSeconds: 0.5,
          step: (batch) => program.step(batch, 0.1),
          profile: profile && (() => profile(row)),
        };
      }),
    }),
  });
