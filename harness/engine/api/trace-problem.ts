/** What stopped a trace, in words that name the op, the layer, and what can be done. */
import { Problem } from '../../core/problem.js';
import { TensorFlowError } from '../native/status.js';
import { inWords } from './place-of-trace.js';

/** An error of a user's function as a Problem where it says what the engine cannot do; any other error as it is. */
export function asTraceProblem(error: unknown, functionName: string): unknown {
  const place = inWords(error);
  if (error instanceof Problem)
    return place === '' ? error : new Problem(error.code, `${error.message}${placed(place)}`, error.hint);
  if (!(error instanceof Error)) return error;
  const kernel = /Kernel '(\w+)' not registered for backend 'traced'/.exec(error.message)?.[1];
  if (kernel !== undefined)
    return new Problem(
      'OP_NOT_TRACED',
      `the op ${kernel}${place} has no kernel in the engine, so "${functionName}" cannot be traced`,
      'Compute it outside of the function and pass the result in, or write it with other ops (docs/engine.md lists what is left out, and why).',
    );
  const gradient = /gradient function not found for (\w+)/.exec(error.message)?.[1];
  if (gradient !== undefined)
    return new Problem(
      'GRADIENT_MISSING',
      `tfjs has no gradient of the op ${gradient}${place}, which "${functionName}" differentiates`,
      'Use another op there, or give the gradient with tf.customGrad.',
    );
  if (error instanceof TensorFlowError)
    return new Problem(
      'OP_REJECTED',
      `TensorFlow rejects an op${place} of "${functionName}": ${error.message.split('\n', 1)[0] ?? ''}`,
      'The message names the op and the shapes that it was given.',
    );
  return error;
}

const placed = (place: string): string => ` (${place.trim()})`;
