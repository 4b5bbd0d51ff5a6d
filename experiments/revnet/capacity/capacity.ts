/** What fits a memory: peaks of steps traced without TensorFlow, and the straight lines that they lie on. */
import { datasetFacts } from '../../../harness/plan/dataset-facts.js';
import { systemNamed } from '../../../harness/plan/paper/paper.js';
import type { Protocol } from '../../../harness/plan/profile/protocol.js';
import { memoryInProgramOrder } from '../../../harness/project/memory.js';
import { trainingStepGraph } from '../../../harness/project/step-graph.js';
import { revnet } from '../index.js';

export interface Wanted {
  /** Of the device. */
  readonly bytes: number;
  readonly batch: number;
  /** Layers. */
  readonly depth: number;
}

export interface Capacity {
  /** Layers of the deepest RevNet of basic units at the batch, and its units a stage; null where not even the shallowest fits. */
  readonly layers: number | null;
  readonly units: number | null;
  /** Units a stage of the deepest network that was traced. */
  readonly traced: number;
  /** Images of a step at the depth; null where not even one fits. */
  readonly largestBatch: number | null;
}

/** Of a RevNet of basic units: 12 layers a unit of the three stages, the stem and the classifier. */
const layersOf = (units: number): number => 12 * units + 2;
/** Deep enough that a line through the last two goes on as it does. */
const tracedUnits: readonly number[] = [3, 9, 18, 27];

/** Peak of a step of a network under a protocol, bytes. */
export function stepBytes(protocol: Protocol, depth: number, batch: number): number {
  const network = systemNamed(revnet, 'RevNet').network({ depth }, datasetFacts.cifar10.classes);
  const graph = trainingStepGraph(network.defaultLayout(1, protocol), protocol, batch);
  return memoryInProgramOrder(graph)[0]?.peak ?? NaN;
}

/** The paper's models are loaded. */
export function capacityOf(protocol: Protocol, { bytes, batch, depth }: Wanted): Capacity {
  const units = deepest(protocol, bytes, batch);
  return {
    layers: units === null ? null : layersOf(units),
    units,
    traced: tracedUnits[tracedUnits.length - 1] ?? NaN,
    largestBatch: largestBatch(protocol, bytes, depth),
  };
}

/** Units a stage. */
function deepest(protocol: Protocol, bytes: number, batch: number): number | null {
  const traced = tracedUnits.map((units) => ({ units, peak: stepBytes(protocol, layersOf(units), batch) }));
  const [shallowest] = traced;
  if (shallowest === undefined || shallowest.peak > bytes) return null;
  const [before, last] = traced.slice(-2);
  if (before === undefined || last === undefined) throw new Error('Internal error: two depths make a line');
  if (last.peak <= bytes) {
    const each = (last.peak - before.peak) / (last.units - before.units);
    return last.units + Math.floor((bytes - last.peak) / each);
  }
  let [fits, tooDeep] = [shallowest.units, last.units];
  for (const { units, peak } of traced) {
    if (peak <= bytes) fits = Math.max(fits, units);
    else tooDeep = Math.min(tooDeep, units);
  }
  while (tooDeep - fits > 1) {
    const middle = Math.floor((fits + tooDeep) / 2);
    if (stepBytes(protocol, layersOf(middle), batch) <= bytes) fits = middle;
    else tooDeep = middle;
  }
  return fits;
}

/** Every tensor of a step grows in proportion to the batch or not at all, so that two batches tell of all but for where the peak is. */
function largestBatch(protocol: Protocol, bytes: number, depth: number): number | null {
  const peak = (batch: number): number => stepBytes(protocol, depth, batch);
  const [one, many] = [1, 64];
  const [smallest, large] = [peak(one), peak(many)];
  if (smallest > bytes) return null;
  const each = (large - smallest) / (many - one);
  let found = Math.max(one, Math.floor(one + (bytes - smallest) / each));
  while (peak(found) > bytes) found -= 1;
  while (peak(found + 1) <= bytes) found += 1;
  return found;
}
