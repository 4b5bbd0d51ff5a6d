import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
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
    ['harness/network', '../experiment/cell.js'],
    ['harness/network', '../train/trainer.js'],
    ['harness/network', '../engine/step-graph.js'],
    ['harness/network', '../../datasets/dataset.js'],
    ['harness/engine', '../result/result.js'],
    ['harness/engine/traced', '../../network/network.js'],
    ['harness/experiment', '../network/network.js'],
    ['harness/experiment', '../result/result.js'],
    ['harness/result', '../report/model.js'],
    ['harness/schedule', '../engine/engine.js'],
    ['harness/report', '../engine/engine.js'],
    ['harness/setup', '../engine/engine.js'],
    ['datasets', '../harness/experiment/cell.js'],
  ])('%s may not import %s', async (folder, path) => {
    expect(await refused(folder, path)).toBe(true);
  });

  it.each([
    ['harness/network', '../problem.js'],
    ['harness/network', '../engine/engine.js'],
    ['harness/engine', '../network/operations.js'],
    ['harness/schedule', '../result/run-folder.js'],
    ['harness/train', '../../datasets/dataset.js'],
    ['harness/report', '../simulate/simulate.js'],
    ['harness/commands', '../train/worker.js'],
    ['datasets', '../harness/problem.js'],
    ['test/harness', '../../harness/train/worker.js'],
  ])('%s may import %s', async (folder, path) => {
    expect(await refused(folder, path)).toBe(false);
  });
});
