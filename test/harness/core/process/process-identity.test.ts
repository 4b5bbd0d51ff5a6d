import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasProcess, identify, isAlive } from '../../../../harness/core/process/process-identity.js';

const known = { pid: 12, startTime: 345 };
const unseen = (): null => null;

describe('a process', () => {
  it('lives where it is seen with the time at which it started, and another with its number is not it', () => {
    expect(isAlive(known, () => 345)).toBe(true);
    expect(isAlive(known, () => 346)).toBe(false);
  });

  it('counts as living where it cannot be seen but is there, as another user’s is under hidepid', () => {
    expect(isAlive(known, unseen, () => true)).toBe(true);
    expect(isAlive(known, unseen, () => false)).toBe(false);
  });

  it('that has ended is there no more', async () => {
    const child = spawn('true');
    const pid = child.pid ?? 0;
    await once(child, 'close');
    expect(identify(pid)).toBeNull();
    expect(hasProcess(pid)).toBe(false);
  });
});
