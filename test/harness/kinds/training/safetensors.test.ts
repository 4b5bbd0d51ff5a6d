import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Problem } from '../../../../harness/core/problem.js';
import { encodeSafetensors, readSafetensors } from '../../../../harness/kinds/training/safetensors.js';
import { emptyFolder } from '../../../support/run-folders.js';

const tensors = [
  { name: 'stem/kernel', shape: [1, 2, 3], values: Float32Array.of(0, -0, 1.5, 3.4e38, 1e-45, Math.fround(1 / 3)) },
  { name: 'scalar', shape: [], values: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], values: new Float32Array(0) },
];

function encoded(metadata: Record<string, string> = { step: '3', text: 'ä "quoted"' }): Buffer {
  return Buffer.concat([...encodeSafetensors({ metadata, tensors })]);
}

function stored(bytes: Uint8Array): string {
  const path = join(emptyFolder(), 'checkpoint.safetensors');
  writeFileSync(path, bytes);
  return path;
}

it('gives back every bit of every tensor, its shape, and the metadata', () => {
  const file = readSafetensors(stored(encoded()));
  expect(file.metadata).toEqual({ step: '3', text: 'ä "quoted"' });
  expect(file.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
    tensors.map(({ name, shape }) => ({ name, shape })),
  );
  file.tensors.forEach(({ values }, i) => {
    expect(Buffer.from(values.buffer)).toEqual(Buffer.from(tensors[i]?.values.buffer ?? new ArrayBuffer(1)));
  });
});

it('starts the data at a multiple of eight bytes, as the format asks', () => {
  for (let length = 0; length < 9; length += 1) {
    expect(Number(encoded({ pad: 'x'.repeat(length) }).readBigUInt64LE(0)) % 8).toBe(0);
  }
});

it('refuses a file cut at any byte, and says that it is no checkpoint', () => {
  const path = stored(encoded());
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    expect(() => readSafetensors(path)).toThrow(Problem);
  }
});

it('refuses a tensor whose bytes do not fit its shape', () => {
  const json = Buffer.from(JSON.stringify({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  expect(() => readSafetensors(stored(Buffer.concat([length, json, Buffer.alloc(12)])))).toThrow(/another size/);
});

it('does not write two tensors of one name', () => {
  const [first] = tensors;
  if (!first) throw new Error('no tensor');
  expect(() => [...encodeSafetensors({ metadata: {}, tensors: [first, first] })]).toThrow(/two tensors/);
});
