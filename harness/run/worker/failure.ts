/** Tells apart how a worker failed, from what was thrown. */
import { outOfMemory } from '../../core/out-of-memory.js';
import { Problem } from '../../core/problem.js';
import type { Failure } from '../../store/failure.js';

type Diagnosis = Pick<Failure, 'kind' | 'code' | 'message' | 'hint'>;

interface Sign {
  readonly kind: Failure['kind'];
  readonly code: string;
  readonly pattern: RegExp;
  readonly hint: string;
}

/** In this order: a full disk is no lack of memory, and a CUDA allocation that fails is a lack of memory before it is a lost device. */
const signs: readonly Sign[] = [
  {
    kind: 'problem',
    code: 'DISK_FULL',
    pattern: /\bENOSPC\b|no space left on device|\bEDQUOT\b|disk quota exceeded/i,
    hint: 'Free some space (`npm run reproduce -- clean` lists what may go), then run the same command again.',
  },
  {
    kind: 'out-of-memory',
    code: 'OUT_OF_MEMORY',
    pattern: outOfMemory,
    hint: 'Use a device with more memory, a smaller batch or network, or fewer jobs at a time.',
  },
  {
    kind: 'device-lost',
    code: 'DEVICE_LOST',
    pattern:
      /CUDA_ERROR|CUDNN_STATUS|CUBLAS_STATUS|cuda(?:Get|Stream|Memcpy|Launch)\w* failed|GPU is lost|fallen off the bus|\bXid\b/i,
    hint: 'See `nvidia-smi` and the kernel log; `reproduce retry` goes on from the last checkpoint.',
  },
];

const problemKinds: Readonly<Record<string, Failure['kind']>> = {
  LOSS_DIVERGED: 'diverged',
  OUT_OF_MEMORY: 'out-of-memory',
  DEVICE_LOST: 'device-lost',
};

/** An error that is no Problem and bears no known sign is a bug: code INTERNAL_ERROR, its stack belongs into the log. */
export function diagnose(error: unknown): Diagnosis {
  if (error instanceof Problem) {
    const { code, message, hint } = error;
    const known = problemKinds[code];
    if (known) return { kind: known, code, message, hint: hint ?? null };
    const sign = signOf(`${code} ${message}`);
    return sign
      ? { kind: sign.kind, code: sign.code, message, hint: hint ?? sign.hint }
      : { kind: 'problem', code, message, hint: hint ?? null };
  }
  const message = error instanceof Error ? error.message : String(error);
  const sign = signOf(message);
  if (sign) return { kind: sign.kind, code: sign.code, message: firstLines(message), hint: sign.hint };
  return {
    kind: 'exit',
    code: 'INTERNAL_ERROR',
    message: firstLines(message),
    hint: 'This is a bug; the log has its stack trace.',
  };
}

const signOf = (text: string): Sign | undefined => signs.find(({ pattern }) => pattern.test(text));

/** TensorFlow appends pages of allocator statistics. */
const firstLines = (message: string): string => message.split('\n').slice(0, 3).join('\n').slice(0, 1000);
