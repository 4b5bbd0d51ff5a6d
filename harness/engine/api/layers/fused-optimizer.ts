/**
 * The optimizers of tfjs as TensorFlow's fused updates: one operation a weight instead of up to fourteen. State stays where tfjs has
 * it, so that an optimizer can be saved, or go on without the engine. Others are traced as they are.
 */
import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../core/problem.js';
import type { FunctionTrace } from '../function-trace.js';

/** A variable of an optimizer, named after its weight. */
interface Slot {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** What tfjs's optimizers keep; private in its types, the same since tfjs 1. */
interface OptimizerState {
  learningRate: number;
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly accumulations: Slot[];
  readonly decay: number;
  readonly epsilon: number;
  readonly centered: boolean;
  readonly accumulatedMeanSquares: Slot[];
  readonly accumulatedMoments: Slot[];
  readonly accumulatedMeanGrads: Slot[];
  readonly beta1: number;
  readonly beta2: number;
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
  readonly accumulatedFirstMoment: Slot[];
  readonly accumulatedSecondMoment: Slot[];
  incrementIterations(): void;
}

export const stateOf = (optimizer: tf.Optimizer): OptimizerState => optimizer as unknown as OptimizerState;

type Gradients = readonly { readonly weight: tf.Variable; readonly gradient: tf.Tensor; readonly index: number }[];

/** How one optimizer changes its weights. `rate` is fed, so that it may change from step to step. */
type Update = (trace: FunctionTrace, state: OptimizerState, rate: tf.Tensor, gradients: Gradients) => void;

const scalar = (value: number): tf.Tensor => tf.scalar(value);

/** The variable of a weight's slot, zeros at first, as tfjs makes it. */
function slot(slots: Slot[], weight: tf.Variable, index: number, suffix: string): tf.Variable {
  slots[index] ??= {
    originalName: `${weight.name}/${suffix}`,
    variable: tf.zerosLike(weight).variable(false),
  };
  return slots[index].variable;
}

const descent: Update = (trace, _state, rate, gradients) => {
  for (const { weight, gradient } of gradients)
    trace.update('ResourceApplyGradientDescent', [weight], [rate, gradient]);
};

const momentum: Update = (trace, state, rate, gradients) => {
  const share = scalar(state.momentum);
  for (const { weight, gradient, index } of gradients) {
    const accumulation = slot(state.accumulations, weight, index, 'momentum');
    trace.update('ResourceApplyMomentum', [weight, accumulation], [rate, gradient, share], {
      use_nesterov: { bool: state.useNesterov },
    });
  }
};

const rmsProp: Update = (trace, state, rate, gradients) => {
  const [decay, share] = [scalar(state.decay), scalar(state.momentum)];
  // tfjs takes epsilon away in the centred form, TensorFlow adds it.
  const epsilon = scalar(state.centered ? -state.epsilon : state.epsilon);
  for (const { weight, gradient, index } of gradients) {
    const squares = slot(state.accumulatedMeanSquares, weight, index, 'rms');
    const moments = slot(state.accumulatedMoments, weight, index, 'momentum');
    const inputs = [rate, decay, share, epsilon, gradient];
    if (!state.centered) trace.update('ResourceApplyRMSProp', [weight, squares, moments], inputs);
    else {
      const means = slot(state.accumulatedMeanGrads, weight, index, 'mg');
      trace.update('ResourceApplyCenteredRMSProp', [weight, means, squares, moments], inputs);
    }
  }
};

const adam: Update = (trace, state, rate, gradients) => {
  const { accBeta1, accBeta2 } = state;
  const [beta1, beta2] = [scalar(state.beta1), scalar(state.beta2)];
  // tfjs adds epsilon to the corrected moment's root, TensorFlow to the root before its correction.
  const epsilon = tf.mul(state.epsilon, tf.sqrt(tf.sub(1, accBeta2)));
  const [power1, power2] = [tf.clone(accBeta1), tf.clone(accBeta2)];
  for (const { weight, gradient, index } of gradients) {
    const first = slot(state.accumulatedFirstMoment, weight, index, 'm');
    const second = slot(state.accumulatedSecondMoment, weight, index, 'v');
    const inputs = [power1, power2, rate, beta1, beta2, epsilon, gradient];
    trace.update('ResourceApplyAdam', [weight, first, second], inputs);
  }
  accBeta1.assign(tf.mul(accBeta1, state.beta1));
  accBeta2.assign(tf.mul(accBeta2, state.beta2));
};

const updates: Readonly<Record<string, Update>> = { SGD: descent, Momentum: momentum, RMSProp: rmsProp, Adam: adam };

/** Whether `fusedOptimizer` has a fused update for it; else its learning rate is a constant of the graph. */
export const isFused = (optimizer: tf.Optimizer): boolean => optimizer.getClassName() in updates;

/** The settings that become constants of a graph: other ones are another graph. */
export function settingsOf(optimizer: tf.Optimizer): string {
  const { learningRate, ...others } = optimizer.getConfig() as Record<string, unknown>;
  return `${optimizer.getClassName()} ${JSON.stringify(isFused(optimizer) ? others : { ...others, learningRate })}`;
}

/** An optimizer that updates as `original` does, by fused operations, while `trace` is recorded. */
export function fusedOptimizer(original: tf.Optimizer, trace: FunctionTrace, rate: tf.Tensor): tf.Optimizer {
  const update = updates[original.getClassName()];
  if (update === undefined) return original;
  const fused = Object.create(original) as tf.Optimizer;
  fused.applyGradients = (given) => {
    const named = Array.isArray(given) ? given : Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
    const gradients = named.flatMap(({ name, tensor }, index) => {
      const weight = tf.engine().registeredVariables[name];
      if (weight === undefined) throw new Problem('WEIGHT_UNKNOWN', `no variable is called "${name}"`);
      // A weight that the loss does not depend on has no gradient.
      return !(tensor as tf.Tensor | undefined | null) ? [] : [{ weight, gradient: tensor, index }];
    });
    update(trace, stateOf(original), rate, gradients);
  };
  return fused;
}
