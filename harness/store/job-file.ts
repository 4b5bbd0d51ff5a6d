/** Reads back which job a run folder is of. */
import { underTodaysNames } from '../kinds/identity.js';
import { readJob, type Job } from '../kinds/index.js';
import type { Papers } from '../plan/paper/papers.js';
import { refuseOtherSchema, runFile } from './run-folder.js';
import { readIfThere } from './stored-json.js';

/**
 * The job of a run folder; null where there is none that this version understands (a run that never got so far, or one
 * of another version, which no plan asks for).
 */
export function readJobFile(papers: Papers, folder: string): Job | null {
  const path = runFile(folder, 'job');
  try {
    const value: unknown = JSON.parse(readIfThere(path) ?? '');
    refuseOtherSchema(path, value);
    const job = readJob(papers, value);
    return underTodaysNames(papers.named(job.paper), job);
  } catch {
    return null;
  }
}
