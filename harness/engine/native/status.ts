/** TensorFlow's status objects as exceptions. */
import { outOfMemory } from '../../core/out-of-memory.js';
import { Problem } from '../../core/problem.js';
import type { Pointer, TensorFlow } from './c-api.js';

/** `TF_Code` numbers that mean something to a user. */
const resourceExhausted = 8;

/** A failed call of TensorFlow's: a bug, or a device that was lost. */
export class TensorFlowError extends Error {
  override readonly name = 'TensorFlowError';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a finished status says: a Problem OUT_OF_MEMORY, a TensorFlowError, or undefined for success. */
export function failureOf(tensorflow: TensorFlow, status: Pointer): Error | undefined {
  const code = Number(tensorflow.call.TF_GetCode(status));
  if (code === 0) return undefined;
  const message = String(tensorflow.call.TF_Message(status));
  if (code !== resourceExhausted && !outOfMemory.test(message)) return new TensorFlowError(code, message);
  return new Problem(
    'OUT_OF_MEMORY',
    firstLine(message),
    'Use a smaller batch, fewer rows at once, or a device with more memory.',
  );
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

/** Runs a synchronous call that fills a status. */
export function checked<T>(tensorflow: TensorFlow, call: (status: Pointer) => T): T {
  const status = tensorflow.call.TF_NewStatus() as Pointer;
  try {
    const result = call(status);
    const failure = failureOf(tensorflow, status);
    if (failure !== undefined) throw failure;
    return result;
  } finally {
    tensorflow.call.TF_DeleteStatus(status);
  }
}
