/** While a recording runs, tfjs computes nothing: its operations and their gradients become part of a graph. */
import { engine as tfjsEngine, setBackend } from '@tensorflow/tfjs-core';
import { backendName, tracingBackend, type Surroundings } from './backend.js';
import type { GraphBuilder } from './graph.js';
import { placeGradients } from './placement.js';

/** Starts recording into `graph`: tfjs runs on this backend until the returned function is called. Does not nest. */
export function startRecording(graph: GraphBuilder, surroundings: Surroundings = {}): () => void {
  const outer = (tfjsEngine().backendName as string | null) ?? undefined;
  tracingBackend.enter(graph, surroundings);
  // Resolves at once: this backend needs no start.
  void setBackend(backendName);
  const stopPlacing = placeGradients();
  return () => {
    stopPlacing();
    tracingBackend.leave();
    if (outer !== undefined && outer !== backendName) void setBackend(outer);
  };
}

/** Runs `build` with tfjs recording into `graph`; puts tfjs's backend back afterwards. Synchronous, and does not nest. */
export function record<T>(graph: GraphBuilder, build: () => T, surroundings?: Surroundings): T {
  const stop = startRecording(graph, surroundings);
  try {
    return build();
  } finally {
    stop();
  }
}
