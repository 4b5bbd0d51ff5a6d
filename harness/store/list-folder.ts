/** What is in a folder that somebody may delete meanwhile. */
import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../core/files/system-code.js';
import { systemProblem } from '../core/system-problem.js';

/** Names in a folder; none when it does not exist. @throws Problem NOT_READABLE, FILE_TROUBLE */
export const listFolder = (folder: string): string[] => listed(folder, () => readdirSync(folder));

/** Names of the folders in a folder, links to folders among them. @throws Problem NOT_READABLE, FILE_TROUBLE */
export const foldersIn = (folder: string): string[] =>
  listed(folder, () =>
    readdirSync(folder, { withFileTypes: true })
      .filter(isFolder)
      .map(({ name }) => name),
  );

function isFolder(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isDirectory() === true;
}

function listed(folder: string, read: () => string[]): string[] {
  try {
    return read();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw systemProblem(error, { path: folder, doing: 'read', elsewhere: '' });
  }
}
