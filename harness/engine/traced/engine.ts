/** The traced engine: a step becomes one TensorFlow graph with a device for every op, and libtensorflow runs it as a whole. */
// Registers tfjs's gradients: tfjs-core alone has none when loaded by Node.
import '../sum-gradient.js';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { Problem } from '../../core/problem.js';
import { commandLine } from '../../core/project.js';
import type { Engine, EngineVariable, TensorSpecification } from '../engine.js';
import { loadTensorFlow } from '../native/c-api.js';
import { openGpuLibraries, type UnopenedLibrary } from '../native/gpu-libraries.js';
import { noGpu } from '../native/no-gpu.js';
import { setProcessOptions } from '../native/process-options.js';
import { TensorFlowError } from '../native/status.js';
import { readTensor } from '../native/tensors.js';
import type { Surroundings } from '../tracing/backend.js';
import type { GraphOutput } from '../tracing/graph.js';
import { tracedOperations } from '../tracing/operations.js';
import { startRecording } from '../tracing/recording.js';
import type { TracedBody } from '../tracing/trace.js';
import '../tracing/kernels/index.js';
import { planDevices, type EngineDevices } from './devices.js';
import { TracedFunction, type TracingContext } from './function.js';
import { runSignature, Session } from './session.js';
import { TensorFlowGraph } from './tensorflow-graph.js';
import { VariableStore } from './variables.js';
import { openWinograd } from './winograd.js';

export interface TracedEngineOptions {
  readonly devices: EngineDevices;
  /** Files of TensorFlow's library (`setup/`). */
  readonly library: { readonly cc: string; readonly framework: string };
  /** The library of 3 x 3 convolutions by Winograd's algorithm (`setup/winograd.ts`), for CPUs; without it they are TensorFlow's. */
  readonly winograd?: string | undefined;
  /** Ask TensorFlow for kernels that repeat bit for bit on GPUs. On `cores` they always do. */
  readonly deterministic?: boolean;
  /** Let GPUs round float32 convolutions to TF32. */
  readonly tf32?: boolean;
  /** Let convolutions round their operands to bfloat16. */
  readonly bfloat16?: boolean;
  /** Whether softmax cross-entropy is one kernel; by default unless it has to repeat bit for bit on GPUs, which have none that does. */
  readonly fusedCrossEntropy?: boolean;
}

export class TracedEngine implements Engine {
  readonly name = 'traced';
  readonly operations = tracedOperations;
  readonly devices: number;
  /** TensorFlow's version. */
  readonly version: string;
  /** Whether 3 x 3 convolutions are computed by Winograd's algorithm. */
  readonly winograd: boolean;
  readonly #context: TracingContext;
  readonly #functions: TracedFunction[] = [];

