/** The real parts of a cell, each kind imported only when it is the one. */
import type { PartsOpener } from './cell-parts.js';

export const openParts: PartsOpener = {
  error: async (cell, execution) => (await import('../../kinds/training/error-parts.js')).openErrorParts(cell, execution),
  timing: async (cell, execution) => (await import('../../kinds/timing/timing-parts.js')).openTimingParts(cell, execution),
};
