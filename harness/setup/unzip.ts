/** Unpacks part of a wheel, which is a zip archive. */
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { otherCache } from './native-library.js';
import { makeFolder } from '../core/files/make-folder.js';
import { readZip } from '../../datasets/formats/zip.js';
import { Problem } from '../core/problem.js';

/**
 * Unpacks the files that `keep` takes into `folder`.
 * @param progress called with the bytes unpacked so far
 * @throws Problem ARCHIVE_CORRUPT, DATA_CORRUPT
 */
export async function unzip(
  file: string,
  folder: string,
  keep: (path: string) => boolean,
  progress: (bytes: number) => void = () => undefined,
): Promise<void> {
  let unpacked = 0;
  for (const [path, entry] of await readZip(file)) {
    if (path.endsWith('/') || !keep(path)) continue;
    const target = join(folder, path);
    if (!target.startsWith(join(folder, '/')))
      throw new Problem('ARCHIVE_CORRUPT', `${file} is no wheel: ${path} leads out of it`, 'Run `make setup` again.');
    makeFolder(dirname(target), otherCache);
    // Programs lie in folders called bin. Flushed: a power cut must not leave zeros under the folder's final name.
    const mode = /(^|\/)bin\//.test(path) ? 0o755 : 0o644;
    await pipeline(entry.content(), createWriteStream(target, { mode, flush: true, highWaterMark: 1 << 20 }));
    unpacked += entry.size;
    progress(unpacked);
  }
}
