/** Opens the traced engine on TensorFlow's library, and on convolutions of the project's own, as `setup/` finds them. */
import { requireNativeLibrary } from '../../setup/native-library.js';
import { winogradLibrary } from '../../setup/winograd.js';
import { TracedEngine, type TracedEngineOptions } from './engine.js';

/** @throws Problem LIBRARY_MISSING, LIBRARY_UNREADABLE, DEVICES_TOO_FEW */
export function openTracedEngine(options: Omit<TracedEngineOptions, 'library'>): TracedEngine {
  return new TracedEngine({ winograd: winogradLibrary(), ...options, library: requireNativeLibrary() });
}

export { TracedEngine } from './engine.js';
export { TracedFunction } from './function.js';
export type { EngineDevices, GpuCard } from './devices.js';
