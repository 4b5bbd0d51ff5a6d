/** Letters after the numbers of a table at a glance, and what each means. */
import type { Quantity } from '../evaluate/quantity.js';

/** In the order in which legends explain them. */
export const marks = {
  x: 'differs from the printed number by more than the tolerance',
  r: 'reduced scale: smaller networks, shorter trainings or another data set, not to be compared',
  m: 'modelled for the paper’s hardware, not measured',
  f: 'modelled, and the model was fitted to this number',
  p: 'projected from times of single operations on this machine, not measured',
  h: 'other hardware than the paper’s, not to be compared',
  d: 'the printed digits are doubtful',
} as const;
export type Mark = keyof typeof marks;

export const markNames = Object.keys(marks) as readonly Mark[];

export function marksOf({ provenance, value, fitted, verdict, printed, hardware }: Quantity): Mark[] {
  if (value === null) return [];
  if (provenance === 'cited') return printed?.lowConfidence === true ? ['d'] : [];
  const origin: Mark[] =
    provenance === 'modelled' ? [fitted ? 'f' : 'm'] : provenance === 'projected' && hardware !== null ? ['p'] : [];
  if (verdict?.outcome === 'not reproduced') return ['x', ...origin];
  if (verdict?.outcome === 'reduced scale') return ['r'];
  return verdict?.code === 'other-hardware' ? [...origin, 'h'] : origin;
}
