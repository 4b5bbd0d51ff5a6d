/** The step graph of a model as the traced engine compiles it, to be held against the one traced without TensorFlow. */
import { isDeepStrictEqual } from 'node:util';
import type { StepGraph } from '../../harness/engine/step-graph.js';
import { openTracedEngine, type TracedEngine } from '../../harness/engine/traced/index.js';
import type { Model } from '../../harness/model/model.js';
import { compileEvaluation, compileStep, type StepSettings } from '../../harness/model/training-step.js';
import { declareVariables, type ModelVariables } from '../../harness/model/variables.js';

/** What the traced engine makes of a training step. */
export const tracedTrainingStep = (model: Model, settings: StepSettings): StepGraph =>
  onEngine(model, (engine, variables) => compileStep(engine, model, variables, settings).graph);

/** What it makes of an evaluation. */
export const tracedEvaluation = (model: Model, batch: number): StepGraph =>
  onEngine(model, (engine, variables) => compileEvaluation(engine, model, variables, batch).graph);

/**
 * Where two graphs first differ, in names, types, devices, edges, shapes or bytes; undefined where they are equal. Comparing
 * operation by operation is many times as fast as a matcher over whole graphs.
 */
export function firstDifference(one: StepGraph, other: StepGraph): unknown {
  const { operations, ...rest } = one;
  const { operations: others, ...otherRest } = other;
  const length = Math.max(operations.length, others.length);
  for (let index = 0; index < length; index++)
    if (!isDeepStrictEqual(operations[index], others[index])) return [operations[index], others[index]];
  return isDeepStrictEqual(rest, otherRest) ? undefined : [rest, otherRest];
}

function onEngine(model: Model, compile: (engine: TracedEngine, variables: ModelVariables) => StepGraph): StepGraph {
  const engine = openTracedEngine({ devices: { kind: 'cores', count: model.devices } });
  // Nothing is computed: zeros do, and wide networks need not be drawn.
  const zeros = model.parameters.map(({ name, shape }): [string, Float32Array] => {
    return [name, new Float32Array(shape.reduce((product, extent) => product * extent, 1))];
  });
  try {
    return compile(engine, declareVariables(engine, model, new Map(zeros)));
  } finally {
    engine.close();
  }
}
