#!/usr/bin/env node
/**
 * What `npm run reproduce` and every Makefile target run. Sees to what the program needs before it can be loaded (npm's
 * packages, compiled sources), each only when missing, then hands over to it, with the papers of `experiments/` and the
 * command of a worker. Has no dependencies. WARPNET_SKIP_SETUP=1 takes everything as it is.
 */
import { existsSync } from 'node:fs';
import { bareAnswer, bareDoctor } from './bare-answers.mjs';
import { compile } from './compile.mjs';
import { nodeProblem } from './node-version.mjs';
import { installPackages, packagesReady } from './packages.mjs';
import { printProblem } from './problem.mjs';
import { built, inProject } from './project.mjs';
import { tolerateLostOutput } from './streams.mjs';

// TensorFlow's notes on itself and the processor are not for who runs a command; workers and peers inherit it.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';

/**
 * @param {string[]} argv
 * @returns {Promise<number>} the exit code
 */
async function reproduce(argv) {
  const tooOld = nodeProblem();
  const looksAfterItself = process.env['WARPNET_SKIP_SETUP'] !== '1';
  // The package as npm installs it is compiled, and npm sees to its packages.
  const isClone = existsSync(inProject('package-lock.json'));
  if (argv[0] === 'doctor' && (tooOld || (isClone && looksAfterItself && !packagesReady())))
    return say(bareDoctor(argv), 1);
  if (tooOld) {
    const answer = bareAnswer(argv);
    if (answer === undefined) throw tooOld;
    return say(answer, 0);
  }
  if (isClone && looksAfterItself) {
    await installPackages();
    await compile();
  }
  const [{ main }, { commands }] = await Promise.all([
    built('harness', 'cli', 'main.js'),
    built('experiments', 'commands.js'),
  ]);
  const surroundings = {
    environment: process.env,
    output: process.stdout,
    messages: process.stderr,
    papers: async () => (await built('experiments', 'index.js')).papers,
    worker: [process.execPath, inProject('bootstrap', 'worker.mjs')],
    ...(looksAfterItself ? { setUp: setUpTensorFlow } : {}),
  };
  return main(argv, surroundings, commands);
}

/** @param {{addon: boolean}} needs */
async function setUpTensorFlow(needs) {
  const setUp = await built('harness', 'setup', 'set-up.js');
  await setUp.setUpTensorFlow(needs);
}

/**
 * @param {string} text
 * @param {number} code
 */
function say(text, code) {
  process.stdout.write(`${text}\n`);
  return code;
}

tolerateLostOutput();
// npm runs scripts in the project's folder, and says where its user stands: that is what relative paths are from.
const { npm_lifecycle_event: script, INIT_CWD: stood } = process.env;
if (stood && (script === 'reproduce' || script === 'doctor') && existsSync(stood)) process.chdir(stood);
try {
  const code = await reproduce(process.argv.slice(2));
  // Lost output may have set one.
  if (code !== 0) process.exitCode = code;
} catch (error) {
  printProblem(error);
  process.exitCode = 1;
}
