/** The guide to the engine and the examples of what it exports: each is run, and prints what it says it prints. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

interface Example {
  readonly title: string;
  readonly code: string;
}

/** Fenced blocks of JavaScript; in a comment each line begins with a star. */
function examplesIn(file: string): Example[] {
  const text = readFileSync(file, 'utf8').replace(/^ *\* ?/gm, file.endsWith('.ts') ? '' : '$&');
  return [...text.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code = ''], index) => ({
    title: `${relative(root, file)}, example ${index + 1}`,
    code,
  }));
}

const sources = readdirSync(join(root, 'harness', 'engine', 'api'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(root, 'harness', 'engine', 'api', name));
const examples = [join(root, 'docs', 'engine.md'), ...sources, join(root, 'harness', 'core', 'problem.ts')].flatMap(
  examplesIn,
);

/** What is said to be printed, in comments behind `console.log`. */
const promised = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, said = '']) => said.replace(/\s/g, ''));

/** Imports the files named one after the other, and tells what each printed, or why it failed. */
const runner = `
import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';
const outcomes = [];
const print = console.log;
for (const file of process.argv.slice(2)) {
  const printed = [];
  console.log = (...values) => printed.push(formatWithOptions({ breakLength: Infinity }, ...values));
  console.table = () => {};
  try {
    await import(pathToFileURL(file).href);
    outcomes.push({ printed });
  } catch (error) {
    outcomes.push({ printed, failure: String(error.stack) });
  }
}
print(JSON.stringify(outcomes));
process.exit(0);
`;

describe('the examples of the guide and of the reference', () => {
  let folder: string;
  let outcomes: { readonly printed: string[]; readonly failure?: string }[];

  beforeAll(async () => {
    // Inside the project: its own name, which the examples import, is known there only.
    mkdirSync(join(root, 'reports'), { recursive: true });
    folder = mkdtempSync(join(root, 'reports', 'examples-'));
    writeFileSync(join(folder, 'run.mjs'), runner);
    const files = examples.map(({ code }, index) => {
      const file = join(folder, `example-${index}.mjs`);
      writeFileSync(file, code);
      return file;
    });
    const { stdout } = await run(process.execPath, [join(folder, 'run.mjs'), ...files], { maxBuffer: 2 ** 24 });
    outcomes = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as typeof outcomes;
  }, 240_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(examples.map(({ title, code }, index) => ({ title, code, index })))('$title', ({ code, index }) => {
    const { printed = [], failure } = outcomes[index] ?? {};
    expect(failure).toBeUndefined();
    const all = printed.join('\n').replace(/\s/g, '');
    for (const said of promised(code)) expect(all).toContain(said);
  });
});

describe('what the engine exports', () => {
  const program = ts.createProgram([join(root, 'harness', 'engine', 'index.ts')], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    noResolve: false,
    types: [],
  });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(root, 'harness', 'engine', 'index.ts'));
  const module = file && checker.getSymbolAtLocation(file);
  const exported = (module ? checker.getExportsOfModule(module) : []).map((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const isValue = (target.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Function)) !== 0;
    const example = target.getJsDocTags(checker).some(({ name }) => name === 'example');
    return {
      name: symbol.name,
      comment: ts.displayPartsToString(target.getDocumentationComment(checker)),
      isValue,
      example,
    };
  });

  it('is what the guide speaks of', () => {
    expect(exported.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['openEngine', 'GraphEngine', 'LayersTraining', 'Profile']),
    );
  });

  it.each(exported.filter(({ isValue }) => isValue))('$name has a comment and an example', ({ comment, example }) => {
    expect(comment).not.toBe('');
    expect(example).toBe(true);
  });
});

describe('the examples of the folder', () => {
  const runExample = async (name: string, ...parameters: string[]): Promise<string> =>
    (await run(process.execPath, [join(root, 'examples', name), ...parameters], { maxBuffer: 2 ** 24 })).stdout;
  const lossesIn = (output: string): number[] => [...output.matchAll(/^loss (.*)$/gm)].map(([, loss]) => Number(loss));

  it('two halves of a model on two devices, in ten lines', async () => {
    const source = readFileSync(join(root, 'examples', 'two-devices.mjs'), 'utf8');
    const lines = source.slice(source.indexOf('const engine'), source.indexOf('\n\nconst profile')).split('\n');
    expect(lines.length).toBeLessThanOrEqual(10);
    const folder = mkdtempSync(join(root, 'reports', 'picture-'));
    try {
      const picture = join(folder, 'timeline.svg');
      const output = await runExample('two-devices.mjs', picture);
      const losses = lossesIn(output);
      expect(losses).toHaveLength(5);
      expect(losses[4]).toBeLessThan(losses[0] ?? 0);
      // Each device has the product of its half, forward and backward.
      for (const device of ['cpu:0', 'cpu:1']) expect(output).toMatch(new RegExp(`BatchMatMulV2.*${device}`));
      expect(readFileSync(picture, 'utf8')).toMatch(/^<svg[^]*device 0[^]*device 1/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('copies of a model on shares of a batch stay equal', async () => {
    const output = await runExample('data-parallel.mjs');
    const losses = lossesIn(output);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(output).toContain('copies differ by 0\n');
  }, 120_000);
});
