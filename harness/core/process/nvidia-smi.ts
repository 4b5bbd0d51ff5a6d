/** nvidia-smi: the one place that starts it. */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Environment } from './environment.js';

export interface Answer {
  /** null: it could not be started, or did not end in time. */
  readonly exitCode: number | null;
  readonly missing: boolean;
  readonly lines: readonly string[];
}

const limitMilliseconds = 30_000;

export function askNvidiaSmi(parameters: readonly string[], environment: Environment = process.env): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { timeout: limitMilliseconds, env: { ...environment } };
    execFile('nvidia-smi', parameters, options, (error, stdout, stderr) => {
      const lines = `${stdout}\n${stderr}`.split('\n').flatMap((line) => line.trimEnd() || []);
      if (error === null) resolve({ exitCode: 0, missing: false, lines });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, missing: false, lines });
      else if (error.code === 'ENOENT') resolve({ exitCode: null, missing: true, lines });
      else {
        const how = error.killed === true ? `gave no answer within ${limitMilliseconds / 1000} s` : error.message;
        resolve({ exitCode: null, missing: false, lines: [...lines, how] });
      }
    });
  });
}

/** Parameters that ask for fields of all cards as plain numbers and words, a line a card. */
export const queryOf = (fields: readonly string[]): string[] => [
  `--query-gpu=${fields.join(',')}`,
  '--format=csv,noheader,nounits',
];

/** The first field of a question that this driver does not know. */
export const unknownField = ({ lines }: Answer): string | undefined =>
  lines.flatMap((line) => /Field "([^"]+)" is not a valid field/.exec(line)?.[1] ?? [])[0];

/**
 * Hands on what it prints, line by line, until the returned function ends it. Nothing comes where it cannot be started; it
 * keeps no process alive.
 */
export function followNvidiaSmi(parameters: readonly string[], take: (line: string) => void): () => void {
  const child = spawn('nvidia-smi', parameters, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.unref();
  createInterface({ input: child.stdout }).on('line', take);
  return () => {
    child.kill();
  };
}
