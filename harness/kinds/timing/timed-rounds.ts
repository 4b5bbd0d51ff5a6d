/**
 * The timed rounds: rows take turns; a round in which cards were slowed down is taken again, and rounds go on until as many
 * as planned are undisturbed by other processes, or fewer say enough.
 */
import { relativeSpeedUp } from '../../core/statistics.js';
import type { CardState } from '../../core/process/card-state.js';
import type { Tell } from '../../store/events.js';
import type { CsvLog } from '../csv-log.js';
import type { Batch } from '../training/program.js';
import type { TimingJob } from './job.js';
import { coresApart, noProbe, type CoreProbe } from '../rows/core-probe.js';
import { isDisturbing, otherLoadMeter } from '../rows/other-load.js';
import type { CardRound } from './result.js';
import type { TimedRow } from '../rows/rows.js';
import { turnsOf } from './turns.js';
import { fewestRounds, loadOfRound, undisturbed } from './undisturbed.js';

/** Steps of a row so far, each with its round and the load beside it. */
export interface Steps {
  readonly timed: TimedRow;
  readonly milliseconds: number[];
  readonly rounds: number[];
  readonly otherLoads: (number | null)[];
  /** What the core probe took after each. */
  readonly probes: number[];
}

export interface Rounds {
  readonly job: Pick<TimingJob, 'rounds' | 'stepsPerRound' | 'goal' | 'turnSeconds'>;
  readonly nextBatch: () => Promise<Batch>;
  readonly log: CsvLog;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Load of others since the last call, 0 … 1; null where the system does not tell. */
  readonly otherLoad?: (() => number | null) | undefined;
  /** Of the cores that the devices are; none where it is absent. */
  readonly probe?: CoreProbe | undefined;
  /** How the cards run now; undefined on CPUs, and empty where the driver does not tell. */
  readonly cards?: (() => Promise<readonly CardState[]>) | undefined;
}

interface Step {
  readonly milliseconds: number;
  readonly otherLoad: number | null;
  readonly probe: number;
}

interface Turn {
  readonly row: Steps;
  readonly steps: readonly Step[];
}

/** Where others disturb them, rounds go on for at most so many times as long. */
const patience = 2;

/** An RS is that of the fastest steps: each row needs so many during which its cores were apart. */
const fewestApart = 3;

/** Adds the timed steps to the rows; how the cards went through the rounds, or undefined where it was stopped. */
export async function runRounds(rows: readonly Steps[], work: Rounds): Promise<CardRound[] | undefined> {
  const { job, log, tell, cards, otherLoad = otherLoadMeter() } = work;
  tell({ type: 'phase', phase: 'timing' });
  const seen: CardRound[] = [];
  // A card that is always too hot must not be waited for.
  let again = job.rounds;
  let quiet = 0;
  const isOver = (): boolean =>
    (quiet >= job.rounds || (quiet >= fewestRounds && isNarrow(rows, job.goal))) && wereApart(rows, job.stepsPerRound);
  for (let round = 0; !isOver() && round < patience * job.rounds; round += 1) {
    const before = [...((await cards?.()) ?? [])];
    const turns = await turnsOfRound(rows, round, work, otherLoad);
    if (turns === undefined) return undefined;
    const after = [...((await cards?.()) ?? [])];
    const reasons = [...new Set([...before, ...after].flatMap(({ throttled }) => throttled))];
    const kept = reasons.length === 0 || again === 0;
    if (before.length + after.length > 0) seen.push({ round, kept, before, after });
    if (reasons.length > 0) tell({ type: 'throttled', reasons, turns: turns.length, again: !kept });
    if (kept) {
      for (const turn of turns) keep(turn, round, log);
      if (!isDisturbing(loadOfRound(rows, round))) quiet += 1;
    } else {
      again -= 1;
      round -= 1;
    }
    log.flush();
  }
  return seen;
}

/** Whether every row has steps enough during which the cores were apart from one another. */
function wereApart(rows: readonly Steps[], stepsPerRound: number): boolean {
  const apart = coresApart(rows.flatMap(({ probes }) => probes));
  let first = 0;
  return rows.every(({ probes }) => {
    const own = apart.slice(first, (first += probes.length));
    return own.filter(Boolean).length >= Math.min(fewestApart, stepsPerRound);
  });
}

/** Whether the interval of every RS reaches no more than `goal` points to either side; never where there is no goal. */
function isNarrow(rows: readonly Steps[], goal: number | undefined): boolean {
  const [baseline, ...others] = undisturbed(rows).rows;
  if (goal === undefined || baseline === undefined) return false;
  return others.every((row) => {
    const { percent, interval } = relativeSpeedUp(baseline, row);
    return interval !== null && Math.max(interval.high - percent, percent - interval.low) <= goal;
  });
}

async function turnsOfRound(
  rows: readonly Steps[],
  round: number,
  work: Rounds,
  otherLoad: () => number | null,
): Promise<Turn[] | undefined> {
  const { job, tell } = work;
  const turns: Turn[] = [];
  for (const { row, steps: wanted } of turnsOf(rows, round, job.stepsPerRound)) {
    const steps = await stepsOfTurn(row.timed, wanted, work, otherLoad);
    if (steps === undefined) return undefined;
    turns.push({ row, steps });
    const milliseconds = steps.map((step) => step.milliseconds);
    tell({ type: 'timed', row: row.timed.row, round, rounds: job.rounds, milliseconds });
  }
  return turns;
}

async function stepsOfTurn(
  timed: TimedRow,
  wanted: number,
  { job, nextBatch, signal, probe = noProbe }: Rounds,
  otherLoad: () => number | null,
): Promise<Step[] | undefined> {
  const { stepsPerRound, turnSeconds } = job;
  const seconds = ((turnSeconds ?? 0) * wanted) / stepsPerRound;
  const steps: Step[] = [];
  const begin = performance.now();
  // Its first step comes after another network's: clocks, caches and workspaces are not its own yet.
  let leftOut = turnSeconds === undefined;
  while (steps.length < wanted || performance.now() - begin < 1000 * seconds) {
    if (signal.aborted) return undefined;
    const start = performance.now();
    await timed.step(await nextBatch());
    const milliseconds = performance.now() - start;
    const load = otherLoad();
    if (leftOut) steps.push({ milliseconds, otherLoad: load, probe: probe.run() });
    leftOut = true;
  }
  return steps;
}

function keep({ row, steps }: Turn, round: number, log: CsvLog): void {
  for (const { milliseconds, otherLoad, probe } of steps) {
    row.milliseconds.push(milliseconds);
    row.rounds.push(round);
    row.otherLoads.push(otherLoad);
    row.probes.push(probe);
    log.append(row.timed.row, round, row.milliseconds.length, milliseconds, otherLoad ?? '');
  }
}
