/** What becomes of TensorFlow's account of a step: on CPUs its operations, on GPUs the kernels of its streams. */
import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../harness/engine/native/c-api.js';
import type { NodeExecution } from '../../../../harness/engine/native/tensorflow-protos.js';
import { cpuLayout } from '../../../../harness/engine/native/tensorflow-protos.js';
import { createTensor } from '../../../../harness/engine/native/tensors.js';
import type { StepGraph } from '../../../../harness/engine/step-graph.js';
import { planDevices } from '../../../../harness/engine/traced/devices.js';
import { runSignature, Session } from '../../../../harness/engine/traced/session.js';
import { timesOf } from '../../../../harness/engine/traced/step-times.js';
import { TensorFlowGraph } from '../../../../harness/engine/traced/tensorflow-graph.js';
import { requireNativeLibrary } from '../../../../harness/setup/native-library.js';

const graphOf = (...names: string[]): StepGraph => ({
  devices: 1,
  variableBytes: [0],
  operations: names.map((name) => ({
    ...{ name, type: name.replace(/_\d+$/, ''), device: 0, pass: 'forward' },
    ...{ inputs: [], control: [], outputs: [], flops: 0 },
  })),
});
const entry = (device: string, node: string, start: number, end: number): NodeExecution => ({
  ...{ device, node, label: '', allocations: [] },
  ...{ startMicroseconds: start, endMicroseconds: end },
});
const [host, kernels] = ['/job:localhost/replica:0/task:0/device:GPU:0', '/device:GPU:0/stream:all'];

describe('a step on a GPU', () => {
  const graph = graphOf('Conv2D_1', 'Relu_2', 'Reshape_3', 'Const_4');

  it('takes what its kernels took, half a microsecond more for each, and nothing where an operation launches none', () => {
    const times = timesOf(
      graph,
      [
        // Launches: soon over, and long before the kernels run.
        ...[entry(host, 'Conv2D_1', 0, 4), entry(host, 'Relu_2', 4, 6), entry(host, 'Reshape_3', 6, 7)],
        ...[entry(host, 'Const_4', 0, 1), entry('/device:GPU:0/memcpy', 'Placeholder_0', 0, 90)],
        ...[
          entry(kernels, 'Conv2D_1', 100, 130),
          entry(kernels, 'Conv2D_1', 131, 135),
          entry(kernels, 'Relu_2', 140, 140),
        ],
        // The same kernels once more, by their stream.
        ...[entry('/device:GPU:0/stream:13', 'Conv2D_1', 100, 130)],
      ],
      'gpu',
    );
    expect([...times.duration]).toEqual([35, 0.5, NaN, NaN]);
    expect([...times.start]).toEqual([0, 40, NaN, NaN]);
    expect(times.span).toBe(40.5);
    expect(times.unmatched).toBe(0);
  });

  it('tells of kernels that belong to no operation', () => {
    const stranger = entry(kernels, 'redzone_checker', 200, 207);
    expect(timesOf(graph, [entry(kernels, 'Relu_2', 0, 10), stranger], 'gpu').unmatched).toBe(7.5);
  });

  it('is not told from its launches where there are no kernels', () => {
    expect(() => timesOf(graph, [entry(host, 'Conv2D_1', 0, 4)], 'gpu')).toThrow(
      expect.objectContaining({ code: 'PROFILE_WITHOUT_KERNELS' }),
    );
  });
});

describe('the layout pass', () => {
  it('is the only pass of Grappler on GPUs', () => {
    const devices = { kind: 'gpu', cards: [{ index: 0, model: '', freeMiB: 1 }], logicalPerCard: 1 } as const;
    const { layoutOptimizer, metaOptimizerIterations, disableModelPruning, memoryOptimization, ...others } =
      planDevices(devices).configuration.graphOptions?.rewriteOptions ?? {};
    expect({ layoutOptimizer, metaOptimizerIterations, disableModelPruning }).toEqual({
      layoutOptimizer: 1,
      metaOptimizerIterations: 1,
      disableModelPruning: true,
    });
    // Here off is 1 and 2 is MANUAL; of all others off is 2.
    expect(memoryOptimization).toBe(1);
    expect(new Set(Object.values(others))).toEqual(new Set([2]));
  });

  // On CPUs TensorFlow turns NCHW into NHWC, the other way round than on GPUs, by the same pass with the same names.
  it('adds transposes, whose time is that of the convolution that they are for', async () => {
    const tensorflow = loadTensorFlow(requireNativeLibrary());
    const graph = new TensorFlowGraph(tensorflow, ['/device:CPU:0']);
    const gpu = planDevices({ kind: 'gpu', cards: [{ index: 0, model: '', freeMiB: 1 }], logicalPerCard: 1 });
    const session = new Session(graph, {
      deviceCount: { CPU: 1 },
      allowSoftPlacement: true,
      graphOptions: {
        rewriteOptions: {
          ...gpu.configuration.graphOptions?.rewriteOptions,
          cpuLayoutConversion: cpuLayout.nchwToNhwc,
        },
      },
    });
    const [imageShape, kernelShape] = [
      [4, 8, 16, 16],
      [3, 3, 8, 8],
    ] as const;
    const placeholder = (shape: readonly number[]) =>
      graph.output('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape } });
    const [images, kernel] = [placeholder(imageShape), placeholder(kernelShape)];
    const attributes = {
      strides: { ints: [1, 1, 1, 1] },
      padding: { string: 'SAME' },
      data_format: { string: 'NCHW' },
    };
    const first = graph.output('Conv2D', [images, kernel], attributes);
    const second = graph.output('Conv2D', [graph.output('Relu', [first]), kernel], attributes);
    const last = graph.output('Relu', [second]);
    const filled = (shape: readonly number[]) =>
      createTensor(tensorflow, 'float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1));
    const feeds = BigUint64Array.from([filled(imageShape), filled(kernelShape)]);
    const { executions } = await session.runTraced(runSignature(graph, [images, kernel], [last], []), feeds);
    const transposes = executions.filter(({ node }) => node.includes('Transpose'));
    expect(transposes.map(({ node }) => node).sort()).toEqual([
      `${first.operation.name}-0-TransposeNCHWToNHWC-LayoutOptimizer`,
      `${second.operation.name}-0-0-TransposeNHWCToNCHW-LayoutOptimizer`,
    ]);
    // The same account, as a GPU's stream would give it.
    const asKernels = executions
      .filter(({ node }) => /^(Conv2D|Relu)/.test(node) && !node.includes('PermConst'))
      .map((execution) => ({ ...execution, device: kernels }));
    const step = graphOf(...graph.operations.map(({ name }) => name));
    const times = timesOf(step, asKernels, 'gpu');
    expect(times.unmatched).toBe(0);
    for (const convolution of [first, second]) {
      const own = asKernels.filter(({ node }) => node.startsWith(convolution.operation.name));
      expect(own).toHaveLength(2);
      const took = own.reduce(
        (sum, { startMicroseconds, endMicroseconds }) => sum + endMicroseconds - startMicroseconds,
        1,
      );
      // Two halves of a microsecond for two kernels; times are multiples of a nanosecond in double precision.
      expect(times.duration[convolution.operation.index]).toBeCloseTo(took, 3);
    }
    session.close();
  });
});
