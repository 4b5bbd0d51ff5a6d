import { expect, it } from 'vitest';
import { busyNote } from '../../../../harness/report/measured/busy-cards.js';

it('a speed-up of GPUs stands beside the share of the step that they computed, with a warning below 80 %', () => {
  expect(busyNote(0.97, 0.91)).toEqual(["The GPUs computed during 95 % of the baseline's step and 90 % of this one."]);
  expect(busyNote(0.97, 0.79)[0]).toContain('measures the threads that start kernels');
  expect(busyNote(0.62, 0.9)[0]).toContain('Below 80 %');
  expect(busyNote(undefined, undefined)).toEqual([]);
});
