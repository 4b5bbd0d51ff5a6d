import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readTar } from '../../datasets/formats/tar.js';
import { readZip } from '../../datasets/formats/zip.js';
import { missingTool } from '../tools.js';
import { zip } from './support/imagenet32-files.js';
import { tarEntry } from './support/tar-entry.js';
import { temporaryFolder } from './support/temporary-folder.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function untar(bytes: Buffer, wanted: string[], piece = 100): Promise<[string, string][]> {
  const files: [string, string][] = [];
  for await (const { name, content } of readTar(inPieces(bytes, piece), new Set(wanted), 'a.tar')) {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    files.push([name, Buffer.concat(parts).toString()]);
  }
  return files;
}

describe('readTar', () => {
  const long = 'x'.repeat(1300);
  const archive = Buffer.concat([
    tarEntry('folder/', Buffer.alloc(0), '5'),
    tarEntry('folder/readme.html', Buffer.from('no')),
    tarEntry('folder/a.bin', Buffer.from(long)),
    tarEntry('../../../etc/b.bin', Buffer.from('climbs')),
    tarEntry('folder/c.bin', Buffer.alloc(0), '2'),
    Buffer.alloc(1024),
  ]);

  it.each([1, 7, 512, 100_000])(
    'finds the wanted files in pieces of %i bytes; a path that climbs is only a name',
    async (piece) => {
      expect(await untar(archive, ['a.bin', 'b.bin', 'c.bin'], piece)).toEqual([
        ['a.bin', long],
        ['b.bin', 'climbs'],
      ]);
    },
  );

  it('goes on after a file of which nothing was read', async () => {
    const names: string[] = [];
    for await (const { name } of readTar(inPieces(archive, 300), new Set(['a.bin', 'b.bin']), 'a.tar'))
      names.push(name);
    expect(names).toEqual(['a.bin', 'b.bin']);
  });

  it.each([
    ['is cut off in a file', archive.subarray(0, 3000), 'it is cut off in a.bin'],
    ['is cut off in a header', archive.subarray(0, 700), 'it is cut off'],
    ['is something else', Buffer.from('<html>'.repeat(200)), 'not a tar archive, or damaged'],
  ])('refuses an archive that %s', async (_, bytes, message) => {
    await expect(untar(bytes, ['a.bin'])).rejects.toMatchObject({ code: 'DATA_CORRUPT', message: `a.tar: ${message}` });
  });
});

describe('readZip', () => {
  async function contents(file: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const [name, entry] of await readZip(file)) {
      const parts: Buffer[] = [];
      for await (const part of entry.content()) parts.push(part);
      found[name] = Buffer.concat(parts).toString();
    }
    return found;
  }

  it('reads stored entries, the empty one too, and finds the end behind a comment', async () => {
    const file = join(await temporaryFolder(), 'a.zip');
    const bytes = zip({ 'a.txt': Buffer.from('one'), empty: Buffer.alloc(0) });
    bytes.writeUInt16LE(5, bytes.length - 2);
    await writeFile(file, Buffer.concat([bytes, Buffer.from('hello')]));
    expect(await contents(file)).toEqual({ 'a.txt': 'one', empty: '' });
  });

  // Python's zipfile is what NumPy writes npz files with.
  it.skipIf(missingTool('python'))('reads what Python wrote: deflated, and in zip64 form', async () => {
    const folder = await temporaryFolder();
    const script = [
      'import sys, zipfile',
      'z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)',
      'z.writestr("deflated", b"ab" * 100000)',
      'with z.open("wide", "w", force_zip64=True) as f: f.write(b"wide")',
      'z.close()',
    ].join('\n');
    const file = join(folder, 'python.zip');
    await promisify(execFile)('python3', ['-c', script, file]);
    expect(await contents(file)).toEqual({ deflated: 'ab'.repeat(100_000), wide: 'wide' });
  });

  it('reads a zip64 directory', async () => {
    const file = join(await temporaryFolder(), 'wide.zip');
    const bytes = zip({ a: Buffer.from('one') });
    const end = bytes.length - 22;
    const directory = { size: bytes.readUInt32LE(end + 12), offset: bytes.readUInt32LE(end + 16) };
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeBigUInt64LE(1n, 24);
    record.writeBigUInt64LE(1n, 32);
    record.writeBigUInt64LE(BigInt(directory.size), 40);
    record.writeBigUInt64LE(BigInt(directory.offset), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(end), 8);
    bytes.fill(0xff, end + 8, end + 20);
    await writeFile(file, Buffer.concat([bytes.subarray(0, end), record, locator, bytes.subarray(end)]));
    expect(await contents(file)).toEqual({ a: 'one' });
  });

  it('refuses what is no archive, and one that is cut off anywhere', async () => {
    const file = join(await temporaryFolder(), 'a.zip');
    await writeFile(file, 'hello');
    await expect(readZip(file)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    const whole = zip({ 'a.txt': Buffer.from('some text'), b: Buffer.from('more') });
    for (let length = 0; length < whole.length; length += 5) {
      await writeFile(file, whole.subarray(0, length));
      await expect(contents(file)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    }
  });
});
