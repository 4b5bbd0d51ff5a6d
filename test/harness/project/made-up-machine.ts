/** A made-up machine for tests: the roofline's times, crossings of 25 µs, batch norm half as fast while another core is busy. */
import { kindOf } from '../../../harness/engine/operation-kind.js';
import type { StepGraph, StepProfile } from '../../../harness/engine/step-graph.js';
import { cardNamed } from '../../../harness/project/costs/cards.js';
import { defaultEfficiency, rooflineTime } from '../../../harness/project/costs/roofline.js';
import { allToAll } from '../../../harness/project/schedule/links.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';

export const truth = { latency: 25, stretch: 2 };

export function profileOf(graph: StepGraph, steps = 3): StepProfile {
  const durations = Float64Array.from(graph.operations, (op) => rooflineTime(op, cardNamed('k80'), defaultEfficiency));
  const stretch = Float64Array.from(graph.operations, ({ type }) =>
    kindOf(type) === 'batch-norm' ? truth.stretch : 1,
  );
  const simulation = simulate(prepareGraph(graph), durations, {
    topology: allToAll(graph.devices, { latency: truth.latency, bandwidth: Infinity }),
    stretch,
  });
  const taken = simulation.end.map((end, index) => end - (simulation.start[index] ?? 0));
  return {
    graph,
    start: Array.from({ length: steps }, () => simulation.start),
    duration: Array.from({ length: steps }, () => taken),
    span: new Array<number>(steps).fill(simulation.stepTime),
    hardware: { kind: 'cpu', model: 'made up' },
  };
}
