import { describe, expect, it } from 'vitest';
import {
  formatBandwidth,
  joinedPairs,
  parseBandwidth,
  parseDuration,
} from '../../../harness/project/schedule/links.js';

describe('speeds of links', () => {
  it.each([
    ['36GB/s', 36_000],
    ['300 GB/s', 300_000],
    ['12.5MB/s', 12.5],
    ['200Gbit/s', 25_000],
    ['1TB/s', 1_000_000],
    ['free', Infinity],
  ])('reads %s as %d bytes a microsecond', (text, expected) => {
    expect(parseBandwidth(text)).toBe(expected);
  });

  it.each([
    ['2us', 2],
    ['0.5 ms', 500],
    ['800ns', 0.8],
    ['1s', 1e6],
  ])('reads %s as %d microseconds', (text, expected) => {
    expect(parseDuration(text)).toBeCloseTo(expected, 12);
  });

  it.each(['36', '36GB', 'GB/s', '-1GB/s', '0GB/s', '36 gb/s', ''])(
    'refuses the bandwidth "%s" with what is allowed',
    (text) => {
      expect(() => parseBandwidth(text)).toThrow(
        expect.objectContaining({ code: 'LINK_INVALID', hint: expect.stringContaining('36GB/s') as string }),
      );
    },
  );

  it.each(['2', 'us', '2 hours'])('refuses the duration "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'LINK_INVALID' }));
  });

  it('writes a bandwidth as it may be typed', () => {
    expect(parseBandwidth(formatBandwidth(36_000))).toBe(36_000);
  });

  it('puts all traffic between two pairs of devices on one channel in each direction', () => {
    const { link } = joinedPairs(4, { latency: 0, bandwidth: 2 }, { latency: 0, bandwidth: 1 });
    expect(link(0, 2).channel).toBe(link(1, 3).channel);
    expect(link(0, 2).channel).not.toBe(link(2, 0).channel);
    expect(link(0, 1).channel).not.toBe(link(1, 0).channel);
  });
});
