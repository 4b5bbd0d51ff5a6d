import { expect, it } from 'vitest';
import { anonymousSlots, QueuePlaces } from '../../../../harness/run/slurm/queue/queue-places.js';

const want = (slots: number) => ({ slots, alone: false, memoryBytes: 2 ** 40 });

it('gives as many places as the queue may hold, whatever they need', () => {
  const places = new QueuePlaces(anonymousSlots(4), 2);
  const [first, second] = [places.take(want(4)), places.take(want(4))];
  expect(first?.slots).toHaveLength(4);
  expect(second?.slots).toHaveLength(4);
  expect(places.take(want(1))).toBeNull();
  if (first) places.release(first);
  expect(places.take(want(1))?.slots).toHaveLength(1);
});

it('has no place for what no node has the devices for', () => {
  const places = new QueuePlaces(anonymousSlots(4), 2);
  expect(places.possible(want(5))).toBe(false);
  expect(places.take(want(5))).toBeNull();
});

it('counts a job that is in the queue already, even beyond its places', () => {
  const places = new QueuePlaces(anonymousSlots(1), 1);
  const [one, two] = [places.reserve(['any-0'], want(1)), places.reserve(['any-0'], want(1))];
  expect(places.take(want(1))).toBeNull();
  places.release(one);
  expect(places.take(want(1))).toBeNull();
  places.release(two);
  expect(places.take(want(1))).not.toBeNull();
});

it('takes a place back once', () => {
  const places = new QueuePlaces(anonymousSlots(1), 1);
  const given = places.reserve([], want(1));
  places.release(given);
  expect(() => {
    places.release(given);
  }).toThrow('released twice');
});
