import { expect, it } from 'vitest';
import { formatBytes } from '../../../harness/core/format-bytes.js';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [340_000, '340 kB'],
  [1_500, '1.5 kB'],
  [12_345_678, '12.3 MB'],
  [273_829_956, '274 MB'],
  [3_340_914_116, '3.3 GB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
