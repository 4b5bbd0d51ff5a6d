/** A step graph flattened into typed arrays: what the schedulers run over, thousands of times in a fit. */
import type { StepGraph } from '../../engine/step-graph.js';

/**
 * Operations and the transfers between devices. A tensor is sent once to each device that reads it, whoever reads it
 * there. Lists of lists are stored as offsets (`…First[i]` to `…First[i + 1]`) into one array.
 */
export interface PreparedGraph {
  readonly graph: StepGraph;
  readonly devices: number;
  readonly operations: number;
  readonly device: Int32Array;
  /** Operations of the same device that each operation waits for: producers of its inputs. */
  readonly localFirst: Int32Array;
  readonly local: Int32Array;
  /** Transfers that each operation waits for. */
  readonly arrivingFirst: Int32Array;
  readonly arriving: Int32Array;
  /** Transfers that start when an operation ends, in the order in which their readers come. */
  readonly leavingFirst: Int32Array;
  readonly leaving: Int32Array;
  readonly transfers: number;
  readonly producer: Int32Array;
  readonly target: Int32Array;
  /** Bytes; 0 for a control edge between devices. */
  readonly bytes: Float64Array;
  /** Output of the producer that is sent; -1 for a control edge. */
  readonly sentOutput: Int32Array;
  /** For each transfer, the operations that wait for it. */
  readonly readersFirst: Int32Array;
  readonly readers: Int32Array;
  /** For each operation, the operations of its device that wait for its outputs. */
  readonly localReadersFirst: Int32Array;
  readonly localReaders: Int32Array;
}

/** Throws (a bug) when an operation depends on a later one: program order has to be topological. */
export function prepareGraph(graph: StepGraph): PreparedGraph {
  const { operations, devices } = graph;
  const count = operations.length;
  const device = new Int32Array(count);
  const [local, arriving] = [new ListOfLists(), new ListOfLists()];
  const producer: number[] = [];
  const target: number[] = [];
  const bytes: number[] = [];
  const sentOutput: number[] = [];
  const transferByKey = new Map<number, number>();
  const transferTo = (from: number, output: number, size: number, to: number): number => {
    // Outputs count from 0; -1 stands for a control edge.
    const key = (from * 64 + output + 1) * devices + to;
    const known = transferByKey.get(key);
    if (known !== undefined) return known;
    const index = producer.length;
    transferByKey.set(key, index);
    producer.push(from);
    target.push(to);
    bytes.push(size);
    sentOutput.push(output);
    return index;
  };
  for (const [index, operation] of operations.entries()) {
    device[index] = operation.device;
    for (const input of operation.inputs) {
      if (input.operation >= index) throw new Error(`Internal error: operation ${index} comes before its input`);
      if (device[input.operation] === operation.device) local.push(input.operation);
      else arriving.push(transferTo(input.operation, input.output, input.bytes, operation.device));
    }
    for (const before of operation.control) {
      if (before >= index) throw new Error(`Internal error: operation ${index} comes before what it waits for`);
      // On one device the program order says the same.
      if (device[before] !== operation.device) arriving.push(transferTo(before, -1, 0, operation.device));
    }
    local.end();
    arriving.end();
  }
  const producers = Int32Array.from(producer);
  return {
    graph,
    devices,
    operations: count,
    device,
    ...named('local', local.lists()),
    ...named('arriving', arriving.lists()),
    ...named('leaving', inverted(count, producers)),
    transfers: producers.length,
    producer: producers,
    target: Int32Array.from(target),
    bytes: Float64Array.from(bytes),
    sentOutput: Int32Array.from(sentOutput),
    ...named('readers', invertedLists(producers.length, arriving.lists())),
    ...named('localReaders', invertedLists(count, local.lists())),
  };
}

interface Lists {
  readonly first: Int32Array;
  readonly items: Int32Array;
}

class ListOfLists {
  readonly #first = [0];
  readonly #items: number[] = [];
  push(item: number): void {
    this.#items.push(item);
  }
  end(): void {
    this.#first.push(this.#items.length);
  }
  lists(): Lists {
    return { first: Int32Array.from(this.#first), items: Int32Array.from(this.#items) };
  }
}

/** For each key, the positions at which `keys` names it, ascending. */
function inverted(count: number, keys: Int32Array): Lists {
  const first = new Int32Array(count + 1);
  for (const key of keys) first[key + 1] = (first[key + 1] ?? 0) + 1;
  for (let key = 0; key < count; key++) first[key + 1] = (first[key + 1] ?? 0) + (first[key] ?? 0);
  const next = first.slice(0, count);
  const items = new Int32Array(keys.length);
  for (const [position, key] of keys.entries()) {
    const slot = next[key] ?? 0;
    items[slot] = position;
    next[key] = slot + 1;
  }
  return { first, items };
}

/** For each item, the lists that hold it (once for each time it is held), ascending. */
function invertedLists(count: number, lists: Lists): Lists {
  const { first, items } = inverted(count, lists.items);
  const owner = new Int32Array(lists.items.length);
  for (let list = 0; list + 1 < lists.first.length; list++) owner.fill(list, lists.first[list], lists.first[list + 1]);
  return { first, items: items.map((position) => owner[position] ?? 0) };
}

type Named<Name extends string> = Readonly<Record<`${Name}First` | Name, Int32Array>>;

const named = <Name extends string>(name: Name, lists: Lists): Named<Name> =>
  ({ [`${name}First`]: lists.first, [name]: lists.items }) as Named<Name>;
