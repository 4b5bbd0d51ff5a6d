/** Forward readers over a file that is far larger than memory should hold (long reads are only located), or over its bytes. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that stay in the file. */
export interface FileSlice {
  readonly offset: number;
  readonly length: number;
}

/** @throws RangeError from every method that reads beyond the end */
export interface ByteReader {
  readonly size: number;
  position: number;
  /** The next `length` bytes (at most 64 KiB), valid until the next call. */
  bytes(length: number): Buffer;
  /** Steps over `length` bytes and says where they are. */
  slice(length: number): FileSlice;
  /** The bytes of a slice, of any length. */
  load(slice: FileSlice): Buffer;
}

const windowBytes = 1 << 16;

export class FileReader implements ByteReader {
  readonly size: number;
  private readonly descriptor: number;
  private readonly window = Buffer.alloc(windowBytes);
  private windowStart = 0;
  private windowEnd = 0;
  position = 0;

  constructor(readonly file: string) {
    this.descriptor = openSync(file, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  bytes(length: number): Buffer {
    if (length > windowBytes) throw new RangeError(`${length} bytes are too many for one read`);
    if (this.position + length > this.size) throw new RangeError('reads beyond the end of the file');
    if (this.position < this.windowStart || this.position + length > this.windowEnd) {
      this.windowStart = this.position;
      this.windowEnd = this.position + readSync(this.descriptor, this.window, 0, windowBytes, this.position);
      if (this.position + length > this.windowEnd) throw new RangeError('the file became shorter');
    }
    const start = this.position - this.windowStart;
    this.position += length;
    return this.window.subarray(start, start + length);
  }

  slice(length: number): FileSlice {
    if (this.position + length > this.size) throw new RangeError('reads beyond the end of the file');
    const slice = { offset: this.position, length };
    this.position += length;
    return slice;
  }

  load({ offset, length }: FileSlice): Buffer {
    const buffer = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.descriptor, buffer, done, length - done, offset + done);
      if (read === 0) throw new RangeError('the file became shorter');
      done += read;
    }
    return buffer;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

export class BufferReader implements ByteReader {
  position = 0;

  constructor(private readonly buffer: Buffer) {}

  get size(): number {
    return this.buffer.length;
  }

  bytes(length: number): Buffer {
    return this.load(this.slice(length));
  }

  slice(length: number): FileSlice {
    if (this.position + length > this.size) throw new RangeError('reads beyond the end of the file');
    const slice = { offset: this.position, length };
    this.position += length;
    return slice;
  }

  load({ offset, length }: FileSlice): Buffer {
    return this.buffer.subarray(offset, offset + length);
  }
}
