/** Where the project's own files are, whether run from `dist/` or from the sources. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Internal error: no package.json above harness/project');
    folder = parent;
  }
  return folder;
}

/** The folder of package.json. */
export const projectRoot = findRoot();

/** Whether this is the package as npm installs it, and not a clone: then its folder is npm's, and nothing is written there. */
export const isInstalled = basename(dirname(projectRoot)) === 'node_modules';

/** An absolute path inside the project. */
export const inProject = (...parts: string[]): string => join(projectRoot, ...parts);

/** Where results and data go if nothing else is said: into the clone, or to where the command was started. */
export const inWorkplace = (...parts: string[]): string => join(isInstalled ? process.cwd() : projectRoot, ...parts);

/** How a command of the program is written here, for hints: `make setup`, `npx warpnet-tables doctor`. */
export function commandLine(command: string): string {
  if (isInstalled) return `npx ${basename(projectRoot)} ${command}`;
  return command === 'setup' ? 'make setup' : `npm run reproduce -- ${command}`;
}
