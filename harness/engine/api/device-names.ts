/** Devices as a user names them in code: `cpu:1`, `gpu:0`, `/device:GPU:0`, or a number. */
import { Problem } from '../../core/problem.js';

/** The names that an engine's devices go by: `cpu:0` … */
export const deviceNames = (hardware: 'cpu' | 'gpu', count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${hardware}:${index}`);

/** The logical device that a name means. @throws Problem DEVICE_UNKNOWN */
export function deviceNumber(name: string | number, names: readonly string[]): number {
  const text = typeof name === 'number' ? String(name) : name.toLowerCase().replace(/^\/?device:/, '');
  const index = /^\d+$/.test(text) ? Number(text) : names.indexOf(text.includes(':') ? text : `${text}:0`);
  if (index >= 0 && index < names.length) return index;
  throw new Problem(
    'DEVICE_UNKNOWN',
    `this engine has no device "${name}"`,
    `It has ${names.join(', ')}; openEngine({ devices: 'cpu:4' }) gives four.`,
  );
}
