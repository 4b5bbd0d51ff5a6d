/** Which layer of a model is being traced, so that an error can name it. */

const layers: { name: string; kind: string }[] = [];

/** Runs `build` as part of a layer. */
export function withinLayer<T>(name: string, kind: string, build: () => T): T {
  layers.push({ name, kind });
  try {
    return build();
  } catch (error) {
    // The innermost one is where it happened.
    if (typeof error === 'object' && error !== null && !layerOf.has(error)) layerOf.set(error, { name, kind });
    throw error;
  } finally {
    layers.pop();
  }
}

const layerOf = new WeakMap<object, { name: string; kind: string }>();

/** ` of layer "dense_1" (Dense)`; empty where an error came of no layer. */
export function inWords(error: unknown): string {
  const layer = typeof error === 'object' && error !== null ? layerOf.get(error) : undefined;
  return layer === undefined ? '' : ` of layer "${layer.name}" (${layer.kind})`;
}
