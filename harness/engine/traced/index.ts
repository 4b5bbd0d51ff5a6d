/** Opens the traced engine on TensorFlow's library as `setup/` finds it. */
import { requireNativeLibrary } from '../../setup/native-library.js';
import { TracedEngine, type TracedEngineOptions } from './engine.js';

/** @throws Problem LIBRARY_MISSING, LIBRARY_UNREADABLE, DEVICES_TOO_FEW */
export function openTracedEngine(options: Omit<TracedEngineOptions, 'library'>): TracedEngine {
  return new TracedEngine({ ...options, library: requireNativeLibrary() });
}

export { TracedEngine } from './engine.js';
export { TracedFunction } from './function.js';
export type { EngineDevices, GpuCard } from './devices.js';
