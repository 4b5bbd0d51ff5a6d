import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemProblem } from '../system-problem.js';

/**
 * Makes a folder and those above it. (Node's recursive mkdir never returns where a folder can be seen but nothing be made in
 * it, as under /proc.)
 * @param elsewhere how another place can be named; a reports folder unless said otherwise
 * @throws Problem NOT_WRITABLE, DISK_FULL, FILE_TROUBLE
 */
export function makeFolder(path: string, elsewhere = 'Or name another folder with --reports-folder.'): void {
  const missing: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    if (isFolder(at)) break;
    missing.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const folder of missing)
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process was quicker.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST' && isFolder(folder)) continue;
      throw systemProblem(asRefusal(error), { path: folder, doing: 'make the folder', elsewhere });
    }
}

/** Of a folder that is there, or that can be made some time. @throws Problem FILE_TROUBLE where a file, or a link to nothing, is in its place */
export function requireFolder(path: string, elsewhere: string): void {
  let at = resolve(path);
  while (at !== dirname(at) && !isThere(at)) at = dirname(at);
  if (isFolder(at)) return;
  throw systemProblem(Object.assign(new Error(), { code: 'ENOTDIR' }), { path: at, doing: 'use', elsewhere });
}

const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // below a file
  }
};

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** ENOENT below a folder that is there, and EEXIST of what is no folder, in the words of what they mean here. */
function asRefusal(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const meant = { ENOENT: 'EROFS', EEXIST: 'ENOTDIR' }[code ?? ''];
  return meant === undefined ? error : Object.assign(new Error(), { code: meant });
}
