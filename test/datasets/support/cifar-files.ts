/** A small CIFAR, in each form in which it is published, with the sums that the official files would have. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cifarFiles, cifarLayout, type CifarFiles, type CifarName } from '../../../datasets/sets/cifar-files.js';
import { pickledLists, pixelsOf, python2 } from './imagenet32-files.js';
import { tarEntry } from './tar-entry.js';

const digest = (algorithm: 'md5' | 'sha256', bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest('hex');

export const classOf = (n: number): number => n % 10;

interface Small {
  readonly files: CifarFiles;
  /** Contents by name, of the binary and of the python form. */
  readonly contents: readonly Readonly<Record<string, Buffer>>[];
  readonly archives: readonly Buffer[];
}

/** Two images in each training file, three for validation, numbered on. */
export function smallCifar(name: CifarName): Small {
  const { labelBytes, layouts } = cifarFiles[name];
  const parts = (layouts[0]?.files ?? []).map((_, at, all) => ({
    first: 2 * at,
    count: at === all.length - 1 ? 3 : 2,
  }));
  const numbers = ({ first, count }: { first: number; count: number }): number[] =>
    Array.from({ length: count }, (_, n) => first + n);
  const binary = parts.map((part) =>
    Buffer.concat(
      numbers(part).flatMap((n) => [Buffer.from(labelBytes === 2 ? [19, classOf(n)] : [classOf(n)]), pixelsOf(n, 1)]),
    ),
  );
  const python = parts.map((part) => pickled(name, part.first, part.count));
  const contents = layouts.map(({ format, files }) =>
    Object.fromEntries(files.map((file, at) => [file, (format === 'binary' ? binary : python)[at] ?? Buffer.alloc(0)])),
  );
  const archives = layouts.map(({ folder }, at) =>
    gzipSync(
      Buffer.concat([
        tarEntry(`${folder}/readme.html`, Buffer.from('hello')),
        ...Object.entries(contents[at] ?? {}).map(([file, bytes]) => tarEntry(`${folder}/${file}`, bytes)),
        Buffer.alloc(1024),
      ]),
      { level: 0 },
    ),
  );
  const small = layouts.map((layout, at) => {
    const archive = archives[at] ?? Buffer.alloc(0);
    return cifarLayout(
      { ...layout, archive: { name: layout.archive.name, md5: digest('md5', archive), size: archive.length } },
      (layout.format === 'binary' ? binary : python).map((bytes) =>
        digest(layout.format === 'binary' ? 'sha256' : 'md5', bytes),
      ),
    );
  });
  const records = binary.map((bytes) => digest('sha256', bytes));
  return { files: { labelBytes, layouts: small, records }, contents, archives };
}

/** A pickled batch as Python 2 wrote CIFAR's. */
export function pickled(name: CifarName, first: number, count: number, dialect = python2): Buffer {
  const classes = Array.from({ length: count }, (_, n) => classOf(first + n));
  const lists =
    name === 'cifar10' ? { labels: classes } : { coarse_labels: classes.map(() => 19), fine_labels: classes };
  const { head, tail } = pickledLists(count, lists, dialect);
  return Buffer.concat([head, pixelsOf(first, count), tail]);
}

/** Writes files into a folder, which is made. */
export async function put(folder: string, contents: Readonly<Record<string, Buffer>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, name), bytes);
}
