/** Training steps to check devices with: the smallest network of every family of every paper, with made-up images. */
import { openEngine } from '../kinds/engine/open-engine.js';
import { stepSettings } from '../kinds/training/compiled-program.js';
import type { Engine, EngineFunction } from '../engine/engine.js';
import { initialise } from '../model/initialisation.js';
import { compileStep } from '../model/training-step.js';
import { declareVariables } from '../model/variables.js';
import { ExperimentFolder } from '../plan/experiment-folder.js';
import { isNetworkRow } from '../plan/matrix/matrix-row.js';
import { networkOfRow } from '../plan/matrix/row-layout.js';
import type { Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { Papers } from '../plan/paper/papers.js';
import type { Protocol } from '../plan/profile/protocol.js';
import { seededRandom } from '../core/seeded-random.js';

export interface CheckedStep {
  readonly paper: Paper;
  readonly network: Network;
  readonly protocol: Protocol;
}

/** Few images: the functions are checked, not the speed. */
export const batch = 4;
const weightDecay = 5e-4;
const [side, channels, classes] = [32, 3, 10] as const;

/** One network of each family, with one repetition of its layers, under the first and the last protocol that are timed. */
export function stepsToCheck(papers: Papers): CheckedStep[] {
  return papers.all.flatMap((paper) => {
    const folder = new ExperimentFolder(paper);
    const names = folder.profile('quick').protocols.speedUp;
    const protocols = [...new Set([names[0], names.at(-1)])].flatMap((name) =>
      name === undefined ? [] : folder.protocol(name),
    );
    const found = new Map<string, { readonly network: Network; readonly size: number }>();
    for (const row of paper.tables.flatMap((table) => folder.matrix(table).rows).filter(isNetworkRow)) {
      const network = networkOfRow(paper, row, classes).shortened(1);
      const [{ family }, size] = [network.specification, sizeOf(network.specification)];
      if (size < (found.get(family)?.size ?? Infinity)) found.set(family, { network, size });
    }
    return [...found.values()].flatMap(({ network }) => protocols.map((protocol) => ({ paper, network, protocol })));
  });
}

/** Of networks of one family: the smaller its numbers, the smaller the network. */
const sizeOf = (specification: Network['specification']): number =>
  Object.values(specification).reduce<number>((size, value) => (typeof value === 'number' ? size * value : size), 1);

export const titleOf = ({ network, protocol }: CheckedStep): string => `${network.label}, ${protocol.name}`;

export interface OpenStep {
  readonly engine: Engine;
  readonly step: EngineFunction;
  /** Images, labels, learning rate. */
  readonly inputs: [Float32Array, Int32Array, Float32Array];
  /** Changes of all weights by the steps so far. */
  changes(): Promise<Float32Array[]>;
  close(): void;
}

/** Compiles a step on devices as `--devices` names them. @throws Problem of the engine */
export async function openStep(checked: CheckedStep, devices: string, deterministic = false): Promise<OpenStep> {
  await checked.paper.loadModels();
  const { engine } = await openEngine({ devices, engine: 'traced', deterministic, tf32: false });
  return compileOn(engine, checked, checked.network.defaultLayout(engine.devices, checked.protocol));
}

/** Compiles a step under a layout, once the paper's models are loaded. */
export function compileOn(engine: Engine, { protocol }: CheckedStep, layout: Layout): OpenStep {
  const model = layout.build(protocol);
  const initial = initialise(model, 0);
  const variables = declareVariables(engine, model, initial);
  const step = compileStep(engine, model, variables, stepSettings(protocol, batch, weightDecay));
  return {
    engine,
    step,
    inputs: inputsOf(),
    changes: async () => {
      const values = await engine.readVariables(variables.weights);
      return values.map((after, index) => {
        const before = initial.get(variables.weights[index]?.name ?? '') ?? new Float32Array(0);
        return after.map((value, at) => value - (before[at] ?? NaN));
      });
    },
    close: () => {
      engine.close();
    },
  };
}

/** The rate of the published trainings. */
const learningRate = 0.1;

function inputsOf(): OpenStep['inputs'] {
  const random = seededRandom(5);
  const images = Float32Array.from({ length: batch * side * side * channels }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: batch }, () => Math.floor(classes * random()));
  return [images, labels, Float32Array.of(learningRate)];
}
