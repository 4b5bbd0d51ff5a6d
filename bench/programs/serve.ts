/** A measured program's side of the conversation: a line in, a line of JSON out. */
import { createInterface } from 'node:readline';
import { peakMemoryBytes } from '../../harness/run/worker/environment.js';

export interface StepProgram {
  /** Trainable parameters. */
  readonly parameters: number;
  /** One training step; resolves to its loss, without decay, when the weights are updated. */
  step(): Promise<number>;
}

/** Says that it is ready, then answers `step` with the step's milliseconds and loss until it is told to `end`. */
export async function serve(program: StepProgram): Promise<void> {
  const answer = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  answer({ parameters: program.parameters });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'step') break;
    const start = performance.now();
    const loss = await program.step();
    // JSON has no word for what is not a number.
    answer({ milliseconds: performance.now() - start, loss: Number.isFinite(loss) ? loss : null });
  }
  answer({ peakMemoryBytes: peakMemoryBytes() });
}
