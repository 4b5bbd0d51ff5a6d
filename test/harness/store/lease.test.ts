import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimLease, livenessOf, readLeases, releaseLease, type Lease } from '../../../harness/store/lease.js';
import { identify, thisHost } from '../../../harness/core/process/process-identity.js';
import { stateOf } from '../../../harness/store/state.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lease-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const details = { devices: 'cpu:1', slots: ['core-0'] };
const self = identify(process.pid) ?? { pid: 0, startTime: 0 };
/** No process has this number: it is above the largest that Linux gives. */
const deadProcess = { pid: 2 ** 22 + 1, startTime: 1 };

function leave(changes: Partial<Lease>): Lease {
  const lease: Lease = {
    schema: 1,
    generation: 1,
    attempt: 1,
    token: 'token',
    host: thisHost(),
    scheduler: deadProcess,
    worker: null,
    job: null,
    ...details,
    slots: [...details.slots],
    at: '2000-01-01T00:00:00.000Z',
    ...changes,
  };
  writeFileSync(join(folder, `lease.${lease.generation}.json`), JSON.stringify(lease));
  return lease;
}

describe('a lease', () => {
  it('is held while its process lives', () => {
    const claim = claimLease(folder, details);
    expect(claim).toMatchObject({ claimed: true, lease: { generation: 1, attempt: 1, scheduler: self } });
    expect(claimLease(folder, details)).toMatchObject({ claimed: false, liveness: 'held' });
    expect(stateOf(folder)).toBe('running');
  });

  it('is free again once released', () => {
    const claim = claimLease(folder, details);
    if (claim.claimed) releaseLease(folder, claim.lease);
    expect(claimLease(folder, details)).toMatchObject({ claimed: true });
  });

  it.each([
    ['of a process that is gone', {}],
    ['of a pid that another process has by now', { scheduler: { ...self, startTime: self.startTime - 1 } }],
    ['of another boot of this machine', { scheduler: self, host: { ...thisHost(), boot: 'an earlier one' } }],
    [
      'of another boot whose worker has the pid of a living process',
      { worker: self, host: { ...thisHost(), boot: 'an earlier one' } },
    ],
  ] as [string, Partial<Lease>][])('%s is stale, and is superseded', (_, changes) => {
    const stale = leave(changes);
    expect(livenessOf(stale)).toBe('dead');
    const claim = claimLease(folder, details);
    expect(claim).toMatchObject({
      claimed: true,
      lease: { generation: 2, attempt: 2 },
      superseded: [{ token: 'token' }],
    });
  });

  it.each([
    ['another host', { ...thisHost(), name: 'elsewhere', boot: 'another' }],
    ['another container on this machine', { ...thisHost(), pidNamespace: 'pid:[1]' }],
  ])('of %s is left alone: its processes cannot be seen from here', (_, host) => {
    leave({ host });
    expect(claimLease(folder, details)).toMatchObject({ claimed: false, liveness: 'elsewhere' });
    expect(readLeases(folder)).toHaveLength(1);
  });

  it('whose worker outlived its scheduler is an orphan', () => {
    leave({ worker: self });
    expect(claimLease(folder, details)).toMatchObject({ claimed: false, liveness: 'orphaned' });
  });

  it('never reuses a generation that the log remembers', () => {
    writeFileSync(
      join(folder, 'attempts.jsonl'),
      `${JSON.stringify({ type: 'adopted', schema: 1, generation: 7, attempt: 3, at: '', host: '' })}\n`,
    );
    expect(claimLease(folder, details)).toMatchObject({ lease: { generation: 8, attempt: 4 } });
  });

  it('of another format is refused, not misread', () => {
    writeFileSync(join(folder, 'lease.1.json'), JSON.stringify({ schema: 99 }));
    expect(() => claimLease(folder, details)).toThrow(expect.objectContaining({ code: 'RUN_SCHEMA' }));
  });

  it('leaves no temporary file behind', () => {
    claimLease(folder, details);
    expect(readdirSync(folder)).toEqual(['lease.1.json']);
  });
});

describe('the state of a folder', () => {
  const line = (type: object) => `${JSON.stringify({ schema: 1, generation: 1, attempt: 1, at: '', ...type })}\n`;
  const began = line({ type: 'began', host: '', devices: '' });

  it.each([
    ['absent', {}],
    ['absent', { 'cell.json': '{}' }],
    ['interrupted', { 'attempts.jsonl': began }],
    ['interrupted', { 'attempts.jsonl': began, 'checkpoint.safetensors': '' }],
    ['interrupted', { 'attempts.jsonl': began, 'result.json.12.tmp': '{"schema":1' }],
    ['failed', { 'attempts.jsonl': began, 'failure.json': '{}' }],
    ['done', { 'attempts.jsonl': began, 'result.json': '{"schema":1}' }],
    ['done', { 'attempts.jsonl': began, 'result.json': '{"schema":1}', 'failure.json': '{}' }],
    ['interrupted', { 'attempts.jsonl': `${began}{"type":"ended","sch` }],
  ])('is %s for %o', (state, files) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    expect(stateOf(folder)).toBe(state);
  });

  it.each([
    ['a result', 'result.json', '{"kind":"error","schema":2}'],
    ['a log of attempts', 'attempts.jsonl', '{"schema":2,"type":"began"}\n'],
  ])('is refused for %s of another format', (_, name, text) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    expect(() => stateOf(folder)).toThrow(expect.objectContaining({ code: 'RUN_SCHEMA' }));
  });
});
