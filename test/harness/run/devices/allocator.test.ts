import { describe, expect, it } from 'vitest';
import { Allocator, type Want } from '../../../../harness/run/devices/allocator.js';
import { patience, WaitingJobs } from '../../../../harness/run/schedule/queue.js';

const gpus = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `gpu-${i}`, gpu: `GPU-${i}`, core: null }));
const want = (slots: number, more: Partial<Want> = {}): Want => ({ slots, alone: false, memoryBytes: 1, ...more });
const names = (allocation: { slots: readonly { name: string }[] } | null) => allocation?.slots.map(({ name }) => name);

describe('the allocator', () => {
  it('never gives one slot to two jobs', () => {
    const allocator = new Allocator(gpus(4), 100);
    expect(names(allocator.take(want(2)))).toEqual(['gpu-0', 'gpu-1']);
    expect(names(allocator.take(want(1)))).toEqual(['gpu-2']);
    expect(allocator.take(want(2))).toBeNull();
    expect(names(allocator.take(want(1)))).toEqual(['gpu-3']);
    expect(allocator.take(want(1))).toBeNull();
  });

  it('gives a released slot again, lowest first', () => {
    const allocator = new Allocator(gpus(3), 100);
    const [first] = [allocator.take(want(1)), allocator.take(want(1)), allocator.take(want(1))];
    if (first) allocator.release(first);
    expect(names(allocator.take(want(1)))).toEqual(['gpu-0']);
  });

  it('gives a timing job the machine alone, and starts nothing beside it', () => {
    const allocator = new Allocator(gpus(4), 100);
    const other = allocator.take(want(1));
    expect(allocator.take(want(1, { alone: true }))).toBeNull();
    if (other) allocator.release(other);
    expect(allocator.take(want(1, { alone: true }))).not.toBeNull();
    expect(allocator.take(want(1))).toBeNull();
  });

  it('keeps jobs that run together within the memory', () => {
    const allocator = new Allocator(gpus(4), 100);
    expect(allocator.take(want(1, { memoryBytes: 60 }))).not.toBeNull();
    expect(allocator.take(want(1, { memoryBytes: 60 }))).toBeNull();
    expect(allocator.take(want(1, { memoryBytes: 40 }))).not.toBeNull();
  });

  it('runs a job that is larger than the memory alone, rather than never', () => {
    const allocator = new Allocator(gpus(2), 100);
    expect(allocator.take(want(1, { memoryBytes: 500 }))).not.toBeNull();
    expect(allocator.take(want(1, { memoryBytes: 1 }))).toBeNull();
  });

  it('runs no more jobs at once than --jobs says', () => {
    const allocator = new Allocator(gpus(4), 100, 2);
    expect([1, 2, 3].map(() => allocator.take(want(1)) !== null)).toEqual([true, true, false]);
  });

  it('runs what takes no slot beside full cards, as many as there are cores', () => {
    const allocator = new Allocator(gpus(1), 100, Infinity, 2);
    expect(names(allocator.take(want(1)))).toEqual(['gpu-0']);
    const host = [1, 2, 3].map(() => allocator.take(want(0)));
    expect(host.map(names)).toEqual([[], [], undefined]);
    if (host[0]) allocator.release(host[0]);
    expect(names(allocator.take(want(0)))).toEqual([]);
  });

  it('reserves the slots of an adopted worker, as far as they are its own', () => {
    const allocator = new Allocator(gpus(2), 100);
    expect(names(allocator.reserve(['gpu-1', 'gpu-7'], { alone: false, memoryBytes: 1 }))).toEqual(['gpu-1']);
    expect(names(allocator.take(want(1)))).toEqual(['gpu-0']);
    expect(allocator.take(want(1))).toBeNull();
  });
});

describe('the queue', () => {
  const queueOf = (...slots: number[]) => {
    const queue = new WaitingJobs<{ name: string; want: Want }>();
    slots.forEach((count, index) => queue.push({ name: `${count} wide, number ${index}`, want: want(count) }));
    return queue;
  };
  const always = () => true;

  it('keeps the order of the plan while everything fits', () => {
    const queue = queueOf(1, 2, 1);
    const allocator = new Allocator(gpus(4), 100);
    const started = [1, 2, 3].map(() => queue.next(allocator, always)?.entry.want.slots);
    expect(started).toEqual([1, 2, 1]);
  });

  it('packs a narrow job beside a wide one that waits', () => {
    const queue = queueOf(3, 2, 1);
    const allocator = new Allocator(gpus(4), 100);
    expect(queue.next(allocator, always)?.entry.want.slots).toBe(3);
    expect(queue.next(allocator, always)?.entry.want.slots).toBe(1);
    expect(queue.next(allocator, always)).toBeNull();
  });

  it('lets a wide job starve no longer than its patience', () => {
    const queue = queueOf(4, ...new Array<number>(100).fill(1));
    const allocator = new Allocator(gpus(4), 100);
    const running = [allocator.take(want(1))];
    let passed = 0;
    // Narrow jobs come and go, one slot always busy, until the wide one has had enough.
    for (let next = queue.next(allocator, always); next; next = queue.next(allocator, always)) {
      passed++;
      running.push(next.allocation);
      const oldest = running.shift();
      if (oldest) allocator.release(oldest);
    }
    expect(passed).toBe(patience);
    for (const allocation of running) if (allocation) allocator.release(allocation);
    expect(queue.next(allocator, always)?.entry.want.slots).toBe(4);
  });

  it('passes over a job that waits for its next attempt', () => {
    const queue = queueOf(1, 1);
    const next = queue.next(new Allocator(gpus(2), 100), ({ name }) => name.endsWith('1'));
    expect(next?.entry.name).toBe('1 wide, number 1');
  });
});
