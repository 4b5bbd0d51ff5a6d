/** Reads a zip archive as far as wheels need it: stored and deflated entries, no encryption, below 4 GiB. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { Problem } from '../problem.js';

export interface ZipEntry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
  /** Unix permission bits; 0 where the archive has none. */
  readonly mode: number;
}

const endRecord = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const centralHeader = { signature: 0x02014b50, bytes: 46 };
const localHeader = { signature: 0x04034b50, bytes: 30 };
const stored = 0;
const deflated = 8;
const zip64 = 0xffffffff;

const corrupt = (file: string, what: string): Problem =>
  new Problem(
    'ARCHIVE_CORRUPT',
    `${file} is not a whole zip archive: ${what}`,
    'Delete it and run `make setup` again.',
  );

async function readAt(handle: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

/** The entries of an archive, from its central directory. @throws Problem ARCHIVE_CORRUPT */
export async function listZip(handle: FileHandle, file: string): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tail = await readAt(
    handle,
    Math.max(0, size - endRecord.bytes - endRecord.longestComment),
    endRecord.bytes + endRecord.longestComment,
  );
  let end = tail.length - endRecord.bytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endRecord.signature) end--;
  if (end < 0) throw corrupt(file, 'its directory is missing');
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + centralHeader.bytes > directory.length || directory.readUInt32LE(at) !== centralHeader.signature)
      throw corrupt(file, 'its directory is cut off');
    const pathBytes = directory.readUInt16LE(at + 28);
    const entry = {
      path: directory.toString('utf8', at + centralHeader.bytes, at + centralHeader.bytes + pathBytes),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
    };
    if ([entry.compressedBytes, entry.bytes, entry.headerOffset].includes(zip64))
      throw corrupt(file, 'zip64 is not read');
    entries.push(entry);
    at += centralHeader.bytes + pathBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function extract(handle: FileHandle, file: string, entry: ZipEntry, target: string): Promise<void> {
  const header = await readAt(handle, entry.headerOffset, localHeader.bytes);
  if (header.length < localHeader.bytes || header.readUInt32LE(0) !== localHeader.signature)
    throw corrupt(file, `${entry.path} is missing`);
  const start = entry.headerOffset + localHeader.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  let crc = 0;
  let bytes = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await mkdir(dirname(target), { recursive: true });
  await pipeline(
    entry.compressedBytes === 0
      ? Readable.from([])
      : createReadStream(file, { start, end: start + entry.compressedBytes - 1, highWaterMark: 1 << 20 }),
    entry.method === deflated ? createInflateRaw({ chunkSize: 1 << 20 }) : new PassThrough(),
    check,
    // On the disk before the folder gets its final name: a power cut must not leave a library of zeros under it.
    createWriteStream(target, { mode: entry.mode || 0o644, flush: true }),
  );
  if (bytes !== entry.bytes || crc !== entry.crc) throw corrupt(file, `${entry.path} differs from its checksum`);
}

/**
 * Unpacks the entries that `keep` takes into `folder`.
 * @param progress called with the bytes unpacked so far
 * @throws Problem ARCHIVE_CORRUPT
 */
export async function unzip(
  file: string,
  folder: string,
  keep: (path: string) => boolean,
  progress: (bytes: number) => void = () => undefined,
): Promise<void> {
  const handle = await open(file);
  try {
    let unpacked = 0;
    for (const entry of await listZip(handle, file)) {
      if (entry.path.endsWith('/') || !keep(entry.path)) continue;
      const target = join(folder, normalize(entry.path));
      if (!target.startsWith(join(folder, '/'))) throw corrupt(file, `${entry.path} leads out of it`);
      if (entry.method !== stored && entry.method !== deflated)
        throw corrupt(file, `${entry.path} is packed in an unknown way`);
      await extract(handle, file, entry, target);
      unpacked += entry.bytes;
      progress(unpacked);
    }
  } finally {
    await handle.close();
  }
}
