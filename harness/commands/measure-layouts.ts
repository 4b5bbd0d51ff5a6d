/** Measures layouts and profiles their operations on this machine's cores: what projections are validated against. */
import { performance } from 'node:perf_hooks';
import type { TracedEngine, TracedFunction } from '../engine/traced/index.js';
import { joinProfiles, type StepProfile } from '../engine/step-graph.js';
import { bracketsOf, parseLayout, type Layout } from '../network/layout.js';
import { labelOf, type NetworkSpecification } from '../network/specification.js';
import { relativeSpeedUp, type SpeedUp } from '../result/statistics.js';
import type { BuildOptions } from '../simulate/build-options.js';
import { seededRandom } from '../seeded-random.js';
import type { MeasuredLayout } from '../simulate/validation.js';
import type { ValidationGroup } from '../simulate/validation-plan.js';
import { watchOtherLoad } from '../train/other-load.js';
import { turnsOf } from '../train/turns.js';

export interface MeasuringSettings {
  /** Rounds go on until every RS interval is narrower than this, points. */
  readonly intervalPct: number;
  readonly fewestRounds: number;
  readonly mostRounds: number;
  readonly stepsPerRound: number;
  /** One round in so many is followed by a profiled step of everything. */
  readonly roundsPerProfile: number;
}

export const defaultSettings: MeasuringSettings = {
  intervalPct: 3.5,
  fewestRounds: 40,
  mostRounds: 400,
  stepsPerRound: 1,
  roundsPerProfile: 5,
};

export type OpenCores = (count: number) => TracedEngine;

export interface GroupMeasurement {
  readonly layouts: readonly MeasuredLayout[];
  /** Steps of one core alone, and of the layouts as they run. */
  readonly profiles: readonly StepProfile[];
  /** Share of the cores' time that others took meanwhile, 0 … 1; null where the system does not tell. */
  readonly otherLoad: number | null;
}

/**
 * Times a group's rows in turns. Every few rounds all of them, and the same networks folded onto one core, take a profiled
 * step as well: a machine whose cores get in each other's way now more, now less, then does so in times and profiles alike.
 */
export async function measureGroup(
  group: ValidationGroup,
  openCores: OpenCores,
  settings: MeasuringSettings,
  say: (line: string) => void,
): Promise<GroupMeasurement> {
  return onCores(openCores, group.devices, async (cores) =>
    onCores(openCores, 1, async (core) => {
      const rows = await layoutRows(cores, group);
      const profiled = [...(await foldedRows(core, group)), ...rows.slice(1)];
      return measureRows(group, rows, profiled, settings, say);
    }),
  );
}

async function onCores<T>(openCores: OpenCores, count: number, work: (engine: TracedEngine) => Promise<T>): Promise<T> {
  const engine = openCores(count);
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

/** A compiled training step with something to feed. */
interface Running {
  readonly step: TracedFunction;
  readonly feeds: [Float32Array, Int32Array, Float32Array];
}

async function compile(
  engine: TracedEngine,
  network: NetworkSpecification,
  layout: Layout,
  options: BuildOptions,
  batch: number,
): Promise<Running> {
  const [{ buildNetwork }, { initialise }, { compileStep, declareVariables }] = await Promise.all([
    import('../network/network.js'),
    import('../network/initialisation.js'),
    import('../network/training-step.js'),
  ]);
  const built = buildNetwork(
    network,
    { ...options, batchNormEpsilon: 0.001, batchNormReplicas: 'per-replica' },
    layout,
  );
  const variables = declareVariables(engine, built, initialise(built, 'he', 1));
  const step = compileStep(engine, built, variables, {
    batch,
    weightDecay: 0.0005,
    weightDecayScope: 'weights',
    momentum: 0.9,
    nesterov: false,
    batchNormDecay: 0.9,
  });
  const random = seededRandom(1);
  const images = Float32Array.from({ length: batch * 32 * 32 * 3 }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: batch }, () => Math.floor(random() * network.classes));
  // Nothing is to be learned here, and nothing may diverge.
  return { step, feeds: [images, labels, Float32Array.of(0)] };
}

