import { describe, expect, it } from 'vitest';
import { InOrderSchedule, oneSenderPerChannel } from '../../../harness/project/schedule/in-order.js';
import { allToAll, freeLinks, joinedPairs, sharedSlots } from '../../../harness/project/schedule/links.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';
import { randomGraph } from './graphs.js';

const speed = { latency: 3, bandwidth: 50 };

describe('the one-pass schedule', () => {
  it('gives the step time of the event-driven one, bit for bit, on 300 random graphs', () => {
    for (let seed = 0; seed < 300; seed++) {
      const { graph, durations } = randomGraph(seed);
      const prepared = prepareGraph(graph);
      const schedule = new InOrderSchedule(prepared);
      for (const topology of [
        freeLinks(graph.devices),
        allToAll(graph.devices, speed),
        sharedSlots(graph.devices, speed),
      ]) {
        expect(oneSenderPerChannel(topology)).toBe(true);
        expect(schedule.stepTime(durations, topology)).toBe(simulate(prepared, durations, { topology }).stepTime);
      }
    }
  });

  it('says where it does not hold: a channel with traffic of several devices', () => {
    expect(oneSenderPerChannel(joinedPairs(4, speed, speed))).toBe(false);
    expect(oneSenderPerChannel(joinedPairs(2, speed, speed))).toBe(true);
  });
});
