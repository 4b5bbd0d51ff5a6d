/** Remembers the checksum of big files in the cache, as long as their sizes and times of change stay the same. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { makeFolder } from '../../harness/core/files/make-folder.js';

const recordSchema = z.strictObject({
  files: z.array(z.strictObject({ name: z.string(), size: z.number(), mtimeMs: z.number() })),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
});
type FileState = z.infer<typeof recordSchema>['files'];

async function stateOf(files: readonly string[]): Promise<FileState> {
  return await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return { name: file, size, mtimeMs };
    }),
  );
}

/** The checksum kept in `record` if the files have not changed since; undefined otherwise. */
export async function rememberedChecksum(record: string, files: readonly string[]): Promise<string | undefined> {
  try {
    const kept = recordSchema.parse(JSON.parse(await readFile(record, 'utf8')));
    return JSON.stringify(kept.files) === JSON.stringify(await stateOf(files)) ? kept.checksum : undefined;
  } catch {
    // No record, or none that can be read: the checksum is computed again.
    return undefined;
  }
}

/** Keeps a checksum; a folder that cannot be written to only costs time at the next start. */
async function rememberChecksum(record: string, files: readonly string[], checksum: string): Promise<void> {
  const temporary = `${record}.${randomUUID()}`;
  try {
    makeFolder(dirname(record));
    await writeFile(temporary, `${JSON.stringify({ files: await stateOf(files), checksum }, null, 2)}\n`);
    await rename(temporary, record);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** The remembered checksum of `files`, or else what `compute` gives, which is remembered. */
export async function checksumOfFiles(
  record: string,
  files: readonly string[],
  compute: () => Promise<string>,
): Promise<string> {
  const remembered = await rememberedChecksum(record, files);
  if (remembered !== undefined) return remembered;
  const checksum = await compute();
  await rememberChecksum(record, files, checksum);
  return checksum;
}
