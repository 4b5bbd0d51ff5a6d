/** Environment variables by which TensorFlow and CUDA are told how to compute: each is read once, when they are loaded. */

export interface ProcessOptions {
  /** Ask TensorFlow for kernels that repeat bit for bit on GPUs. */
  readonly deterministic?: boolean;
  /** Let GPUs round the operands of float32 products to TF32. */
  readonly tf32?: boolean;
}

export function setProcessOptions({ deterministic = false, tf32 = false }: ProcessOptions): void {
  // Else TensorFlow announces itself and the processor's features.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // CUDA's default numbers the fastest card 0; nvidia-smi, and so `--devices`, counts along the bus.
  process.env['CUDA_DEVICE_ORDER'] ??= 'PCI_BUS_ID';
  // Not left to what is exported: the result says which of the two it was.
  process.env['NVIDIA_TF32_OVERRIDE'] = tf32 ? '1' : '0';
  if (deterministic) {
    process.env['TF_DETERMINISTIC_OPS'] = '1';
    process.env['TF_CUDNN_DETERMINISTIC'] = '1';
  }
}
