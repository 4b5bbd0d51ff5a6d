/** Where the project's own files are, whether run from `dist/` or from the sources. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** An absolute path inside the project. */
export const inProject = (...parts: string[]): string => join(projectRoot, ...parts);
