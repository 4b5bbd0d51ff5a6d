/** The whole benchmark: what is asked for, measured, and written below `reports/bench/`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../harness/core/files/make-folder.js';
import { labelOf } from '../experiments/warpnet/model/specification.js';
import { Problem } from '../harness/core/problem.js';
import { writeAtomically } from '../harness/core/files/atomic-write.js';
import { compare, type Contestant } from './compare.js';
import { contestantsWith, gpuContestants, projectName } from './contestants.js';
import {
  deterministicBenchmark,
  entriesOf,
  stepBenchmark,
  type DetailedEntry,
  type Entry,
  type NotMeasured,
} from './entries.js';
import { figurePrograms, measureFigures, type Figure } from './figures.js';
import { goals, standingOf } from './goals.js';
import { benchMarkdown, type BenchReport } from './markdown.js';
import { preparePython, pythonPlaces } from './python-peers.js';
import { tinyWorkloads, workloads, writeWorkload, type Workload } from './workloads.js';

export interface BenchRequest {
  /** Parts of names of benchmarks, networks or peers; all where empty. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  /** Where `bench.json` and the others are written; those of a quick or partial run in `partial/` below it. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Measures, writes `bench.json`, `details.json` and `bench.md`, and resolves to the report. @throws Problem NOTHING_SELECTED */
export async function bench(request: BenchRequest): Promise<BenchReport> {
  const entries: DetailedEntry[] = [];
  const notMeasured: NotMeasured[] = [];
  const figures: Figure[] = [];
  const steps = selectSteps(request);
  const programs = figurePrograms.filter(({ name }) => steps.named(name));
  if (steps.workloads.length === 0 && programs.length === 0 && !steps.named(deterministicBenchmark))
    throw new Problem(
      'NOTHING_SELECTED',
      `no benchmark, network or peer is called ${request.only.join(' or ')}`,
      `Benchmarks: ${[stepBenchmark, deterministicBenchmark, ...figurePrograms.map(({ name }) => name)].join(', ')}; networks: ${workloads.map(({ network }) => labelOf(network)).join(', ')}; or a part of a name.`,
    );

  const report = (): BenchReport => ({
    quick: request.quick,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    entries,
    notMeasured,
    standings: goals.map((goal) => standingOf(goal, entries)),
    figures,
  });
  const partial = join(request.folder, 'partial');
  const scratch = mkdtempSync(join(tmpdir(), 'warpnet-bench-'));
  try {
    for (const { benchmark, contestants, workloads } of await comparisonsOf(steps, request))
      for (const workload of workloads) {
        const label = labelOf(workload.network);
        request.say(`${label}, batch ${workload.batch}`);
        const folder = join(scratch, label);
        writeWorkload(folder, workload);
        const turns = { rounds: request.rounds, stepsPerRound: 2 };
        const outcomes = await compare(contestants, folder, turns, request.say);
        const results = entriesOf(benchmark, label, workload.batch, outcomes);
        entries.push(...results.entries);
        notMeasured.push(...results.notMeasured);
        // After each: what takes half an hour must not hang on its last minute.
        writeReport(partial, report());
      }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  for (const program of programs) {
    request.say(program.name);
    const outcome = await measureFigures(program, request.quick);
    if ('figures' in outcome) figures.push(...outcome.figures);
    else notMeasured.push({ benchmark: program.name, peer: '', network: '', reason: outcome.unavailable });
  }

  const whole = request.only.length === 0 && !request.quick;
  const complete = report();
  writeReport(whole ? request.folder : partial, complete);
  return complete;
}

/** A name of a benchmark, a network or a peer chooses the steps of that; what is not named at all is left out. */
function selectSteps({ only, quick }: BenchRequest) {
  const wanted = only.map((part) => part.toLowerCase());
  const named = (name: string): boolean =>
    wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part));
  const all = quick ? tinyWorkloads : workloads;
  const peers = contestantsWith({ unavailable: '' }).slice(1);
  const namedPeers = new Set(peers.filter(({ name }) => named(name)).map(({ name }) => name));
  const namedWorkloads = all.filter(({ network }) => named(labelOf(network)));
  const everything = named(stepBenchmark);
  const anySteps = everything || namedPeers.size > 0 || namedWorkloads.length > 0;
  const isChosen = ({ name }: Contestant): boolean =>
    name === projectName || everything || namedPeers.size === 0 || namedPeers.has(name);
  return {
    named,
    workloads: !anySteps ? [] : everything || namedWorkloads.length === 0 ? all : namedWorkloads,
    contestants: (from: readonly Contestant[]): readonly Contestant[] => from.filter(isChosen),
    needsPython: peers.some((peer) => isChosen(peer) && 'unavailable' in peer),
  };
}

interface Comparison {
  readonly benchmark: string;
  readonly contestants: readonly Contestant[];
  readonly workloads: readonly Workload[];
}

async function comparisonsOf(
  steps: ReturnType<typeof selectSteps>,
  request: BenchRequest,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  if (steps.workloads.length > 0) {
    const contestants = steps.contestants(contestantsWith(await pythonFor(steps, request)));
    comparisons.push({ benchmark: stepBenchmark, contestants, workloads: steps.workloads });
  }
  if (steps.named(deterministicBenchmark)) {
    const one = (request.quick ? tinyWorkloads : workloads).slice(0, 1);
    comparisons.push({ benchmark: deterministicBenchmark, contestants: await gpuContestants(), workloads: one });
  }
  return comparisons;
}

const pythonFor = async (
  { needsPython }: ReturnType<typeof selectSteps>,
  { say }: BenchRequest,
): ReturnType<typeof preparePython> =>
  needsPython ? preparePython(pythonPlaces, say) : { unavailable: 'it was not asked for' };

/** The elements of `bench.json`: peers, then figures. */
export function benchJson({ entries, figures }: Pick<BenchReport, 'entries' | 'figures'>): Entry[] {
  return [...entries, ...figures].map(({ benchmark, peer, network, batch, ratioTime, ratioMemory }) => ({
    benchmark,
    peer,
    network,
    batch,
    ratioTime,
    ratioMemory,
  }));
}

function writeReport(folder: string, report: BenchReport): void {
  makeFolder(folder);
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  writeAtomically(join(folder, 'bench.json'), json(benchJson(report)));
  writeAtomically(join(folder, 'details.json'), json(report));
  writeAtomically(join(folder, 'bench.md'), benchMarkdown(report));
}
