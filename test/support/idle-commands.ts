/** The program's command line with commands that do nothing but say that they were called. */
import { commands } from '../../experiments/commands.js';
import { catalogue } from '../../harness/cli/catalogue.js';
import { runCommandLine } from '../../harness/cli/command-line.js';
import { papers } from './papers.js';
import { TextStream } from './text-stream.js';

export interface Parsed {
  /** `set up` where TensorFlow's library is seen to, `run` where a command is called. */
  readonly steps: readonly ('set up' | 'run')[];
  readonly output: string;
}

/** @throws Problem USAGE */
export async function parsed(argv: readonly string[]): Promise<Parsed> {
  const steps: ('set up' | 'run')[] = [];
  const output = new TextStream();
  const surroundings = {
    environment: {},
    output,
    messages: output,
    papers: async () => papers,
    worker: [],
    setUp: async () => void steps.push('set up'),
  };
  const entries = [...catalogue, ...commands].map((entry) => ({
    ...entry,
    load: async () => ({ ...(await entry.load()), run: () => (steps.push('run'), 0) }),
  }));
  await runCommandLine(argv, surroundings, entries);
  return { steps, output: output.text };
}
