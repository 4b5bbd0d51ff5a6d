import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../../../harness/core/problem.js';
import { writeAtomically } from '../../../../harness/core/files/atomic-write.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { readSafetensors } from '../../../../harness/kinds/training/safetensors.js';
import { longTier } from '../../../tier.js';
import { fakeWorker } from '../../../support/fake-parts.js';
import { attempt, trainingJob, execution, read, readBytes, runFolder } from '../../../support/run-folders.js';

const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));

/** A file system of half a mebibyte; making one takes root. */
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (longTier) throw error;
    console.warn('skipped: a small disk needs root and the right to mount');
    return false;
  }
}

const filler = join(disk, 'filler');

/** Leaves so many bytes. */
function fill(leave: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}

const mounted = mount();
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.runIf(mounted)('a full disk', () => {
  const never = new AbortController().signal;
  const ballast = 10_000;

  it.each([
    { left: 16 * 1024, what: 'room for the reason' },
    { left: 0, what: 'no room at all' },
  ])(
    'at a checkpoint, with $what: the one before stays, and a later attempt ends with the bytes of a whole run',
    async ({ left }) => {
      const whole = runFolder(trainingJob());
      await runJob(whole, fakeWorker({ ballast }), never, () => undefined);

      const folder = runFolder(trainingJob(), execution(), disk);
      const lines: string[] = [];
      const beforeStep = (step: number) => (step === 6 ? fill(left) : undefined);
      const outcome = await runJob(folder, fakeWorker({ ballast, beforeStep }), never, (line) => void lines.push(line));
      expect(outcome).toBe(left > 0 ? 'failed' : 'diskFull');
      expect(lines.join('\n')).toContain('DISK_FULL');
      expect(lines.join('\n')).not.toMatch(/\n\s+at /);
      if (left > 0) expect(JSON.parse(read(folder, 'failure'))).toMatchObject({ kind: 'problem', code: 'DISK_FULL' });
      expect(existsSync(runFile(folder, 'result'))).toBe(false);
      expect(readSafetensors(runFile(folder, 'checkpoint')).metadata['step']).toBe('4');

      rmSync(filler);
      attempt(folder, execution({ attempt: 2 }));
      expect(await runJob(folder, fakeWorker({ ballast }), never, () => undefined)).toBe('finished');
      expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
      expect(read(folder, 'epochs')).toBe(read(whole, 'epochs'));
    },
  );

  it('leaves the old file whole, and no temporary one', () => {
    const path = join(disk, 'file');
    writeAtomically(path, 'old');
    fill(0);
    expect(() => {
      writeAtomically(path, Buffer.alloc(100_000));
    }).toThrow(Problem);
    rmSync(filler);
    expect(execFileSync('ls', [disk], { encoding: 'utf8' })).toBe('file\n');
    rmSync(path);
  });
});
