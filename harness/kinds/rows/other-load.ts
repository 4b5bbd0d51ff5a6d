/** The share of the cores' time that other processes take while something is measured here: it disturbs step times, and shows nowhere else. */
import { readFileSync } from 'node:fs';
import { allowedCores } from '../../core/process/cores.js';

/** Seconds that this process's cores have spent since the machine started, and those of this process. */
interface CoreTime {
  readonly busy: number;
  readonly all: number;
  readonly own: number;
}

/** Of `/proc/stat`, which counts in hundredths of a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Whether others took so much of the cores' time, as a share 0 … 1, that step times are not those of the machine alone. */
export const isDisturbing = (otherLoad: number | null): otherLoad is number => otherLoad !== null && otherLoad > 0.05;

const readSystem = (): string => readFileSync('/proc/stat', 'utf8');

/**
 * Starts to watch this process's cores.
 * @returns the share of their time since then, 0 … 1, that other processes or, on a virtual machine, its host took; null
 * where the system does not tell, or no time has passed.
 */
export function watchOtherLoad(
  cores: readonly number[] = allowedCores(),
  read: () => string = readSystem,
  ownSeconds: () => number = secondsOfThisProcess,
): () => number | null {
  const before = timeOf(cores, read, ownSeconds);
  return () => shareOfOthers(before, timeOf(cores, read, ownSeconds));
}

/**
 * The same from reading to reading: each call gives the share since the last call that had an answer, rounded to a
 * thousandth. Null within one tick of the system's clock, 10 ms; the next answer then covers that time too.
 */
export function otherLoadMeter(
  cores: readonly number[] = allowedCores(),
  read: () => string = readSystem,
  ownSeconds: () => number = secondsOfThisProcess,
): () => number | null {
  let before = timeOf(cores, read, ownSeconds);
  return () => {
    const now = timeOf(cores, read, ownSeconds);
    const share = shareOfOthers(before, now);
    if (share === null) return null;
    before = now;
    return Math.round(1000 * share) / 1000;
  };
}

function shareOfOthers(before: CoreTime | null, now: CoreTime | null): number | null {
  if (before === null || now === null || now.all <= before.all) return null;
  const others = now.busy - before.busy - (now.own - before.own);
  return Math.min(1, Math.max(0, others / (now.all - before.all)));
}

function timeOf(cores: readonly number[], read: () => string, ownSeconds: () => number): CoreTime | null {
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
  return all > 0 ? { busy, all, own: ownSeconds() } : null;
}

function secondsOfThisProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
