import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setProcessOptions } from '../../../../harness/engine/native/process-options.js';

beforeEach(() => {
  for (const name of ['TF_CPP_MIN_LOG_LEVEL', 'CUDA_DEVICE_ORDER', 'NVIDIA_TF32_OVERRIDE', 'TF_DETERMINISTIC_OPS'])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the options of a process', () => {
  it.each([
    [false, '1', '0'],
    [true, '0', '1'],
    [false, undefined, '0'],
  ])('TF32 %s is what is computed, though NVIDIA_TF32_OVERRIDE=%s is exported', (tf32, exported, computed) => {
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', exported);
    setProcessOptions({ tf32 });
    expect(process.env['NVIDIA_TF32_OVERRIDE']).toBe(computed);
  });

  it("leave a user's log level and order of the cards as they are", () => {
    vi.stubEnv('TF_CPP_MIN_LOG_LEVEL', '0');
    vi.stubEnv('CUDA_DEVICE_ORDER', 'FASTEST_FIRST');
    setProcessOptions({});
    expect(process.env).toMatchObject({ TF_CPP_MIN_LOG_LEVEL: '0', CUDA_DEVICE_ORDER: 'FASTEST_FIRST' });
  });

  it('else count cards along the bus, as nvidia-smi does, and keep TensorFlow quiet', () => {
    setProcessOptions({});
    expect(process.env).toMatchObject({ TF_CPP_MIN_LOG_LEVEL: '2', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
  });

  it('ask for deterministic kernels only where that is asked for', () => {
    setProcessOptions({ deterministic: false });
    expect(process.env['TF_DETERMINISTIC_OPS']).toBeUndefined();
    setProcessOptions({ deterministic: true });
    expect(process.env['TF_DETERMINISTIC_OPS']).toBe('1');
  });
});
