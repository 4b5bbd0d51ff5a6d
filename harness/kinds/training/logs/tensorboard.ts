/**
 * TensorBoard event files. Written here and not by tfjs-node's summary writer: the format is a page long, and the addon would
 * load a second copy of TensorFlow's symbols into a process that has one, only where a compiler built it.
 * Format: TFRecord (length, masked CRC-32C of it, data, masked CRC-32C of that) of `tensorflow.Event` messages.
 */
import { appendFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../../core/files/make-folder.js';

export interface Summary {
  scalars(step: number, values: Readonly<Record<string, number>>): void;
}

/** Files opened by this process: keeps their names apart within a second. */
let opened = 0;

/**
 * Opens a new event file in `folder`. `resumeStep`: TensorBoard then drops what an earlier attempt wrote for later steps.
 * A write that fails is told once to `warn` and ends the log: a graph to look at is not worth a training.
 */
export function openSummary(folder: string, resumeStep: number | undefined, warn: (line: string) => void): Summary {
  const now = Date.now() / 1000;
  const path = join(folder, `events.out.tfevents.${Math.floor(now)}.${hostname()}.${process.pid}.${opened++}`);
  let broken = false;
  const write = (event: Uint8Array) => {
    if (broken) return;
    try {
      appendFileSync(path, frame(event));
    } catch (error) {
      broken = true;
      warn(`TensorBoard event file given up: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  try {
    makeFolder(folder);
  } catch {
    // The first write says why.
  }
  write(Buffer.concat([doubleField(1, now), bytesField(3, Buffer.from('brain.Event:2'))]));
  if (resumeStep !== undefined) {
    // session_log { status: START }
    write(Buffer.concat([doubleField(1, now), varintField(2, resumeStep + 1), bytesField(7, varintField(1, 1))]));
  }
  return {
    scalars(step, values) {
      const summary = Object.entries(values).map(([tag, value]) =>
        bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])),
      );
      write(
        Buffer.concat([doubleField(1, Date.now() / 1000), varintField(2, step), bytesField(5, Buffer.concat(summary))]),
      );
    },
  };
}

function frame(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

/** TFRecord's mask: rotated right by 15 and a constant added. */
function maskedCrc(data: Uint8Array): Buffer {
  const crc = crc32c(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli), the reflected polynomial. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

// Protocol buffers' wire format.
const key = (field: number, wireType: number): Buffer => varint((field << 3) | wireType);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

const varintField = (field: number, value: number): Buffer => Buffer.concat([key(field, 0), varint(value)]);

const bytesField = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([key(field, 2), varint(value.length), value]);

function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), bytes]);
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, 5), bytes]);
}
