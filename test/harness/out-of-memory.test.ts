import { describe, expect, it } from 'vitest';
import { failureOf, TensorFlowError } from '../../harness/engine/native/status.js';
import type { TensorFlow } from '../../harness/engine/native/c-api.js';
import { outOfMemory } from '../../harness/core/out-of-memory.js';
import { diagnose } from '../../harness/run/worker/failure.js';

/** As TensorFlow and NVIDIA's libraries word it, all with the code INTERNAL. */
const internal = [
  'Dst tensor is not initialized.',
  'could not create cudnn handle: CUDNN_STATUS_ALLOC_FAILED',
  'Failed to run cuBLAS routine: CUBLAS_STATUS_ALLOC_FAILED',
  'failed to create cublas handle: the resource allocation failed',
];
const tensorflow = (code: number, message: string): TensorFlow => ({
  call: { TF_GetCode: () => code, TF_Message: () => message } as unknown as TensorFlow['call'],
  version: '',
  path: '',
});
const internalCode = 13;

describe('a lack of memory', () => {
  it.each(internal)('is told though TensorFlow calls it internal: %s', (message) => {
    expect(failureOf(tensorflow(internalCode, message), 0n)).toMatchObject({ name: 'Problem', code: 'OUT_OF_MEMORY' });
    // And where it comes by another way, as the eager engine's exceptions do.
    expect(diagnose(new Error(message))).toMatchObject({ kind: 'out-of-memory', code: 'OUT_OF_MEMORY' });
  });

  it('is not what every failure of a GPU is', () => {
    const message = 'CUDNN_STATUS_EXECUTION_FAILED in cudnnConvolutionForward';
    expect(failureOf(tensorflow(internalCode, message), 0n)).toBeInstanceOf(TensorFlowError);
    expect(diagnose(new Error(message))).toMatchObject({ kind: 'device-lost' });
  });

  it('is not what the allocator tells when it goes on without', () => {
    expect(
      outOfMemory.test('Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.1GiB. This is not a failure'),
    ).toBe(false);
  });
});
