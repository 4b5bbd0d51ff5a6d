/** Quick programs in place of those that the entry calls, as texts. */

export const lockOf = (version: string): string =>
  JSON.stringify({
    packages: {
      '': {},
      'node_modules/thing': { version },
      'node_modules/elsewhere': { version: '1.0.0', optional: true },
    },
  });

/** Compiles by copying, and finds one type error. */
export const tsc = `
const { cpSync, readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const root = process.argv[process.argv.indexOf('-p') + 1];
let code = 0;
for (const folder of ['harness', 'experiments']) {
  for (const name of readdirSync(join(root, folder), { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    cpSync(join(root, folder, name), join(root, 'dist', folder, name.replace(/ts$/, 'js')));
    if (/: number = "/.test(readFileSync(join(root, folder, name), 'utf8'))) {
      console.log(name + '(1,14): error TS2322');
      code = 2;
    }
  }
}
process.exit(code);
`;

/** Says what it was called with; `table2` wants TensorFlow. */
export const program = `
export const main = async (argv, surroundings, commands) => {
  if (argv[0] === 'table2') await surroundings.setUp?.();
  console.log(['main', ...argv].join(' '));
  if (argv[0] === 'given') {
    const { papers, worker, output, messages, environment } = surroundings;
    console.log(JSON.stringify([await papers(), worker, commands, output === process.stdout, messages === process.stderr, environment === process.env]));
  }
  return argv[0] === 'fails' ? 2 : 0;
};
`;
