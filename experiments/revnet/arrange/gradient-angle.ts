/** Angles between gradients through trainings, and rebuilt inputs by depth, as trainings tell of them. */
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Reduction } from '../../../harness/plan/matrix/shrink.js';
import { datasetFacts } from '../../../harness/plan/dataset-facts.js';

/** As the network's diagnostics name it (`model/diagnostics.ts`, which imports tfjs). */
const angleName = 'angle';
const rebuiltUnit = /^rebuilt stage(\d+)\/unit(\d+)$/u;

export interface AngleRun {
  /** Id of the training. */
  readonly job: string;
  /** The network that was really trained: `RevNet-38`. */
  readonly name: string;
  /** `RevNet-38 on Fashion-MNIST`. */
  readonly title: string;
  readonly steps: number;
  readonly shrunk: readonly Reduction[];
  /** Of the paper's own network and data, trained in full. */
  readonly fullScale: boolean;
  readonly points: readonly { readonly step: number; readonly degrees: number }[];
  /** Looks at the rebuilt inputs: by stage, the unit behind whose inverse they are, the last unit first. */
  readonly rebuilt: readonly {
    readonly step: number;
    readonly stages: ReadonlyMap<number, readonly { readonly units: number; readonly distance: number }[]>;
  }[];
}

/** One a training, however many places show it. */
export function angleRunsOf(places: readonly EvaluatedEntry[]): AngleRun[] {
  const runs = new Map<string, AngleRun>();
  for (const { entry, runs: trained } of places) {
    const { error } = entry;
    if (error.skipped) continue;
    for (const { id, diagnoses = [], last } of trained) {
      if (diagnoses.length === 0) continue;
      runs.set(id, {
        job: id,
        name: error.network.label,
        title: `${error.network.label} on ${datasetFacts[error.dataset].title}`,
        steps: last.step,
        shrunk: error.shrunk,
        fullScale: error.shrunk.length === 0 && error.standIn === null,
        points: diagnoses.map(({ step, values }) => ({ step, degrees: values[angleName] ?? NaN })),
        rebuilt: diagnoses.map(({ step, values }) => ({ step, stages: rebuiltOf(values) })),
      });
    }
  }
  return [...runs.values()];
}

function rebuiltOf(values: Readonly<Record<string, number>>) {
  const stages = new Map<number, { units: number; distance: number }[]>();
  for (const [name, distance] of Object.entries(values)) {
    const [, stage] = rebuiltUnit.exec(name) ?? [];
    if (stage === undefined) continue;
    const own = stages.get(Number(stage)) ?? [];
    stages.set(Number(stage), own);
    // In the order in which units are inverted.
    own.push({ units: own.length + 1, distance });
  }
  return stages;
}

export interface Fifth {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Of a training, cut into five equal parts; null where nothing was looked at in a part. */
export const fifthsOf = ({ points, steps }: Pick<AngleRun, 'points' | 'steps'>): (Fifth | null)[] =>
  Array.from({ length: 5 }, (_, fifth) => {
    const own = points
      .filter(({ step }) => Math.min(4, Math.floor((5 * step) / steps)) === fifth)
      .map(({ degrees }) => degrees);
    if (own.length === 0) return null;
    return {
      mean: own.reduce((sum, value) => sum + value, 0) / own.length,
      low: Math.min(...own),
      high: Math.max(...own),
    };
  });
