/** A program that is measured: a subprocess of its own, which takes a training step whenever it is told to. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Problem } from '../harness/core/problem.js';

export interface MeasuredStep {
  readonly milliseconds: number;
  /** Null where it is not a finite number. */
  readonly loss: number | null;
}

type Answer = Partial<MeasuredStep> & { readonly parameters?: number; readonly peakMemoryBytes?: number };

/** `torch.compile` works for minutes before its first step ends. */
const patienceMilliseconds = 15 * 60_000;

export class MeasuredProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #complaints = '';
  #failure: string | undefined;

  private constructor(command: readonly string[], environment: NodeJS.ProcessEnv) {
    const [program = '', ...parameters] = command;
    this.#child = spawn(program, parameters, { stdio: 'pipe', env: environment });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-10_000);
    });
    this.#child.on('error', (error) => (this.#failure = error.message));
    this.#child.on('exit', (code, signal) => (this.#failure ??= signal ? `ended by ${signal}` : `exit code ${code}`));
    // It may be gone when it is spoken to; that shows as an answer that does not come.
    this.#child.stdin.on('error', () => undefined);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when the program is ready; `parameters` is the number of trainable parameters. @throws Problem PROGRAM_FAILED */
  static async start(
    command: readonly string[],
    environment: NodeJS.ProcessEnv = process.env,
  ): Promise<{ readonly program: MeasuredProgram; readonly parameters: number }> {
    const program = new MeasuredProgram(command, environment);
    const { parameters } = await program.#answer();
    if (parameters === undefined) throw program.#failed('it did not say how many parameters it has');
    return { program, parameters };
  }

  /** @throws Problem PROGRAM_FAILED */
  async step(): Promise<MeasuredStep> {
    this.#child.stdin.write('step\n');
    const { milliseconds, loss } = await this.#answer();
    if (milliseconds === undefined || loss === undefined) throw this.#failed('it answered something else than a step');
    return { milliseconds, loss };
  }

  /** Lets it end; resolves to its peak resident memory (VmHWM). @throws Problem PROGRAM_FAILED */
  async end(): Promise<number> {
    this.#child.stdin.end('end\n');
    const { peakMemoryBytes } = await this.#answer();
    if (peakMemoryBytes === undefined) throw this.#failed('it did not say how much memory it took');
    return peakMemoryBytes;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The next line that is a JSON object; what libraries print is passed over. */
  async #answer(): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.#failed(`no answer in ${patienceMilliseconds / 60_000} minutes`));
      }, patienceMilliseconds);
    });
    try {
      for (;;) {
        const line = await Promise.race([this.#answers.next(), late]);
        if (line.done === true) throw await this.#gone();
        if (line.value.startsWith('{')) return JSON.parse(line.value) as Answer;
      }
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Its output ended; how it ended itself is known a moment later. */
  async #gone(): Promise<Problem> {
    if (this.#failure === undefined)
      await new Promise((resolve) => this.#child.once('exit', resolve).once('error', resolve));
    return this.#failed(this.#failure ?? 'it ended');
  }

  #failed(what: string): Problem {
    const complaint = complaintIn(this.#complaints);
    return new Problem('PROGRAM_FAILED', complaint === '' ? what : `${what}: ${complaint}`);
  }
}

/** What a program died of, from its standard error: the last line that names an error, in Node's or Python's way, else the last. */
export function complaintIn(standardError: string): string {
  const lines = standardError.trim().split('\n');
  const named = lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception|Problem)\b.*: /.test(line));
  return (named ?? lines.at(-1) ?? '').trim();
}
