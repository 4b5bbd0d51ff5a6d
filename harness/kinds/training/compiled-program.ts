/** A model compiled on an engine, as the trainer's program. */
import type { Engine, EngineFunction, EngineVariable } from '../../engine/engine.js';
import type { StepProfile } from '../../engine/step-graph.js';
import type { Protocol } from '../../plan/profile/protocol.js';
import { compileDiagnostics } from '../../model/diagnostics.js';
import { parameterCount, type Diagnostics, type Model, type Probes } from '../../model/model.js';
import { compileProbes, compileTraining, type StepSettings } from '../../model/training-step.js';
import type { ModelVariables } from '../../model/variables.js';
import { Problem } from '../../core/problem.js';
import type { Batch, Program } from './program.js';
import type { NamedTensor } from './safetensors.js';

/** The part of a step's settings that a protocol decides. */
export function stepSettings(protocol: Protocol, batch: number, weightDecay: number): StepSettings {
  const { momentum, nesterov } = protocol;
  return { batch, weightDecay, momentum, nesterov };
}

/** A program with what it is made of. */
export interface CompiledProgram extends Program {
  readonly model: Model;
  readonly variables: ModelVariables;
}

/** Traces the training step and evaluation. `evaluationBatch`: images of every batch given to `evaluate`. */
export function compileProgram(
  engine: Engine,
  model: Model,
  settings: StepSettings & { readonly evaluationBatch: number; readonly initial: ReadonlyMap<string, Float32Array> },
): CompiledProgram {
  const training = compileTraining(engine, model, settings);
  const profile = profileOf(training.step, profiledSteps);
  const state = stateOf(model, training);
  const variables = state.map(({ variable }) => variable);
  const { evaluationBatch, imageSize } = settings;
  return {
    parameters: parameterCount(model),
    step: (batch, learningRate) => lossOf(training.step, batch, learningRate),
    evaluate: async ({ images }) => {
      const [logits] = await training.evaluate.run(images);
      if (!(logits instanceof Float32Array)) throw new Error('Internal error: an evaluation without logits');
      return logits;
    },
    diagnose:
      model.diagnostics &&
      diagnosisOf(model.diagnostics, (diagnostics) =>
        compileDiagnostics(engine, model, diagnostics, training, settings),
      ),
    readState: async () => {
      const values = await engine.readVariables(variables);
      return state.map(({ name, shape }, i) => ({ name, shape, values: values[i] ?? new Float32Array(0) }));
    },
    writeState: (tensors) => engine.writeVariables(variables, inOrder(state, tensors)),
    probe:
      model.probes &&
      probeOf(model.probes, (probes) => compileProbes(engine, model, probes, training, evaluationBatch, imageSize)),
    profile,
    model,
    variables: training,
  };
}

/** Compiled when it is first asked for. */
function diagnosisOf(
  diagnostics: Diagnostics,
  compile: (diagnostics: Diagnostics) => EngineFunction,
): Program['diagnose'] {
  let compiled: EngineFunction | undefined;
  return async ({ images, labels }) => {
    compiled ??= compile(diagnostics);
    const values = await compiled.run(images, labels);
    return new Map(diagnostics.names.map((name, index) => [name, values[index]?.[0] ?? Number.NaN]));
  };
}

/** Compiled when it is first looked at. */
function probeOf(probes: Probes, compile: (probes: Probes) => EngineFunction): Program['probe'] {
  let compiled: EngineFunction | undefined;
  return async ({ images }) => {
    compiled ??= compile(probes);
    const values = await compiled.run(images);
    return new Map(probes.names.map((name, index) => [name, meanOf(values[index] ?? [])]));
  };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  return sum / values.length;
}

/** Runs one step; its loss. */
export async function lossOf(step: EngineFunction, { images, labels }: Batch, learningRate: number): Promise<number> {
  const [loss] = await step.run(images, labels, Float32Array.of(learningRate));
  if (loss?.[0] === undefined) throw new Error('Internal error: a step without a loss');
  return loss[0];
}

/** Profiles steps where the engine can; they are real steps, weights change. */
export function profileOf(
  step: EngineFunction,
  steps: number,
): ((batch: Batch, learningRate: number) => Promise<StepProfile>) | undefined {
  if (!step.profile) return undefined;
  return async ({ images, labels }, learningRate) => {
    if (!step.profile) throw new Error('Internal error: a profile that went away');
    return step.profile(steps, [images, labels, Float32Array.of(learningRate)]);
  };
}

/** Of a traced training. */
const profiledSteps = 3;

/** What a checkpoint holds, by the names it has there. */
function stateOf(model: Model, { weights, accumulators, state }: ModelVariables) {
  const named = (owners: readonly { readonly name: string }[], variables: readonly EngineVariable[], prefix: string) =>
    variables.map((variable, i) => ({ name: `${prefix}${owners[i]?.name ?? ''}`, shape: variable.shape, variable }));
  return [
    ...named(model.parameters, weights, ''),
    ...named(model.parameters, accumulators, 'momentum/'),
    ...named(model.state, state, ''),
  ];
}

function inOrder(
  state: readonly { readonly name: string; readonly shape: readonly number[] }[],
  tensors: readonly NamedTensor[],
): Float32Array[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return state.map(({ name, shape }) => {
    const tensor = byName.get(name);
    if (tensor?.shape.join() !== shape.join())
      throw new Problem(
        'CHECKPOINT_INVALID',
        `The checkpoint has no ${name} of shape [${shape.join(', ')}]`,
        'Remove it to begin again.',
      );
    return tensor.values;
  });
}
