/** Zip archives on disk (`.npz` files and wheels are some), read entry by entry with yauzl. */
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { Problem } from '../../harness/core/problem.js';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked bytes. */
  readonly size: number;
  /** The unpacked bytes in chunks, their length and CRC-32 checked at the end. @throws Problem DATA_CORRUPT */
  content(): AsyncGenerator<Buffer, void>;
}

/** The entries of an archive, by name. @throws Problem DATA_CORRUPT */
export async function readZip(file: string): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  await opened(file, async (archive) => {
    for await (const entry of archive.eachEntry()) {
      const { fileName: name, uncompressedSize: size } = entry;
      entries.set(name, { name, size, content: () => content(file, entry) });
    }
  });
  return entries;
}

async function opened(file: string, work: (archive: ZipFile) => Promise<void>): Promise<void> {
  const archive = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw corrupt(file, error);
  });
  try {
    await work(archive);
  } catch (error) {
    throw corrupt(file, error);
  } finally {
    archive.close();
  }
}

async function* content(file: string, entry: Entry): AsyncGenerator<Buffer, void> {
  const archive = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw corrupt(file, error);
  });
  let stream: Readable | undefined;
  try {
    stream = await archive.openReadStreamPromise(entry);
    // yauzl checks the length, but not the sum.
    let sum = 0;
    for await (const chunk of stream) {
      sum = crc32(chunk as Buffer, sum);
      yield chunk as Buffer;
    }
    if (sum !== entry.crc32) throw new Error('its bytes do not match their CRC-32');
  } catch (error) {
    throw corrupt(`${file}, ${entry.fileName}`, error);
  } finally {
    stream?.destroy();
    archive.close();
  }
}

function corrupt(what: string, error: unknown): Error {
  if (error instanceof Problem) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem(
    'DATA_CORRUPT',
    `${what}: not a zip archive that can be read (${reason})`,
    'Unpack or download it again.',
  );
}
