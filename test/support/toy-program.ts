/** The program with the toy paper beside the project's own, and workers that know it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { inProject } from '../../harness/core/project.js';
import { Papers } from '../../harness/plan/paper/papers.js';
import type { ReportedPaper } from '../../harness/report/paper.js';
import { toy } from '../toy-paper/index.js';
import { papers as ours } from './papers.js';

export const papers = new Papers<ReportedPaper>([...ours.all, toy]);

/** Compiles the toy paper beside the program and gives the command of a worker that knows it. */
export function toyWorker(): readonly string[] {
  const folder = inProject('dist', toy.folder);
  mkdirSync(folder, { recursive: true });
  for (const name of ['index', 'model']) {
    const source = readFileSync(inProject(toy.folder, `${name}.ts`), 'utf8');
    const compilerOptions = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    };
    writeFileSync(join(folder, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
  const worker = join(folder, 'worker.js');
  writeFileSync(
    worker,
    `import { Papers } from '../../harness/plan/paper/papers.js';
import { runWorker } from '../../harness/run/worker/subprocess.js';
import { toy } from './index.js';
await runWorker({ papers: new Papers([toy]) });
`,
  );
  return [process.execPath, worker];
}