/** The baseline, then the group's rows as they are laid out. */
async function layoutRows(engine: TracedEngine, group: ValidationGroup): Promise<Running[]> {
  const baselineOptions = group.rows[0]?.options;
  if (baselineOptions === undefined) return [];
  return [
    await compile(engine, group.baseline, parseLayout('[F1]'), baselineOptions, group.batch),
    ...(await inTurn(group.rows, ({ network, layout, options }) =>
      compile(engine, network, parseLayout(layout), options, group.batch),
    )),
  ];
}

/** `running`: baseline and rows; `profiled`: what takes profiled steps. */
async function measureRows(
  group: ValidationGroup,
  running: readonly Running[],
  profiled: readonly Running[],
  settings: MeasuringSettings,
  say: (line: string) => void,
): Promise<GroupMeasurement> {
  const timed = running.map((row) => ({ row, milliseconds: [] as number[], rounds: [] as number[] }));
  const [baseline, ...others] = timed;
  if (baseline === undefined) return { layouts: [], profiles: [], otherLoad: null };
  const step = ({ step, feeds }: Running) => step.run(...feeds);
  await inTurn([...running, ...profiled], step);
  await inTurn([...running, ...profiled], step);

  const otherLoadNow = watchOtherLoad();
  const profileRounds: StepProfile[][] = [];
  const speedUps = (): SpeedUp[] => others.map((row) => relativeSpeedUp(baseline, row));
  const narrow = ({ interval }: SpeedUp): boolean =>
    interval !== null && interval.high - interval.low < settings.intervalPct;
  for (let round = 0; round < settings.mostRounds; round++) {
    for (const turn of turnsOf(timed, round))
      for (let count = 0; count < settings.stepsPerRound; count++) {
        const start = performance.now();
        await step(turn.row);
        turn.milliseconds.push(performance.now() - start);
        turn.rounds.push(round);
      }
    if (round % settings.roundsPerProfile === 0) profileRounds.push(await profileRound(profiled, profileRounds.length));
    if (round + 1 >= settings.fewestRounds && (round + 1) % 5 === 0 && speedUps().every(narrow)) break;
  }
  const found = speedUps();
  const otherLoad = otherLoadNow();
  return {
    otherLoad,
    layouts: group.rows.map((row, index): MeasuredLayout => {
      const speedUp = found[index];
      if (speedUp === undefined) throw new Error('Internal error: a row was not timed');
      const { percent, interval } = speedUp;
      say(`${labelOf(row.network)} ${row.layout}, ${row.protocol}, ${group.batchNorm}: RS ${percent.toFixed(1)} %`);
      return {
        ...row,
        measuredRs: percent,
        measuredInterval: [interval?.low ?? -Infinity, interval?.high ?? Infinity],
      };
    }),
    profiles: profiled.map((_, index) => joinProfiles(profileRounds.flatMap((profiles) => profiles[index] ?? []))),
  };
}

/** One profiled step of each; the results are in the order of `rows`, whoever went first. */
async function profileRound(rows: readonly Running[], round: number): Promise<StepProfile[]> {
  const profiles = await inTurn(turnsOf(rows, round), ({ step, feeds }) => step.profile(1, feeds));
  return turnsOf(profiles, round);
}

/** Every operation of the group with nothing beside it: the layouts folded into one bracket, the cut batch by its part. */
async function foldedRows(engine: TracedEngine, group: ValidationGroup): Promise<Running[]> {
  const baselineOptions = group.rows[0]?.options;
  if (baselineOptions === undefined) return [];
  const whole = await compile(engine, group.baseline, parseLayout('[F1]'), baselineOptions, group.batch);
  const rows = await inTurn(group.rows, ({ network, layout, options }) => {
    const parsed = parseLayout(layout);
    if (parsed.kind === 'data-parallel')
      return compile(engine, network, parseLayout('[F1]'), options, group.batch / parsed.replicas);
    return compile(engine, network, { ...parsed, brackets: [bracketsOf(parsed).flat()] }, options, group.batch);
  });
  return [whole, ...rows];
}

/** One after the other: nothing may run beside what is measured. */
async function inTurn<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
