/** What the traced engine does not do, by what it says when asked; the reason is in the message. */
export const refusals: readonly RegExp[] = [
  // A kernel that is not registered is not under test.
  /Kernel '\w+' not registered for backend|but got 'Kernel/,
  // A step has no strings.
  /there are no (string|complex64) constants in a traced function/,
  // The gradient of a pool with explicit padding; and TensorFlow rounds the number of windows down, as tfjs does by default.
  /the traced engine pools with same or valid padding/,
  /the traced engine rounds the number of windows down/,
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
  { test: /^leakyrelu int32/, reason: 'float32 only' },
  { test: /^softmax Propagates NaNs/, reason: "oneDNN's softmax of a vector with a NaN is 0" },
  { test: /^tan numbers exceed float32 precision/, reason: 'the last digit of tan of a number beyond float32' },
  {
    test: /^conv2dTranspose input=8x8x8,output=4x4x8/,
    reason: 'TensorFlow checks that input and output shapes belong together; tfjs does not',
  },
  {
    test: /^avgPool3d x=\[1,1,1,1,1\] f=\[1,1,3\] s=1 p=valid/,
    reason: 'TensorFlow refuses a window that is larger than the image',
  },
  {
    test: /^pool (max|avg) x=\[2,2,3\] f=\[1,1\] s=2 p=1 fractional outputs default rounding/,
    reason: 'tfjs takes a window of one for no pool at all, whatever its padding',
  },
  {
    test: /^depthwiseConv2D input=1x5x5x1,f=3,s=1,d=2,p=explicit/,
    reason: 'pads channels, which TensorFlow refuses',
  },
  {
    test: /^maxPoolWithArgmax \[x=\[1,3,3,1\] f=\[2,2\] s=1 ignores NaNs/,
    reason: "the largest of numbers and a NaN is TensorFlow's NaN",
  },
  { test: /^slice {2}shallow slicing delayed/, reason: 'counts buffers; a graph has none until it runs' },
];
