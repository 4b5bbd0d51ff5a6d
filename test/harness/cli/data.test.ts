import { describe, expect, it } from 'vitest';
import { downloadPrinter, formatStatus } from '../../../harness/cli/commands/data.js';
import { TransferLine } from '../../../harness/core/transfer-line.js';

function printer(isTTY: boolean): {
  text: () => string;
  print: ReturnType<typeof downloadPrinter>;
  clock: { now: number };
} {
  const written: string[] = [];
  const clock = { now: 0 };
  const output = { isTTY, write: (text: string) => written.push(text) > 0 };
  return { text: () => written.join(''), print: downloadPrinter(new TransferLine(output, () => clock.now)), clock };
}

describe('the progress of a download', () => {
  it('is a line every tenth where nobody watches', () => {
    const { text, print, clock } = printer(false);
    for (let received = 0; received <= 200_000_000; received += 1_000_000) {
      clock.now = received / 10_000;
      print({ file: 'a.tar.gz', url: '', received, total: 200_000_000 });
    }
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[5]).toBe('a.tar.gz: 100 MB of 200 MB (50 %) at 10.0 MB/s, 10 s left');
    expect(lines.at(-1)).toBe('a.tar.gz: 200 MB of 200 MB (100 %) at 10.0 MB/s');
  });

  it('is one line on a terminal, drawn at most ten times a second, ended when done', () => {
    const { text, print, clock } = printer(true);
    for (let received = 0; received <= 1000; received++) {
      clock.now = received;
      print({ file: 'a', url: '', received, total: 1000 });
    }
    expect(text().split('\r')).toHaveLength(12);
    expect(text().match(/\n/g)).toHaveLength(1);
    expect(text().endsWith('\n')).toBe(true);
  });

  it('tells of a retry and counts the rate from where it goes on', () => {
    const { text, print } = printer(false);
    print({
      file: 'a',
      url: '',
      received: 5,
      total: 10,
      retry: { reason: 'the connection was reset', inMilliseconds: 4000 },
    });
    expect(text()).toBe('a: the connection was reset; again in 4 s\n');
  });
});

describe('the list of data sets', () => {
  it('says what is here and how to get what is not', () => {
    const text = formatStatus([
      {
        name: 'cifar10',
        title: 'CIFAR-10',
        available: false,
        place: null,
        standIn: 'fashion-mnist',
        command: 'fetch',
        description: 'not here',
        folder: '/data/c',
        bytes: 0,
        trainImages: 0,
        checksum: null,
        missing: 'fetch it',
      },
      {
        name: 'fashion-mnist',
        title: 'Fashion-MNIST',
        available: true,
        place: 'embedded',
        standIn: null,
        command: null,
        description: 'embedded',
        folder: '/data/f',
        bytes: 8_800_000,
        trainImages: 10_000,
        checksum: '0123456789abcdef0123',
        missing: null,
      },
    ]);
    expect(text).toBe(
      [
        'missing  cifar10        not here',
        '                        -> fetch it',
        'here     fashion-mnist  embedded',
        '                        /data/f (8.8 MB)',
        '                        checksum 0123456789abcdef',
      ].join('\n'),
    );
  });
});
