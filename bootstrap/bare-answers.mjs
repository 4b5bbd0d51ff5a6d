/** What can be said before the program can be loaded: by `doctor`, which installs nothing, and by `--help` on an old Node. */
import { readFileSync } from 'node:fs';
import { nodeProblem } from './node-version.mjs';
import { inProject } from './project.mjs';

/** @param {readonly string[]} argv */
export function bareDoctor(argv, version = process.versions.node) {
  const node = nodeProblem(version);
  const checks = [
    node
      ? { name: 'Node', status: 'missing', detail: node.message, hint: node.hint }
      : { name: 'Node', status: 'ok', detail: version },
    {
      name: 'npm packages',
      status: 'missing',
      detail: 'not installed, or not those of package-lock.json',
      hint: 'make setup',
    },
  ];
  if (argv.includes('--json')) return JSON.stringify({ ready: false, checks }, null, 2);
  const lines = checks.map(({ name, status, detail, hint }) => {
    const line = `${status.padEnd(8)} ${name}: ${detail}`;
    return hint === undefined ? line : `${line}\n         -> ${hint}`;
  });
  return `${lines.join('\n')}\n         The rest can be looked at after that.`;
}

/**
 * For a Node that cannot run the program; undefined where that is no answer.
 * @param {readonly string[]} argv
 */
export function bareAnswer(argv) {
  /** @param {...string} names */
  const asks = (...names) => names.some((name) => argv.includes(name));
  if (argv[0] === 'help' || asks('--help', '-h'))
    return 'reproduce TABLE… | --all\n\nRegenerates the tables of papers, each number beside the printed one (README.md).\nThis Node is too old to list commands and options: 20.19 or newer is needed.';
  if (asks('--version')) {
    /** @type {{version: string}} */
    const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
    return version;
  }
  return undefined;
}
