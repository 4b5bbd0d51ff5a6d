/**
 * Puts the backward pass on the devices of the forward pass: the gradient of an op runs where the op ran.
 *
 * tfjs's gradient functions return thunks, one an input, so setting the device around the function alone would place
 * nothing; each thunk is wrapped as well. tfjs adds gradients up right after a thunk, so the device that the thunk leaves
 * behind decides where: two gradients that arose on one device are added there, before anything crosses a link; others
 * meet where the tensor itself was made.
 */
import { engine as tfjsEngine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { tracingBackend } from './backend.js';

/** Records `build` on a device, then goes back to the device before. */
export function onDevice<T>(device: number, build: () => T): T {
  const { graph } = tracingBackend;
  if (device < 0 || device >= graph.devices) throw new Error(`Internal error: device ${device} of ${graph.devices}`);
  return restoring(() => {
    graph.device = device;
    return build();
  });
}

type GradientThunks = Record<string, () => Tensor>;

/** The part of a node of tfjs's tape that is used here (tfjs-core, tape.ts). */
interface TapeNode {
  inputs: Record<string, Tensor>;
  outputs: Tensor[];
  gradient?: (dys: Tensor[]) => GradientThunks;
}

/** The parts of tfjs's engine that tell of the tape; private in its types, stable since tfjs 1. */
interface TapeRecorder {
  addTapeNode?: (...parameters: unknown[]) => void;
  gradients?: (...parameters: unknown[]) => unknown;
  state: { activeTape: TapeNode[] };
}

/** From now until the returned function is called, every gradient that tfjs derives is placed on its forward op's device. */
export function placeGradients(): () => void {
  const recorder = tfjsEngine() as unknown as TapeRecorder;
  const prototype = Object.getPrototypeOf(recorder) as Required<TapeRecorder>;
  const accumulation = new Accumulation();
  recorder.addTapeNode = (...parameters) => {
    prototype.addTapeNode.apply(recorder, parameters);
    const node = recorder.state.activeTape.at(-1);
    if (node !== undefined) placeGradient(node, accumulation);
  };
  recorder.gradients = (...parameters) => restoring(() => prototype.gradients.apply(recorder, parameters));
  return () => {
    delete recorder.addTapeNode;
    delete recorder.gradients;
  };
}

function placeGradient(node: TapeNode, accumulation: Accumulation): void {
  const { gradient } = node;
  const device = deviceOf(node.outputs);
  if (gradient === undefined || device === undefined) return;
  node.gradient = (dys) => {
    enterBackward(device);
    const thunks = gradient(dys);
    return Object.fromEntries(
      Object.entries(thunks).map(([name, thunk]) => [
        name,
        () => {
          enterBackward(device);
          const dx = thunk();
          const x = node.inputs[name];
          if (x !== undefined) enterBackward(accumulation.deviceFor(x, dx) ?? device);
          return dx;
        },
      ]),
    );
  };
}

/** Where the gradient of each tensor has been added up so far. */
class Accumulation {
  readonly #devices = new Map<number, number>();

  /** The device to add one more gradient `dx` of `x` on; undefined where nothing tells. */
  deviceFor(x: Tensor, dx: Tensor): number | undefined {
    const arose = deviceOf([dx]);
    const sum = this.#devices.get(x.id);
    const device = sum === undefined || sum === arose ? arose : (deviceOf([x]) ?? arose);
    if (device !== undefined) this.#devices.set(x.id, device);
    return device;
  }
}

function enterBackward(device: number): void {
  const { graph } = tracingBackend;
  graph.device = device;
  graph.pass = 'backward';
}

/** The device of the first tensor that an op made; undefined for constants. */
function deviceOf(tensors: readonly TensorInfo[]): number | undefined {
  for (const tensor of tensors) {
    const device = tracingBackend.deviceOf(tensor);
    if (device !== undefined) return device;
  }
  return undefined;
}

function restoring<T>(build: () => T): T {
  const { graph } = tracingBackend;
  const { device, pass } = graph;
  try {
    return build();
  } finally {
    graph.device = device;
    graph.pass = pass;
  }
}
