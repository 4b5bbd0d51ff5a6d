/** The CPU cores that this process may use. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Parses a Linux CPU list such as `0-3,8`. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first, last] = part.split('-').map(Number);
      if (first === undefined || Number.isNaN(first)) return [];
      return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
    });
}

/**
 * The cores that may compute: those allowed, at most as many as the cgroup gives time for. The second hardware threads of
 * cores come last, so that two one-core devices do not share a core while another is free.
 */
export const usableCores = (): number[] =>
  firstThreadsFirst(allowedCores(), siblingsOf).slice(0, Math.max(1, Math.ceil(quota())));

/** Numbers of the cores in this process's affinity mask, ascending. */
export function allowedCores(): number[] {
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status'))?.[1] ?? '');
  return allowed.length > 0 ? allowed : Array.from({ length: availableParallelism() }, (_, core) => core);
}

export function firstThreadsFirst(cores: readonly number[], siblings: (core: number) => readonly number[]): number[] {
  const seconds = new Set<number>();
  for (const core of cores)
    if (!seconds.has(core)) for (const sibling of siblings(core)) if (sibling !== core) seconds.add(sibling);
  return [...cores.filter((core) => !seconds.has(core)), ...cores.filter((core) => seconds.has(core))];
}

const siblingsOf = (core: number): number[] =>
  parseCpuList(read(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`));

/** CPU time that the cgroup allows, in cores: a container's `--cpus`. */
function quota(): number {
  const [limit, period] = read('/sys/fs/cgroup/cpu.max').split(' ').map(Number);
  if (limit && period) return limit / period;
  const [quota, period1] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((f) =>
    Number(read(`/sys/fs/cgroup/cpu/${f}`)),
  );
  return quota !== undefined && period1 !== undefined && quota > 0 && period1 > 0 ? quota / period1 : Infinity;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
