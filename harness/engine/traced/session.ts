/** Runs a graph: feeds, fetches and targets as they cross the C API. */
import koffi from 'koffi';
import { bufferStruct, type Pointer, type TensorFlow } from '../native/c-api.js';
import { checked, failureOf } from '../native/status.js';
import {
  decodeRunMetadata,
  encodeConfiguration,
  encodeTraceOptions,
  type NodeExecution,
  type SessionConfiguration,
} from '../native/tensorflow-protos.js';
import type { GraphOperation, GraphOutput } from '../tracing/graph.js';
import type { TensorFlowGraph } from './tensorflow-graph.js';

/** Everything about one kind of run that does not change from step to step, in C layout. */
export interface RunSignature {
  readonly inputs: BigUint64Array;
  readonly inputCount: number;
  readonly outputs: BigUint64Array;
  readonly outputCount: number;
  readonly targets: BigUint64Array;
  readonly targetCount: number;
}

export function runSignature(
  graph: TensorFlowGraph,
  inputs: readonly GraphOutput[],
  outputs: readonly GraphOutput[],
  targets: readonly GraphOperation[],
): RunSignature {
  return {
    inputs: graph.packOutputs(inputs),
    inputCount: inputs.length,
    outputs: graph.packOutputs(outputs),
    outputCount: outputs.length,
    targets: BigUint64Array.from(targets, (target) => graph.pointerOf(target)),
    targetCount: targets.length,
  };
}

export class Session {
  readonly #pointer: Pointer;
  readonly #tensorflow: TensorFlow;

  /** @throws TensorFlowError, for example where a device cannot be opened */
  constructor(graph: TensorFlowGraph, configuration: SessionConfiguration) {
    this.#tensorflow = graph.tensorflow;
    const { call } = this.#tensorflow;
    const options = call.TF_NewSessionOptions() as Pointer;
    try {
      const proto = encodeConfiguration(configuration);
      checked(this.#tensorflow, (status) => call.TF_SetConfig(options, proto, proto.length, status));
      this.#pointer = checked(
        this.#tensorflow,
        (status) => call.TF_NewSession(graph.pointer, options, status) as Pointer,
      );
    } finally {
      call.TF_DeleteSessionOptions(options);
    }
  }

  /** TensorFlow's devices: full name and type. */
  devices(): { name: string; type: string }[] {
    const { call } = this.#tensorflow;
    const list = checked(this.#tensorflow, (status) => call.TF_SessionListDevices(this.#pointer, status) as Pointer);
    try {
      return Array.from({ length: Number(call.TF_DeviceListCount(list)) }, (_, index) =>
        checked(this.#tensorflow, (status) => ({
          name: String(call.TF_DeviceListName(list, index, status)),
          type: String(call.TF_DeviceListType(list, index, status)),
        })),
      );
    } finally {
      call.TF_DeleteDeviceList(list);
    }
  }

  /** Runs on a thread of koffi's; the event loop stays free. Resolves to TF_Tensor pointers that the caller deletes. */
  run(signature: RunSignature, feeds: BigUint64Array): Promise<Pointer[]> {
    return this.#start(signature, feeds, null, null);
  }

  /** As `run`, with every op timed by TensorFlow (FULL_TRACE). */
  async runTraced(
    signature: RunSignature,
    feeds: BigUint64Array,
  ): Promise<{ outputs: Pointer[]; executions: NodeExecution[] }> {
    const { call } = this.#tensorflow;
    const optionBytes = encodeTraceOptions();
    const options = koffi.alloc(bufferStruct, 1) as Pointer;
    koffi.encode(options, bufferStruct, { data: optionBytes, length: optionBytes.length, deallocator: null });
    const metadata = call.TF_NewBuffer() as Pointer;
    try {
      const outputs = await this.#start(signature, feeds, options, metadata);
      const { data, length } = koffi.decode(metadata, bufferStruct) as { data: Pointer; length: number };
      const bytes = new Uint8Array(koffi.view(data, length)).slice();
      return { outputs, executions: decodeRunMetadata(bytes) };
    } finally {
      call.TF_DeleteBuffer(metadata);
      koffi.free(options);
    }
  }

  /** As `run`, on this thread. */
  runSync(signature: RunSignature, feeds: BigUint64Array): Pointer[] {
    const values = new BigUint64Array(signature.outputCount);
    checked(this.#tensorflow, (status) =>
      this.#tensorflow.call.TF_SessionRun(...this.#parameters(signature, feeds, null, null, values, status)),
    );
    return [...values];
  }

  close(): void {
    const { call } = this.#tensorflow;
    checked(this.#tensorflow, (status) => call.TF_CloseSession(this.#pointer, status));
    checked(this.#tensorflow, (status) => call.TF_DeleteSession(this.#pointer, status));
  }

  #start(
    signature: RunSignature,
    feeds: BigUint64Array,
    options: Pointer | null,
    metadata: Pointer | null,
  ): Promise<Pointer[]> {
    const { call } = this.#tensorflow;
    const values = new BigUint64Array(signature.outputCount);
    const status = call.TF_NewStatus() as Pointer;
    return new Promise((resolve, reject) => {
      call.TF_SessionRun.async(
        ...this.#parameters(signature, feeds, options, metadata, values, status),
        (error: Error | null) => {
          const failure = error ?? failureOf(this.#tensorflow, status);
          call.TF_DeleteStatus(status);
          if (failure === undefined) resolve([...values]);
          else reject(failure);
        },
      );
    });
  }

  #parameters(
    signature: RunSignature,
    feeds: BigUint64Array,
    options: Pointer | null,
    metadata: Pointer | null,
    values: BigUint64Array,
    status: Pointer,
  ): unknown[] {
    return [
      this.#pointer,
      options,
      signature.inputs,
      feeds,
      signature.inputCount,
      signature.outputs,
      values,
      signature.outputCount,
      signature.targets,
      signature.targetCount,
      metadata,
      status,
    ];
  }
}
