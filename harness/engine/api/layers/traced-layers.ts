/** Layers of a model while it is traced: each on its device, and known by name where something goes wrong. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { withinLayer } from '../place-of-trace.js';
import type { TrainableModel } from './trainable-model.js';

type Layer = LayersModel['layers'][number];

/** Runs `build` with every layer of the model, and of models in it, wrapped. */
export function tracingLayers<T>(
  model: TrainableModel,
  place: (layer: Layer, build: () => unknown) => unknown,
  build: () => T,
): T {
  const layers = layersOf(model);
  for (const layer of layers) {
    // The class's own, of whichever layer this is.
    const ordinary = Object.getPrototypeOf(layer) as Layer;
    layer.call = (...parameters) =>
      withinLayer(layer.name, layer.getClassName(), () =>
        place(layer, () => ordinary.call.apply(layer, parameters)),
      ) as ReturnType<Layer['call']>;
  }
  try {
    return build();
  } finally {
    for (const layer of layers) delete (layer as Partial<Layer>).call;
  }
}

/** Models are layers of others. */
function layersOf({ layers }: { readonly layers: readonly Layer[] }): Layer[] {
  return layers.flatMap((layer) => ('layers' in layer ? layersOf(layer as unknown as LayersModel) : [layer]));
}
