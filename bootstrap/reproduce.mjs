#!/usr/bin/env node
/**
 * What `npm run reproduce` and every Makefile target run. Sees to what the program needs before it can be loaded (npm's
 * packages, compiled sources) and before it can train (TensorFlow's library), each only when missing, then hands over to it.
 * Has no dependencies. WARPNET_SKIP_SETUP=1 takes everything as it is.
 */
import { compile } from './compile.mjs';
import { installPackages, packagesReady } from './packages.mjs';
import { BootstrapProblem, printProblem } from './problem.mjs';

/** Commands that train nothing; `setup` and `doctor` look after TensorFlow's library themselves. */
const withoutTensorFlow = new Set(
  'setup doctor plan status report data clean import wait cancel completion help'.split(' '),
);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 ? major < 23 : major === 20 && minor >= 19) return;
  throw new BootstrapProblem(
    'NODE_VERSION',
    `Node ${process.versions.node} cannot run this: 20.19 or newer, below 23, is needed`,
    'Node 22 is a good choice (a version manager, or the packages for your system); tfjs-node does not run on 23.',
  );
}

/**
 * A module of the compiled program.
 * @param {string} path
 */
const built = (path) => import(new URL(`../dist/harness/${path}`, import.meta.url).href);

/** @param {string[]} argv */
function trains(argv) {
  const command = argv.find((argument) => !argument.startsWith('-'));
  const inJavaScript = argv.some(
    (argument, i) => argument === '--engine=cpu' || (argument === '--engine' && argv[i + 1] === 'cpu'),
  );
  const asksOnly = argv.some((argument) => ['--help', '-h', '--version'].includes(argument));
  if (inJavaScript || asksOnly) return false;
  return command === undefined ? argv.includes('--all') : !withoutTensorFlow.has(command);
}

/**
 * `doctor` reports and installs nothing; without npm's packages this is all it can say.
 * @param {string[]} argv
 */
function bareDoctor(argv) {
  const checks = [
    { name: 'Node', status: 'ok', detail: process.versions.node },
    {
      name: 'npm packages',
      status: 'missing',
      detail: 'not installed, or not those of package-lock.json',
      hint: 'make setup',
    },
  ];
  if (argv.includes('--json')) return JSON.stringify({ ready: false, checks }, null, 2);
  return `ok       Node: ${process.versions.node}\nmissing  npm packages: ${checks[1]?.detail}\n         -> make setup (the rest can be looked at after that)`;
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>} the exit code
 */
async function reproduce(argv) {
  checkNode();
  const setUp = process.env['WARPNET_SKIP_SETUP'] !== '1';
  if (setUp) {
    if (argv[0] === 'doctor' && !packagesReady()) {
      process.stdout.write(`${bareDoctor(argv)}\n`);
      return 1;
    }
    await installPackages();
    await compile();
  }
  if (setUp && trains(argv)) {
    const { setUpTensorFlow } = await built('setup/set-up.js');
    await setUpTensorFlow();
  }
  const { main } = await built('cli/main.js');
  return main(argv);
}

try {
  const code = await reproduce(process.argv.slice(2));
  // A command may have set one of its own.
  if (code !== 0) process.exitCode = code;
} catch (error) {
  printProblem(error);
  process.exitCode = 1;
}
