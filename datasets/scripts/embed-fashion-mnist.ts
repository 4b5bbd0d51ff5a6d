/**
 * Makes datasets/fashion-mnist/: the first 10,000 training images and all 10,000 test images, from the official files.
 *
 *   npx tsx datasets/scripts/embed-fashion-mnist.ts FOLDER
 *
 * FOLDER holds the four official IDX files, gzipped or not. What counts is the unpacked bytes, whose SHA-256 is checked, so
 * Debian's package dataset-fashion-mnist (recompressed) serves as well as the official address.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { labelBytes, sha256 } from '../sets/checksum.js';
import { embeddedCount, embeddedFolder, officialUnpacked } from '../sets/fashion-mnist.js';
import { parseIdx } from '../formats/idx.js';

function readOfficial(folder: string, file: string): Buffer {
  const unpacked = join(folder, file.replace(/\.gz$/, ''));
  const bytes = existsSync(unpacked) ? readFileSync(unpacked) : gunzipSync(readFileSync(join(folder, file)));
  if (sha256(bytes) !== officialUnpacked[file])
    throw new Error(`${file} is not the official file: ${bytes.length} bytes, SHA-256 ${sha256(bytes)}`);
  return bytes;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: npx tsx datasets/scripts/embed-fashion-mnist.ts FOLDER');
mkdirSync(embeddedFolder, { recursive: true });
const files: Record<string, { bytes: number; unpackedBytes: number; unpackedSha256: string }> = {};
const contents: Record<string, string> = {};
for (const file of Object.keys(officialUnpacked)) {
  const bytes = readOfficial(folder, file);
  const { shape, data } = parseIdx(bytes, file);
  const [count = 0] = shape;
  const items = data.subarray(0, (data.length / count) * embeddedCount);
  const cut = Buffer.concat([bytes.subarray(0, bytes.length - data.length), items]);
  // The number of items, in the IDX header.
  cut.writeUInt32BE(embeddedCount, 4);
  const gzipped = gzipSync(cut, { level: 9 });
  writeFileSync(join(embeddedFolder, file), gzipped);
  files[file] = { bytes: gzipped.length, unpackedBytes: cut.length, unpackedSha256: sha256(cut) };
  const part = `${file.startsWith('train') ? 'train' : 'validation'}.${shape.length === 1 ? 'labels' : 'images'}`;
  contents[part] = sha256(shape.length === 1 ? labelBytes(Int32Array.from(items)) : items);
}
const record = { count: embeddedCount, files, contents };
writeFileSync(join(embeddedFolder, 'checksums.json'), `${JSON.stringify(record, null, 2)}\n`);
