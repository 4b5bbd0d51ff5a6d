import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const rule = 'project/import-direction';

/** Only the rule on imports, which needs no types. */
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => ruleId === rule,
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
});

/** Whether the rule objects to a file of `folder` that imports `path`. */
async function refused(folder: string, path: string): Promise<boolean> {
  const [result] = await eslint.lintText(`export * from '${path}';\n`, { filePath: `${root}${folder}/example.ts` });
  const messages = result?.messages ?? [];
  for (const message of messages) expect(message.ruleId).toBe(rule);
  return messages.length > 0;
}

describe('imports point one way', () => {
  it.each([
    ['harness/core', '../engine/engine.js'],
    ['harness/engine', '../model/model.js'],
    ['harness/engine/traced', '../../plan/plan.js'],
    ['harness/model', '../plan/paper/paper.js'],
    ['harness/model', '../../datasets/dataset.js'],
    ['harness/model/layers', '../../../experiments/warpnet/model/network.js'],
    ['harness/plan/matrix', '../../kinds/index.js'],
    ['harness/plan', '../store/store.js'],
    ['harness/store', '../report/model.js'],
    ['harness/project', '../../experiments/warpnet/systems.js'],
    ['harness/report', '../run/site.js'],
    ['harness/report', '../engine/engine.js'],
    ['harness/setup', '../engine/engine.js'],
    ['harness/cli/commands', '../../../experiments/index.js'],
    ['datasets', '../harness/plan/plan.js'],
    ['datasets', '../experiments/index.js'],
  ])('%s may not import %s', async (folder, path) => {
    expect(await refused(folder, path)).toBe(true);
  });

  it.each([
    ['harness/model', '../core/problem.js'],
    ['harness/model', '../engine/engine.js'],
    ['harness/plan/expand', '../../kinds/index.js'],
    ['harness/plan/paper', '../../model/model.js'],
    ['harness/run', '../store/run-folder.js'],
    ['harness/kinds/training', '../../../datasets/dataset.js'],
    ['harness/report', '../project/projections.js'],
    ['harness/cli', '../run/site.js'],
    ['datasets', '../harness/core/problem.js'],
    ['experiments/warpnet', '../../harness/model/model.js'],
    ['test/harness', '../../harness/run/worker/subprocess.js'],
  ])('%s may import %s', async (folder, path) => {
    expect(await refused(folder, path)).toBe(false);
  });

  it('never goes round in a circle, not even for a type', () => {
    let left = importsOfSources();
    for (let before = Infinity; left.size < before;) {
      before = left.size;
      left = withoutEnds(left);
    }
    expect([...left]).toEqual([]);
  });
});

/** A file that imports none of the others, or that none of the others imports, is in no circle. */
function withoutEnds(imports: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const within = [...imports].map(([file, own]) => [file, own.filter((other) => imports.has(other))] as const);
  const imported = new Set(within.flatMap(([, own]) => own));
  return new Map(within.filter(([file, own]) => own.length > 0 && imported.has(file)));
}

/** Relative imports of every source file, `export … from`, `import()` and types among them. */
function importsOfSources(): Map<string, readonly string[]> {
  const files = ['bench', 'datasets', 'experiments', 'harness'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
      const sources = importedFiles.map(({ fileName }) => join(dirname(file), fileName).replace(/\.js$/u, '.ts'));
      return [file, sources.filter((source) => known.has(source))];
    }),
  );
}
