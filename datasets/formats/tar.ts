/**
 * Reads wanted files out of a tar archive as it streams by. Names in the archive never become paths. (The package tar-stream
 * would hold an extended header of whatever size a hostile archive announces in memory; nothing here grows with the archive.)
 */
import { Problem } from '../../harness/core/problem.js';

export interface TarFile {
  /** The last part of its path. */
  readonly name: string;
  readonly size: number;
  /** Its bytes; must be read to their end before the next file is asked for. */
  readonly content: AsyncGenerator<Buffer, void>;
}

const blockBytes = 512;

/** Hands out a stream's bytes in the amounts asked for. */
class ByteQueue {
  private readonly source: AsyncIterator<Buffer>;
  private chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.source = chunks[Symbol.asyncIterator]();
  }

  /** Between 1 and `most` bytes; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.chunk.length === 0) {
      const next = await this.source.next();
      if (next.done === true) return undefined;
      this.chunk = next.value;
    }
    const bytes = this.chunk.subarray(0, most);
    this.chunk = this.chunk.subarray(bytes.length);
    return bytes;
  }

  /** Exactly `count` bytes, or fewer at the end. */
  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0;) {
      const bytes = await this.some(left);
      if (bytes === undefined) break;
      parts.push(bytes);
      left -= bytes.length;
    }
    return Buffer.concat(parts);
  }
}

/**
 * The regular files of an archive (already gunzipped) whose last path part is in `wanted`, in its order.
 * @throws Problem DATA_CORRUPT
 */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
  wanted: ReadonlySet<string>,
  archive: string,
): AsyncGenerator<TarFile, void> {
  const corrupt = (what: string): Problem => new Problem('DATA_CORRUPT', `${archive}: ${what}`);
  const queue = new ByteQueue(chunks);
  for (;;) {
    const header = await queue.exactly(blockBytes);
    // Two blocks of zeros end an archive; so does, in practice, the end of the file.
    if (header.length === 0 || header.every((byte) => byte === 0)) return;
    if (header.length < blockBytes) throw corrupt('it is cut off');
    if (!hasRightSum(header)) throw corrupt('not a tar archive, or damaged');
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!(size >= 0)) throw corrupt('a file of unknown size');
    const type = text(header, 156, 1);
    const name = text(header, 0, 100).split('/').at(-1) ?? '';
    let left = size;
    const content = async function* (): AsyncGenerator<Buffer, void> {
      while (left > 0) {
        const bytes = await queue.some(left);
        if (bytes === undefined) throw corrupt(`it is cut off in ${name}`);
        left -= bytes.length;
        yield bytes;
      }
    };
    if ((type === '0' || type === '') && wanted.has(name)) yield { name, size, content: content() };
    // Whatever has not been read, and the padding to a whole block.
    for (let skip = left + ((blockBytes - (size % blockBytes)) % blockBytes); skip > 0;) {
      const bytes = await queue.some(skip);
      if (bytes === undefined) throw corrupt('it is cut off');
      skip -= bytes.length;
    }
  }
}

const text = (header: Buffer, start: number, length: number): string =>
  header
    .toString('latin1', start, start + length)
    .replace(/\0.*$/s, '')
    .trim();

/** The header's checksum: the sum of its bytes, its own field taken as spaces. */
function hasRightSum(header: Buffer): boolean {
  let sum = 8 * 0x20;
  header.forEach((byte, at) => (sum += at >= 148 && at < 156 ? 0 : byte));
  return sum === Number.parseInt(text(header, 148, 8), 8);
}
