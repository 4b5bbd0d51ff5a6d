/** Opens an engine on TensorFlow's library as it is found on this machine. */
import { enableProdMode } from '@tensorflow/tfjs-core';
import { engineDevices } from '../devices/engine-devices.js';
import { openTracedEngine } from '../traced/index.js';
import { deviceNames } from './device-names.js';
import { GraphEngine } from './graph-engine.js';

/** How an engine computes. */
export interface EngineOptions {
  /**
   * `cpu`: all cores as one device, the default. `cpu:4`: four devices of one core each, in strict order, so that results repeat bit
   * for bit. `gpu`, `gpu:0,2`: all GPUs, or those by index. `gpu:0/4`: card 0 as four devices.
   */
  readonly devices?: string;
  /** Seed of the random numbers that a graph draws, a positive integer; without it every run draws others. */
  readonly seed?: number;
  /** Ask TensorFlow for kernels that repeat bit for bit on GPUs. */
  readonly deterministic?: boolean;
  /** Let GPUs round the operands of float32 products to TF32. */
  readonly tf32?: boolean;
}

/**
 * Opens an engine: TensorFlow's library with the devices asked for. Several may be open in one process.
 *
 * @throws Problem TENSORFLOW_MISSING where the library is not there (`npx warpnet-tables setup` gets it), TENSORFLOW_FOLDER,
 * LIBRARY_UNREADABLE, DEVICES_INVALID, DEVICES_TOO_FEW
 * @example
 * ```js
 * const tf = await import('@tensorflow/tfjs');
 * const { openEngine } = await import('warpnet-tables/engine');
 * const engine = await openEngine({ devices: 'cpu', seed: 1 });
 * const double = engine.function((x) => tf.mul(x, 2));
 * (await double(tf.tensor([1, 2, 3]))).print(); // [2, 4, 6]
 * engine.close();
 * ```
 */
export async function openEngine({ devices = 'cpu', seed, ...how }: EngineOptions = {}): Promise<GraphEngine> {
  // Else tfjs prints an advertisement for tfjs-node at its first op.
  enableProdMode();
  const selected = await engineDevices(devices);
  const engine = openTracedEngine({ devices: selected, ...how });
  return new GraphEngine(engine, deviceNames(selected.kind === 'gpu' ? 'gpu' : 'cpu', engine.devices), seed);
}
