/** Hashes of files, by streaming. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Hex digest of a file's bytes, or of what they gunzip to. */
export async function fileDigest(algorithm: 'md5' | 'sha256', path: string, unpack = false): Promise<string> {
  const hash = createHash(algorithm);
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const gunzip = unpack ? createGunzip() : undefined;
  if (gunzip) file.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  for await (const chunk of gunzip ?? file) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
