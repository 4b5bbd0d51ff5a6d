import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { crc32c, openSummary } from '../../../../harness/kinds/training/logs/tensorboard.js';
import { fakeWorker } from '../../../support/fake-parts.js';
import { csv, emptyFolder, trainingJob, execution, runFolder } from '../../../support/run-folders.js';

/** Records of a TFRecord file, every checksum checked. */
function records(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const masked = (data: Buffer) => {
    const crc = crc32c(data);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(data));
    found.push(data);
    at += length + 16;
  }
  return found;
}

/** Fields of a protocol buffer message: number and raw value. */
function fields(message: Buffer): { field: number; value: number | Buffer }[] {
  const found: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = key >> 3;
    const length = { 0: 0, 1: 8, 5: 4 }[key & 7] ?? varint();
    if ((key & 7) === 0) {
      found.push({ field, value: varint() });
      continue;
    }
    const value = message.subarray(at, at + length);
    found.push({
      field,
      value: (key & 7) === 1 ? value.readDoubleLE() : (key & 7) === 5 ? value.readFloatLE() : value,
    });
    at += length;
  }
  return found;
}

const one = (message: Buffer, field: number) => fields(message).find((entry) => entry.field === field)?.value;

/** Scalars of every event that has a summary. */
function scalars(path: string): { step: number; tag: string; value: number }[] {
  return records(path).flatMap((event) => {
    const summary = one(event, 5);
    if (!Buffer.isBuffer(summary)) return [];
    return fields(summary).map(({ value }) => {
      if (!Buffer.isBuffer(value)) throw new Error('not a value');
      return { step: Number(one(event, 2)), tag: String(one(value, 1)), value: Number(one(value, 2)) };
    });
  });
}

function eventFiles(folder: string): string[] {
  return readdirSync(join(folder, 'tensorboard')).map((name) => join(folder, 'tensorboard', name));
}

it('has the check value of CRC-32C', () => {
  // RFC 3720, B.4: 32 bytes of zeros; and the usual check string.
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

it('shows the losses and errors of the CSVs', async () => {
  const folder = runFolder(trainingJob(), execution({ tensorboard: true }));
  await runJob(folder, fakeWorker(), new AbortController().signal, () => undefined);
  const [path = ''] = eventFiles(folder);
  expect(path).toMatch(/events\.out\.tfevents\./);
  expect(String(one(records(path)[0] ?? Buffer.alloc(0), 3))).toBe('brain.Event:2');
  const shown = scalars(path);
  const losses = shown.filter(({ tag }) => tag === 'train/loss');
  expect(losses.map(({ step }) => String(step))).toEqual(csv(folder, 'steps').map((row) => row['step']));
  losses.forEach(({ value }, i) => {
    expect(value).toBeCloseTo(Number(csv(folder, 'steps')[i]?.['loss']), 6);
  });
  expect(shown.filter(({ tag }) => tag === 'validation/errorPct').map(({ step }) => step)).toEqual([4, 8, 12]);
});

it('says where a resumed run goes on, so that later steps of the first are dropped', async () => {
  const folder = runFolder(trainingJob(), execution({ tensorboard: true }));
  const stop = new AbortController();
  await runJob(
    folder,
    fakeWorker({ beforeStep: (step) => (step === 5 ? stop.abort() : undefined) }),
    stop.signal,
    () => undefined,
  );
  const [first] = eventFiles(folder);
  await runJob(folder, fakeWorker(), new AbortController().signal, () => undefined);
  const second = eventFiles(folder).find((path) => path !== first) ?? '';
  const start = records(second)[1] ?? Buffer.alloc(0);
  // session_log { status: START } at step 7.
  expect(one(start, 2)).toBe(7);
  expect(one(start, 7)).toEqual(Buffer.from([8, 1]));
});

it('is given up with one warning where it cannot be written', () => {
  const blocked = join(emptyFolder(), 'tensorboard');
  writeFileSync(blocked, 'not a folder');
  const lines: string[] = [];
  const summary = openSummary(blocked, undefined, (line) => void lines.push(line));
  summary.scalars(1, { loss: 1 });
  summary.scalars(2, { loss: 1 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/TensorBoard event file given up/);
});
