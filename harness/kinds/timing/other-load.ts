/** How much of the cores' time others take while something is measured here: what disturbs step times and says so nowhere else. */
import { readFileSync } from 'node:fs';
import { allowedCores } from '../../core/process/cores.js';

/** Seconds that a core has spent since the machine started. */
interface CoreTime {
  readonly busy: number;
  readonly all: number;
}

/** Of `/proc/stat`, which counts in hundredths of a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Starts to watch this process's cores.
 * @returns the share of their time since then, 0 … 1, that other processes or, on a virtual machine, its host took; null
 * where the system does not tell, or no time has passed.
 */
export function watchOtherLoad(
  cores: readonly number[] = allowedCores(),
  read: () => string = () => readFileSync('/proc/stat', 'utf8'),
  ownSeconds: () => number = secondsOfThisProcess,
): () => number | null {
  const before = timeOf(cores, read);
  const own = ownSeconds();
  return () => {
    const now = timeOf(cores, read);
    if (before === null || now === null || now.all <= before.all) return null;
    const others = now.busy - before.busy - (ownSeconds() - own);
    return Math.min(1, Math.max(0, others / (now.all - before.all)));
  };
}

function timeOf(cores: readonly number[], read: () => string): CoreTime | null {
  let text: string;
  try {
    text = read();
  } catch {
    return null;
  }
  const wanted = new Set(cores);
  let [busy, all] = [0, 0];
  for (const [, core, figures] of text.matchAll(/^cpu(\d+) (.*)$/gm)) {
    if (!wanted.has(Number(core)) || figures === undefined) continue;
    // user nice system idle iowait irq softirq steal; guests are counted among user and nice.
    const ticks = figures.trim().split(/\s+/).slice(0, 8).map(Number);
    const sum = ticks.reduce((total, value) => total + value, 0);
    const [, , , idle = 0, waiting = 0] = ticks;
    all += sum / ticksPerSecond;
    busy += (sum - idle - waiting) / ticksPerSecond;
  }
  return all > 0 ? { busy, all } : null;
}

function secondsOfThisProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
