/** Slurm's own programs, each call bounded in time, and what their refusals mean. */
import { execa } from 'execa';
import { Problem } from '../../core/problem.js';

type Program = 'sbatch' | 'squeue' | 'sacct' | 'scancel' | 'scontrol' | 'sinfo';

/** The controller did not answer: nothing is known, and the same question may be asked again later. */
export class SlurmAway extends Error {
  override readonly name = 'SlurmAway';
}

/** The queue takes no more of this user's jobs for now. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

const away =
  /Unable to contact slurm|Socket timed out|Connection refused|Connection timed out|Communication connection failure|Zero Bytes were transmitted|Slurm temporarily unable to accept job|controller not responding|slurm_receive_msg|Slurm backup controller in standby|Unable to establish c|Transport endpoint is not connected|No route to host/i;

const full =
  /(?:QOS|Assoc)[A-Za-z]*MaxSubmitJob|(?:QOS|Assoc)[A-Za-z]*GrpSubmitJob|Reached.*submit limit|Slurm job queue full|Resource temporarily unavailable/i;

const defaultTimeoutMilliseconds = 60_000;

/**
 * The environment for Slurm's programs: without what an allocation around this process would add to each request, such as
 * SLURM_CPUS_PER_TASK; what says which cluster is meant stays.
 */
export function slurmEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = /^SLURM_(?:CONF|CLUSTERS|CLUSTER_NAME|TIME_FORMAT)$/;
  const entries = Object.entries(environment).filter(
    ([name]) => !/^(?:SLURM|SBATCH|SQUEUE|SCANCEL|SACCT)_/.test(name) || kept.test(name),
  );
  return { ...Object.fromEntries(entries), SLURM_TIME_FORMAT: 'standard' };
}

export class SlurmCommands {
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly timeoutMilliseconds = defaultTimeoutMilliseconds,
  ) {}

  /**
   * Runs one of the programs and resolves to its output.
   * `patient`: it waits for a job, for as long as that takes.
   * @throws SlurmAway, QueueFull, Problem SLURM_MISSING or SLURM_REFUSED with Slurm's own words
   */
  async run(
    program: Program,
    args: readonly string[],
    { patient = false }: { readonly patient?: boolean } = {},
  ): Promise<string> {
    const result = await execa(program, args, {
      env: slurmEnvironment(this.environment),
      extendEnv: false,
      reject: false,
      timeout: patient ? 0 : this.timeoutMilliseconds,
      stdin: 'ignore',
    });
    if (!result.failed) return result.stdout;
    if (result.code === 'ENOENT')
      throw new Problem(
        'SLURM_MISSING',
        `${program} is not on PATH`,
        'Run this on a login node of the cluster (perhaps after `module load slurm`), or use --executor local.',
      );
    const words = result.stderr.trim();
    if (result.timedOut || away.test(words)) throw new SlurmAway(words || `${program} did not answer`);
    if (full.test(words)) throw new QueueFull(words);
    throw new Problem(
      'SLURM_REFUSED',
      `${program}: ${sentenceOf(words) || `exit code ${result.exitCode ?? '?'}`}`,
      `${program === 'sbatch' ? `${accountSentence(args)} ` : ''}Partition, account, constraint and the like come from the site file: see docs/slurm.md, \`sinfo\` and \`sacctmgr show associations\`.`,
    );
  }
}

/** Most clusters refuse what has no account, or another's. */
function accountSentence(args: readonly string[]): string {
  const account = args.find((option) => option.startsWith('--account='))?.slice('--account='.length);
  return account === undefined
    ? 'No account was named: `account:` in slurm.yaml, or SBATCH_ACCOUNT, names one.'
    : `The account was "${account}" (\`account:\` in slurm.yaml, or SBATCH_ACCOUNT).`;
}

/** `sbatch: error: Batch job submission failed: Invalid partition` without the names in front. */
const sentenceOf = (words: string): string =>
  words
    .split('\n')
    .map((line) => line.replace(/^\w+: (?:error: |fatal: )?/, '').trim())
    .filter((line) => line !== '')
    .join('; ');
