import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../harness/core/files/make-folder.js';
import { openRegularFile, readRegularFile } from '../../../harness/core/files/regular-file.js';
import { orSystemProblem, systemProblem } from '../../../harness/core/system-problem.js';
import { Problem } from '../../../harness/core/problem.js';
import { temporaryFolder } from '../../datasets/support/temporary-folder.js';

const elsewhere = 'Or name another folder.';
const refused = (code: string): Error => Object.assign(new Error(`${code}: raw words`), { code });

describe('what the system refuses', () => {
  it.each([
    ['EACCES', 'NOT_WRITABLE', 'permission denied'],
    ['EROFS', 'NOT_WRITABLE', 'read-only'],
    ['ENOSPC', 'DISK_FULL', 'no space'],
    ['EDQUOT', 'DISK_FULL', 'quota'],
    ['EISDIR', 'FILE_TROUBLE', 'a folder is where a file should be'],
    ['EMFILE', 'TOO_MANY_FILES', 'too many files'],
    ['EIO', 'FILE_TROUBLE', 'disk'],
  ])('%s names the file, the reason and the way out', async (error, code, reason) => {
    const path = join(await temporaryFolder(), 'file');
    const attempt = { path, doing: 'write', elsewhere };
    await expect(orSystemProblem(attempt, () => Promise.reject(refused(error)))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`^Cannot write ${path}: .*${reason}`)) as string,
      hint: expect.stringMatching(/.+ Or name another folder\.$/) as string,
    });
  });

  it('says whose a file is where the rights to it are missing', async () => {
    const path = join(await temporaryFolder(), 'file');
    writeFileSync(path, '', { mode: 0o600 });
    const { uid } = statSync(path);
    const problem = systemProblem(refused('EACCES'), { path, doing: 'read', elsewhere });
    expect(problem).toMatchObject({
      code: 'NOT_READABLE',
      message: expect.stringContaining(`(owner: user ${uid}, mode 600; you are user`) as string,
    });
    // Of a file that is not there, the folder's owner decides.
    expect(
      systemProblem(refused('EACCES'), { path: join(path, '..', 'a', 'b'), doing: 'write', elsewhere }),
    ).toMatchObject({
      message: expect.stringContaining(`(${join(path, '..')}, owner: user ${uid}`) as string,
    });
  });

  it('is not what a bug throws, and a Problem stays as it is', () => {
    const bug = new TypeError('x is not a function');
    const problem = new Problem('OTHER', 'something else');
    for (const error of [bug, problem, refused('EBADMSG')])
      expect(systemProblem(error, { path: '/x', doing: 'write', elsewhere })).toBe(error);
  });
});

describe('makeFolder', () => {
  it('makes a folder and those above it, and is content with one that is there', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b', 'c');
    makeFolder(folder, elsewhere);
    makeFolder(folder, elsewhere);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it.each([
    ['where nothing can be made', () => '/proc/none/below', 'NOT_WRITABLE'],
    [
      'below a file',
      (root: string) => {
        writeFileSync(join(root, 'file'), '');
        return join(root, 'file', 'below');
      },
      'FILE_TROUBLE',
    ],
    [
      'through a link that leads nowhere',
      (root: string) => {
        symlinkSync('/nowhere/at/all', join(root, 'link'));
        return join(root, 'link', 'below');
      },
      'FILE_TROUBLE',
    ],
  ])('refuses a folder %s, and returns', async (_, place, code) => {
    const path = place(await temporaryFolder());
    expect(() => makeFolder(path, elsewhere)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('a file that is to be read', () => {
  it.each([
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a device', (path: string) => symlinkSync('/dev/zero', path)],
  ])('may not be %s', async (_, make) => {
    const path = join(await temporaryFolder(), 'file');
    make(path);
    await expect(openRegularFile(path)).rejects.toMatchObject({ code: 'FILE_TROUBLE' });
  });

  it('may not be larger than it should be, nor missing', async () => {
    const path = join(await temporaryFolder(), 'file');
    await expect(readRegularFile(path, 10)).rejects.toMatchObject({ code: 'FILE_TROUBLE' });
    writeFileSync(path, 'eleven byte');
    await expect(readRegularFile(path, 10)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect((await readRegularFile(path, 11)).toString()).toBe('eleven byte');
  });
});
