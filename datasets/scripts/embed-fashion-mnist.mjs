/**
 * Makes datasets/fashion-mnist/: the first 10,000 training images and all 10,000 test images, from the official files.
 *
 *   node datasets/scripts/embed-fashion-mnist.mjs FOLDER
 *
 * FOLDER holds the four official IDX files, gzipped or not. What counts is the unpacked bytes, whose SHA-256 is checked, so
 * Debian's package dataset-fashion-mnist (recompressed) serves as well as the official address.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const embeddedCount = 10_000;

/** Official files: unpacked size and SHA-256; `itemBytes` is what one image or label takes. */
const official = [
  {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    header: 16,
    itemBytes: 784,
  },
  {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    header: 8,
    itemBytes: 1,
  },
  {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    header: 16,
    itemBytes: 784,
  },
  {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    header: 8,
    itemBytes: 1,
  },
];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function readOfficial(folder, file) {
  const plain = join(folder, file.name);
  const bytes = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  if (bytes.length !== file.bytes || sha256(bytes) !== file.sha256)
    throw new Error(`${file.name} is not the official file: ${bytes.length} bytes, SHA-256 ${sha256(bytes)}`);
  return bytes;
}

/** The first `embeddedCount` items, with the count in the IDX header (bytes 4 to 7, big-endian) set to match. */
function firstItems(bytes, file) {
  const cut = Buffer.from(bytes.subarray(0, file.header + embeddedCount * file.itemBytes));
  cut.writeUInt32BE(embeddedCount, 4);
  return cut;
}

/** SHA-256 of the labels as 32-bit little-endian integers, as checksum.ts wants them. */
function labelsSha256(bytes) {
  return sha256(Buffer.from(Int32Array.from(bytes).buffer));
}

function main(folder) {
  if (folder === undefined) throw new Error('usage: node datasets/scripts/embed-fashion-mnist.mjs FOLDER');
  const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'fashion-mnist');
  mkdirSync(target, { recursive: true });
  const files = {};
  const contents = {};
  for (const file of official) {
    const bytes = firstItems(readOfficial(folder, file), file);
    const gzipped = gzipSync(bytes, { level: 9 });
    writeFileSync(join(target, `${file.name}.gz`), gzipped);
    files[`${file.name}.gz`] = { bytes: gzipped.length, unpackedBytes: bytes.length, unpackedSha256: sha256(bytes) };
    const part = `${file.name.startsWith('train') ? 'train' : 'validation'}.${file.itemBytes === 1 ? 'labels' : 'images'}`;
    const items = bytes.subarray(file.header);
    contents[part] = file.itemBytes === 1 ? labelsSha256(items) : sha256(items);
  }
  writeFileSync(
    join(target, 'checksums.json'),
    `${JSON.stringify({ count: embeddedCount, files, contents }, null, 2)}\n`,
  );
}

main(process.argv[2]);
