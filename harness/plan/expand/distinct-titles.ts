/** Titles that tell jobs apart. */
import { inputsOf } from '../../kinds/identity.js';
import type { Job } from '../../kinds/index.js';
import type { Paper } from '../paper/paper.js';

/** The jobs in their order; where several have one title, what differs between them is added to it. */
export function distinctTitles(paper: Paper, jobs: readonly Job[]): Job[] {
  const byTitle = new Map<string, Job[]>();
  for (const job of jobs) {
    const alike = byTitle.get(job.title);
    if (alike) alike.push(job);
    else byTitle.set(job.title, [job]);
  }
  const additions = new Map<Job, string>();
  for (const alike of byTitle.values())
    if (alike.length > 1) for (const [job, addition] of whatDiffers(paper, alike)) additions.set(job, addition);
  return jobs.map((job) => {
    const addition = additions.get(job);
    return addition === undefined ? job : { ...job, title: `${job.title} (${addition})` };
  });
}

/** For each job `steps 450, batch 128`: those inputs of its id that are not the same for all, by the end of their names where that is enough. */
function whatDiffers(paper: Paper, alike: readonly Job[]): [Job, string][] {
  const inputs = alike.map((job) => ({ job, own: inputsOf(paper, job) }));
  const paths = [...new Set(inputs.flatMap(({ own }) => [...own.keys()]))].filter(
    (path) => new Set(inputs.map(({ own }) => own.get(path))).size > 1,
  );
  // The same of several rows is said once: `rows.0.network.classes 10, rows.1.network.classes 10` is `classes 10`.
  const ends = new Map(paths.map((path) => [path, path.split('.').at(-1) ?? path]));
  const agree = inputs.every(({ own }) => {
    const values = new Map<string, string | undefined>();
    return paths.every((path) => {
      const end = ends.get(path) ?? path;
      const known = values.has(end) ? values.get(end) === own.get(path) : true;
      values.set(end, own.get(path));
      return known;
    });
  });
  return inputs.map(({ job, own }) => {
    const named = paths.map((path) => `${agree ? (ends.get(path) ?? path) : path} ${own.get(path) ?? 'none'}`);
    return [job, [...new Set(named)].join(', ')];
  });
}
