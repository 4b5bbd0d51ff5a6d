/** The program: runs a command line, and shows what goes wrong as its user should see it. */
import { exitCodes } from '../core/exit-codes.js';
import { Problem } from '../core/problem.js';
import { formatProblem } from '../core/problem-format.js';
import { catalogue } from './catalogue.js';
import type { CommandEntry, ProgramSurroundings } from './command.js';
import { runCommandLine } from './command-line.js';

/**
 * Runs the program and resolves to its exit code: 0 done, 1 usage or configuration, 2 a job failed, 130 interrupted.
 * @param ofPapers commands that papers bring
 */
export async function main(
  argv: readonly string[],
  surroundings: ProgramSurroundings,
  ofPapers: readonly CommandEntry[] = [],
): Promise<number> {
  try {
    return await runCommandLine(argv, surroundings, [...catalogue, ...ofPapers]);
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