  /** @throws Problem DEVICES_TOO_FEW, LIBRARY_UNREADABLE */
  constructor(options: TracedEngineOptions) {
    const plan = planDevices(options.devices);
    setProcessOptions(options);
    // TensorFlow turns oneDNN's kernels on by itself only on some Intel CPUs; on others they are as much faster.
    process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
    const folder = dirname(options.library.framework);
    const unopened = plan.hardware === 'gpu' ? openGpuLibraries(folder) : [];
    const tensorflow = loadTensorFlow(options.library);
    const {
      bfloat16,
      deterministic = false,
      fusedCrossEntropy = !(deterministic && plan.hardware === 'gpu'),
    } = options;
    this.winograd =
      plan.hardware === 'cpu' && options.winograd !== undefined && openWinograd(tensorflow, options.winograd);
    const threads = this.winograd ? (plan.configuration.intraOpParallelismThreads ?? 1) : 0;
    const graph = new TensorFlowGraph(tensorflow, plan.names, bfloat16, fusedCrossEntropy, threads);
    const session = openSession(graph, plan.configuration);
    requireDevices(session, plan.names, folder, unopened);
    this.version = tensorflow.version;
    this.devices = plan.names.length;
    this.#context = {
      graph,
      session,
      variables: new VariableStore(graph, session),
      ordered: plan.ordered,
      hardware: { kind: plan.hardware, model: modelOf(options.devices) },
    };
  }

  variable(name: string, shape: readonly number[], value: Float32Array, device: number): EngineVariable {
    return this.#context.variables.create(name, shape, value, device);
  }

  /**
   * @param surroundings what `body` may use of the world outside
   * @throws TensorFlowError where TensorFlow rejects an op
   */
  compile(
    name: string,
    signature: readonly TensorSpecification[],
    body: TracedBody,
    surroundings?: Surroundings,
  ): TracedFunction {
    const traced = new TracedFunction(this.#context, name, signature, body, surroundings);
    this.#functions.push(traced);
    return traced;
  }

  readVariables(variables: readonly EngineVariable[]): Promise<Float32Array[]> {
    return this.#context.variables.read(variables);
  }

  /** As `readVariables`, on this thread. */
  readVariablesSync(variables: readonly EngineVariable[]): Float32Array[] {
    return this.#context.variables.readSync(variables);
  }

  /** As `writeVariables`, but written with the next run. */
  setVariable(variable: EngineVariable, value: Float32Array): void {
    this.#context.variables.set([variable], [value]);
  }

  writeVariables(variables: readonly EngineVariable[], values: readonly Float32Array[]): Promise<void> {
    this.#context.variables.set(variables, values);
    return this.#context.variables.flush();
  }

  /**
   * Lets tfjs code run on this backend outside a function: a tensor's `data()` or `dataSync()` runs what it needs of the
   * graph. For looking and testing; a step belongs in `compile`. Returns the function that ends it.
   */
  interactive(): () => void {
    const { graph, session } = this.#context;
    return startRecording(graph, { read: (output) => readOutput(graph, session, output) });
  }

  close(): void {
    for (const traced of this.#functions) traced.dispose();
    this.#context.session.close();
    this.#context.graph.tensorflow.call.TF_DeleteGraph(this.#context.graph.pointer);
  }
}

function readOutput(
  graph: TensorFlowGraph,
  session: Session,
  output: GraphOutput,
): Float32Array | Int32Array | Uint8Array {
  const { tensorflow } = graph;
  const [tensor] = session.runSync(runSignature(graph, [], [output], []), new BigUint64Array(0));
  if (tensor === undefined) throw new Error('Internal error: a run without its output');
  const values = readTensor(tensorflow, tensor);
  tensorflow.call.TF_DeleteTensor(tensor);
  return values;
}

/** What the devices are made of, as profiles name it. */
function modelOf(devices: EngineDevices): string {
  const models =
    devices.kind === 'gpu' ? devices.cards.map(({ model }) => model) : cpus().map(({ model }) => model.trim());
  return models[0] ?? 'unknown';
}

function openSession(graph: TensorFlowGraph, configuration: ConstructorParameters<typeof Session>[1]): Session {
  try {
    return new Session(graph, configuration);
  } catch (error) {
    if (error instanceof TensorFlowError)
      throw new Problem(
        'DEVICE_UNUSABLE',
        `TensorFlow cannot open the devices: ${error.message}`,
        `Run \`${commandLine('doctor')}\`.`,
      );
    throw error;
  }
}

function requireDevices(
  session: Session,
  names: readonly string[],
  folder: string,
  unopened: readonly UnopenedLibrary[],
): void {
  const present = session.devices().map((device) => device.name);
  const missing = names.filter((name) => !present.some((device) => device.endsWith(name)));
  if (missing.length === 0) return;
  session.close();
  const seen = `TensorFlow sees ${present.map(shortName).join(', ')}, not ${missing.map(shortName).join(', ')}`;
  if (!present.some((device) => device.includes('GPU')) && missing.some((device) => device.includes('GPU')))
    throw noGpu(seen, folder, unopened);
  throw new Problem(
    'DEVICES_TOO_FEW',
    seen,
    'Name devices that there are with --devices, or cut one GPU into several with --devices gpu:0/4.',
  );
}

const shortName = (name: string): string => /device:(.*)$/.exec(name)?.[1] ?? name;
