/**
 * How a lack of memory reads in what programs print and throw: the kernel's and Node's words, and those of TensorFlow and NVIDIA's
 * libraries, which call it an internal error when a copy or a workspace finds no room. TensorFlow's allocator also tells where it
 * "ran out of memory" and went on.
 */
export const outOfMemory = new RegExp(
  [
    'RESOURCE_?EXHAUSTED|ResourceExhausted|\\bOOM\\b|(?<!ran )out of memory|ENOMEM|bad_alloc|cannot allocate memory',
    'Array buffer allocation failed|CUDA_ERROR_OUT_OF_MEMORY|(?:Dst|Src) tensor is not initialized',
    '(?:CUDNN|CUBLAS|CUSPARSE|CUSOLVER)_STATUS_ALLOC_FAILED|CUFFT_ALLOC_FAILED|the resource allocation failed',
  ].join('|'),
  'i',
);
