/** What the traced engine does not do, by what it says when asked; the reason is in the message. */
export const refusals: readonly RegExp[] = [
  // A kernel that is not registered is not under test.
  /Kernel '\w+' not registered for backend|but got 'Kernel/,
  // A step has no strings.
  /no string constants in a traced function/,
  // TensorFlow pools without explicit padding, and its CPU kernels convolve NHWC only.
  /the traced engine pools with same or valid padding/,
  /the traced engine takes NHWC convolutions/,
];

/**
 * Tests of tfjs-core that fail on the traced engine, and why. Each has to fail: one that passes is reported, so that the
 * list stays short and true.
 */
export const exceptions: readonly { readonly test: RegExp; readonly reason: string }[] = [
  {
    test: /^gather throws when (batch dims|index)|^reverse[234]d throws error with non integer axis|^slice2d throws when requesting out/,
    reason: 'TensorFlow checks these arguments itself, with other words or by its own rules',
  },
  {
    test: /^einsum (2d matrix calculate trace|mismatched dim|incorrect number|nonexistent dim)/,
    reason: 'TensorFlow takes more equations than tfjs and words its errors differently',
  },
  { test: /^sign (basic|does not propagate NaNs|accepts a tensor-like)/, reason: "TensorFlow's sign of NaN is NaN" },
  {
    test: /^step kernel (with 1d tensor and alpha|propagates NaNs)/,
    reason: 'a comparison, as in the released code: NaN is not greater than 0',
  },
  { test: /^(step kernel with int32|round int32)/, reason: 'gives float32, which a step computes in' },
  { test: /^(clipByValue clip int32|leakyrelu int32)/, reason: 'float32 only' },
  { test: /^softmax Propagates NaNs/, reason: "oneDNN's softmax of a vector with a NaN is 0" },
  { test: /^tan numbers exceed float32 precision/, reason: 'the last digit of tan of a number beyond float32' },
  {
    test: /^conv2dTranspose input=8x8x8,output=4x4x8/,
    reason: 'TensorFlow checks that input and output shapes belong together; tfjs does not',
  },
  { test: /^slice {2}shallow slicing delayed/, reason: 'counts buffers; a graph has none until it runs' },
];
