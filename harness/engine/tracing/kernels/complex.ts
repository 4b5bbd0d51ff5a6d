/** Complex numbers and Fourier transforms. */
import * as tf from '@tensorflow/tfjs-core';
import { direct, type TracedKernel } from './kernel.js';

export const complexKernels: readonly TracedKernel[] = [
  direct(tf.Complex, 'Complex', ['real', 'imag'], () => ({ Tout: { type: 'complex64' } })),
  direct(tf.Real, 'Real', ['input'], () => ({ Tout: { type: 'float32' } })),
  direct(tf.Imag, 'Imag', ['input'], () => ({ Tout: { type: 'float32' } })),
  direct(tf.ComplexAbs, 'ComplexAbs', ['x'], () => ({ Tout: { type: 'float32' } })),
  direct(tf.FFT, 'FFT', ['input']),
  direct(tf.IFFT, 'IFFT', ['input']),
];
