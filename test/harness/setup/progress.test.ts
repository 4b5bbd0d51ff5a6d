import { describe, expect, it } from 'vitest';
import { Problem } from '../../../harness/problem.js';
import { showProgress } from '../../../harness/setup/progress.js';

/** A stream that remembers, as wide a terminal as told; undefined: not a terminal. */
function recorder(columns?: number): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = { isTTY: columns !== undefined, columns, write: (chunk: string) => (text += chunk) };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

describe('progress', () => {
  it('on a terminal is one line that fits, with size, total, speed and time left', () => {
    let time = 0;
    const { stream, text } = recorder(80);
    const progress = showProgress(stream, () => time);
    progress.bytes('downloaded', 0, 300e6);
    time = 10_000;
    progress.bytes('downloaded', 100e6, 300e6);
    const line = text().split('\r').at(-1) ?? '';
    expect(line).toContain('downloaded: 100 MB of 300 MB, 10.0 MB/s, 20 s left');
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThan(84);
    time = 30_000;
    progress.bytes('downloaded', 300e6, 300e6);
    expect(text().endsWith('\n')).toBe(true);
  });

  it('elsewhere is a line every ten seconds and one at the end', () => {
    let time = 0;
    const { stream, text } = recorder();
    const progress = showProgress(stream, () => time);
    for (; time < 35_000; time += 500) progress.bytes('unpacked', time, 35_000);
    progress.bytes('unpacked', 35_000, 35_000);
    expect(text().trimEnd().split('\n')).toHaveLength(4);
    expect(text()).not.toContain('\r');
  });

  it('a warning in the middle of a line starts a line of its own', () => {
    let time = 0;
    const { stream, text } = recorder(80);
    const progress = showProgress(stream, () => time);
    progress.bytes('downloaded', 0, 10);
    time = 1000;
    progress.bytes('downloaded', 1, 10);
    progress.warn(new Problem('NO_COMPILER', 'no compiler', 'install one'));
    expect(text()).toContain('\nwarning: no compiler [NO_COMPILER]\n  install one\n');
  });
});
