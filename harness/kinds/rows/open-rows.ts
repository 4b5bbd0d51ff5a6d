/** Opens rows on their engine, imported when it is asked for. */
import type { OpenRows } from './rows.js';

export const openRows: OpenRows = async (job, execution) =>
  (await import('./compiled-rows.js')).compileRows(job, execution);
