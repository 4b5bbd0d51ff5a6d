import { Problem } from '../core/problem.js';

export interface Platform {
  readonly system: NodeJS.Platform;
  readonly architecture: string;
  /** glibc's version; undefined with another C library. */
  readonly glibc: string | undefined;
}

/** The oldest glibc that the pinned wheels run on, by their platform tag. */
const oldestGlibc = [2, 27] as const;

export function thisPlatform(): Platform {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return { system: process.platform, architecture: process.arch, glibc: report.header?.glibcVersionRuntime };
}

/** Why the pinned wheels cannot run here; undefined where they can. */
export function platformProblem({ system, architecture, glibc }: Platform): Problem | undefined {
  const [major = 0, minor = 0] = (glibc ?? '0.0').split('.').map(Number);
  const recent = major > oldestGlibc[0] || (major === oldestGlibc[0] && minor >= oldestGlibc[1]);
  if (system === 'linux' && architecture === 'x64' && recent) return undefined;
  const here =
    system !== 'linux' || architecture !== 'x64'
      ? `${system} ${architecture}`
      : glibc
        ? `glibc ${glibc}`
        : 'a C library other than glibc';
  return new Problem(
    'PLATFORM_UNSUPPORTED',
    `TensorFlow's library is set up on Linux x64 with glibc ${oldestGlibc.join('.')} or later; this is ${here}`,
    'Here `--engine cpu` works (plain JavaScript, one device, slow). With a TensorFlow library of your own for this system, let WARPNET_TENSORFLOW name its folder; or use a Linux x64 machine, virtual machine or container.',
  );
}
