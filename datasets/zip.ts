/** Reads zip archives from disk by streaming (`.npz` files are zip archives): stored and deflated entries, zip64. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { Problem } from '../harness/core/problem.js';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked bytes. */
  readonly size: number;
  /** The unpacked bytes in chunks, their length and CRC-32 checked at the end. @throws Problem DATA_CORRUPT */
  content(): AsyncGenerator<Buffer, void>;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locatorSignature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Where the central directory is, from the record at the end of the file, or zip64's. */
async function findDirectory(
  handle: FileHandle,
  fileSize: number,
): Promise<{ offset: number; size: number; count: number } | undefined> {
  const tailStart = Math.max(0, fileSize - 0xffff - 22);
  const tail = await readAt(handle, tailStart, fileSize - tailStart);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    const locatorAt = tailStart + at - 20;
    if (locatorAt >= 0) {
      const locator = await readAt(handle, locatorAt, 20);
      if (locator.readUInt32LE(0) === locatorSignature) {
        const record = await readAt(handle, Number(locator.readBigUInt64LE(8)), 56);
        if (record.length === 56 && record.readUInt32LE(0) === end64Signature)
          return {
            count: Number(record.readBigUInt64LE(32)),
            size: Number(record.readBigUInt64LE(40)),
            offset: Number(record.readBigUInt64LE(48)),
          };
      }
    }
    return { count: tail.readUInt16LE(at + 10), size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  }
  return undefined;
}

/** 64-bit values of an entry's zip64 extra field, in the order in which the 32-bit ones are full. */
function zip64Values(extra: Buffer): bigint[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at);
    const length = extra.readUInt16LE(at + 2);
    if (id === 1) {
      const values: bigint[] = [];
      for (let i = at + 4; i + 8 <= Math.min(extra.length, at + 4 + length); i += 8)
        values.push(extra.readBigUInt64LE(i));
      return values;
    }
    at += 4 + length;
  }
  return [];
}

/** The entries of an archive, by name. @throws Problem DATA_CORRUPT */
export async function readZip(file: string): Promise<Map<string, ZipEntry>> {
  const corrupt = (what: string): Problem =>
    new Problem('DATA_CORRUPT', `${file}: ${what}`, 'Unpack or download it again.');
  const handle = await open(file);
  try {
    const { size: fileSize } = await handle.stat();
    const directory = await findDirectory(handle, fileSize);
    if (directory === undefined) throw corrupt('not a zip archive, or cut off at its end');
    const { offset, size, count } = directory;
    if (offset + size > fileSize) throw corrupt('its directory lies beyond its end');
    const bytes = await readAt(handle, offset, size);
    const entries = new Map<string, ZipEntry>();
    for (let at = 0, n = 0; n < count; n++) {
      if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralSignature)
        throw corrupt('its directory is damaged');
      const nameLength = bytes.readUInt16LE(at + 28);
      const extraLength = bytes.readUInt16LE(at + 30);
      const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
      const wide = zip64Values(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength));
      const number = (position: number): number => {
        const value = bytes.readUInt32LE(position);
        return value === 0xffffffff ? Number(wide.shift() ?? BigInt(value)) : value;
      };
      const unpackedSize = number(at + 24);
      const packedSize = number(at + 20);
      const localOffset = number(at + 42);
      const local = await readAt(handle, localOffset, 30);
      if (local.length < 30 || local.readUInt32LE(0) !== localSignature) throw corrupt(`entry ${name} is damaged`);
      const start = localOffset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
      if (start + packedSize > fileSize) throw corrupt(`entry ${name} is cut off`);
      const location = {
        name,
        start,
        packedSize,
        size: unpackedSize,
        method: bytes.readUInt16LE(at + 10),
        crc: bytes.readUInt32LE(at + 16),
      };
      entries.set(name, { name, size: unpackedSize, content: () => content(file, location) });
      at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

async function* content(
  file: string,
  entry: { name: string; start: number; packedSize: number; size: number; method: number; crc: number },
): AsyncGenerator<Buffer, void> {
  const corrupt = (what: string): Problem =>
    new Problem('DATA_CORRUPT', `${file}: entry ${entry.name} ${what}`, 'Unpack or download it again.');
  if (entry.method !== 0 && entry.method !== 8) throw corrupt(`is compressed by method ${entry.method}`);
  if (entry.packedSize === 0) return;
  const packed = createReadStream(file, { start: entry.start, end: entry.start + entry.packedSize - 1 });
  const inflate = entry.method === 8 ? createInflateRaw() : undefined;
  if (inflate) packed.on('error', (error) => inflate.destroy(error)).pipe(inflate);
  let crc = 0;
  let size = 0;
  try {
    for await (const chunk of inflate ?? packed) {
      const bytes = chunk as Buffer;
      crc = crc32(bytes, crc);
      size += bytes.length;
      yield bytes;
    }
  } catch (error) {
    throw corrupt(`cannot be unpacked (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    packed.destroy();
  }
  if (size !== entry.size || crc !== entry.crc) throw corrupt('does not match its CRC-32');
}
