/** Slurm's programs as shell scripts, for what a real Slurm does not do on demand: to be away, to forget, to be full. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlurmCommands } from '../../../../harness/run/slurm/commands.js';

export const jobName = 'reproduce-0123456789ab';

/** A line of squeue, as its fixed columns have it. */
export const squeueLine = (state: string, name = jobName, task = 0): string =>
  [name.padEnd(26), '17'.padEnd(20), String(task).padEnd(12), state.padEnd(24), '0'.padEnd(14), 'N/A'.padEnd(24)].join(
    '',
  );

export class FakeSlurm {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake-slurm-'));
  readonly commands = new SlurmCommands({ ...process.env, PATH: `${this.folder}:${process.env['PATH'] ?? ''}` }, 5000);

  /** What the next calls of a program print and exit with, the last for all that follow. */
  answers(
    program: 'sbatch' | 'squeue' | 'sacct' | 'sinfo',
    ...answers: { out?: string; error?: string; code?: number }[]
  ): void {
    for (const [index, { out = '', error = '' }] of answers.entries()) {
      writeFileSync(join(this.folder, `${program}.${index + 1}.out`), out);
      writeFileSync(join(this.folder, `${program}.${index + 1}.err`), error);
    }
    const codes = answers.map(({ code, error }, index) => `${index + 1}) code=${code ?? (error ? 1 : 0)};;`).join(' ');
    const path = join(this.folder, program);
    writeFileSync(
      path,
      `#!/bin/sh
cd ${this.folder}
echo "$@" >>${program}.calls
n=$(wc -l <${program}.calls)
[ $n -gt ${answers.length} ] && n=${answers.length}
case $n in ${codes} esac
cat ${program}.$n.out
cat ${program}.$n.err >&2
exit $code
`,
    );
    chmodSync(path, 0o755);
    rmSync(`${path}.calls`, { force: true });
  }

  calls(program: string): string[] {
    const path = join(this.folder, `${program}.calls`);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
