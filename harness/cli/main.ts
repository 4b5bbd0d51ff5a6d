/** The program: runs a command line, and shows what goes wrong as its user should see it. */
import { runCommandLine } from './command-line.js';
import { exitCodes } from './exit-codes.js';
import { realSurroundings, type Surroundings } from './surroundings.js';
import { Problem } from '../core/problem.js';
import { formatProblem } from '../core/problem-format.js';

/** Runs the program and resolves to its exit code: 0 done, 1 usage or configuration, 2 a cell failed, 130 interrupted. */
export async function main(argv: readonly string[], surroundings: Surroundings = realSurroundings): Promise<number> {
  try {
    return await runCommandLine(argv, surroundings);
  } catch (error) {
    surroundings.messages.write(`${explain(error, surroundings.environment)}\n`);
    return exitCodes.usage;
  }
}

function explain(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (error instanceof Problem) return formatProblem(error);
  const details = error instanceof Error ? (environment['DEBUG'] ? error.stack : error.message) : String(error);
  return [
    `Internal error: ${details ?? 'unknown'}`,
    'This is a bug of the program. Please report it with the command you ran and the output of the same command with DEBUG=1.',
  ].join('\n');
}
