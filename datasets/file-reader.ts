/** A forward reader over a file that is far larger than memory should hold: small reads are copied, long ones only located. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that stay in the file. */
export interface FileSlice {
  readonly offset: number;
  readonly length: number;
}

const windowBytes = 1 << 16;

export class FileReader {
  readonly size: number;
  private readonly descriptor: number;
  private readonly window = Buffer.alloc(windowBytes);
  private windowStart = 0;
  private windowEnd = 0;
  position = 0;

  /** @throws RangeError from every method that reads beyond the end */
  constructor(readonly file: string) {
    this.descriptor = openSync(file, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  /** The next `length` bytes (at most 64 KiB), valid until the next call. */
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

  /** Steps over `length` bytes and says where they are. */
  slice(length: number): FileSlice {
    if (this.position + length > this.size) throw new RangeError('reads beyond the end of the file');
    const slice = { offset: this.position, length };
    this.position += length;
    return slice;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
