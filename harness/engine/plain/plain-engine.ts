/**
 * Engines that run tfjs ops one at a time on one device, as tfjs itself does: `cpu` on its JavaScript backend, `eager` on
 * tfjs-node-gpu. They hold the traced engine to account, and `eager` is what it is measured against.
 */
import {
  add,
  clone,
  enableProdMode,
  engine as tfjs,
  keep,
  mul,
  setBackend,
  sub,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { Problem } from '../../core/problem.js';
import { commandLine } from '../../core/project.js';
import { nativeLibrary } from '../../setup/native-library.js';
import type {
  Engine,
  EngineFunction,
  EngineVariable,
  TensorSpecification,
  TypedArray,
  VariableAccess,
} from '../engine.js';
import { openGpuLibraries } from '../native/gpu-libraries.js';
import { noGpu } from '../native/no-gpu.js';
import { setProcessOptions, type ProcessOptions } from '../native/process-options.js';
import { plainOperations } from './operations.js';
import { restoreRemovedUtilities } from './removed-utilities.js';

type Backend = 'cpu' | 'tensorflow';

export interface PlainEngineOptions extends ProcessOptions {
  readonly backend: Backend;
  /** Whether it is to compute on a GPU; TensorFlow chooses which of the visible ones. */
  readonly gpu?: boolean;
}

/** @throws Problem ADDON_MISSING where tfjs-node-gpu's addon is not built, DEVICES_TOO_FEW where it finds no GPU that was asked for. */
export async function openPlainEngine(options: PlainEngineOptions): Promise<Engine> {
  const { backend } = options;
  // Without it tfjs prints an advertisement for tfjs-node.
  enableProdMode();
  if (backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else await loadTensorFlow(options);
  await setBackend(backend);
  return new PlainEngine(backend);
}

async function loadTensorFlow(options: PlainEngineOptions): Promise<void> {
  setProcessOptions(options);
  // The addon has no session options; without growth TensorFlow takes the whole card.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  const library = nativeLibrary();
  // The addon is linked to it; where it is missing, so is the addon.
  const folder = library instanceof Problem ? '' : library.folder;
  const unopened = options.gpu === true ? openGpuLibraries(folder) : [];
  await loadAddon();
  await setBackend('tensorflow');
  if (options.gpu === true && !(tfjs().backend as { isUsingGpuDevice?: boolean }).isUsingGpuDevice)
    throw noGpu('The eager engine computes on the CPU', folder, unopened);
}

async function loadAddon(): Promise<void> {
  try {
    restoreRemovedUtilities();
    await import('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Problem(
      'ADDON_MISSING',
      `The eager engine needs the addon of tfjs-node-gpu, which does not load: ${reason}`,
      `${commandLine('setup')} builds it where g++ and make are installed. The traced engine does without.`,
    );
  }
}

interface RunResult {
  readonly outputs: TypedArray[];
  readonly specifications: readonly TensorSpecification[];
}

class PlainEngine implements Engine {
  readonly name;
  readonly devices = 1;
  readonly operations = plainOperations;
  readonly #values = new Map<EngineVariable, Tensor>();

  constructor(private readonly backend: Backend) {
    this.name = backend === 'cpu' ? ('cpu' as const) : ('eager' as const);
  }

  variable(name: string, shape: readonly number[], value: Float32Array, device: number): EngineVariable {
    const variable: EngineVariable = { name, shape, device };
    this.#set(variable, value);
    return variable;
  }

  compile(
    name: string,
    signature: readonly TensorSpecification[],
    body: (inputs: Tensor[], variables: VariableAccess) => Tensor[],
  ): EngineFunction {
    return new PlainFunction(name, signature, (inputs) => this.#run(inputs, signature, body));
  }

  readVariables(variables: readonly EngineVariable[]): Promise<Float32Array[]> {
    const values = this.#onBackend(() =>
      variables.map((variable) => this.#value(variable).dataSync<'float32'>().slice()),
    );
    return Promise.resolve(values);
  }

  writeVariables(variables: readonly EngineVariable[], values: readonly Float32Array[]): Promise<void> {
    for (const [index, variable] of variables.entries()) {
      const value = values[index];
      if (value?.length !== this.#value(variable).size)
        throw new Error(`Internal error: ${variable.name} has ${this.#value(variable).size} elements`);
      this.#set(variable, value);
    }
    return Promise.resolve();
  }

  close(): void {
    for (const value of this.#values.values()) value.dispose();
    this.#values.clear();
  }

  #run(
    inputs: readonly TypedArray[],
    signature: readonly TensorSpecification[],
    body: (inputs: Tensor[], variables: VariableAccess) => Tensor[],
  ): RunResult {
    return this.#onBackend(() => {
      // Tensors that leave the body's scopes: kept, and swapped in when it is done.
      const assigned = new Map<EngineVariable, Tensor>();
      const assign = (variable: EngineVariable, value: Tensor): void => {
        assigned.get(variable)?.dispose();
        assigned.set(variable, keep(clone(value)));
      };
      const access: VariableAccess = {
        read: (variable) => this.#value(variable),
        assign,
        applyMomentum: (weight, accumulator, gradient, learningRate, momentum, nesterov) => {
          tidy(() => {
            const moved = add(mul(this.#value(accumulator), momentum), gradient);
            const direction = nesterov ? add(gradient, mul(moved, momentum)) : moved;
            assign(accumulator, moved);
            assign(weight, sub(this.#value(weight), mul(direction, learningRate)));
          });
        },
      };
      let result: RunResult = { outputs: [], specifications: [] };
      try {
        tidy(() => {
          const tensors = signature.map(({ shape, dtype }, index) => tensor(inputs[index] ?? [], [...shape], dtype));
          result = readAll(body(tensors, access));
        });
      } catch (error) {
        for (const value of assigned.values()) value.dispose();
        throw error;
      }
      for (const [variable, value] of assigned) {
        this.#values.get(variable)?.dispose();
        this.#values.set(variable, value);
      }
      return result;
    });
  }

  #value(variable: EngineVariable): Tensor {
    const value = this.#values.get(variable);
    if (!value) throw new Error(`Internal error: ${variable.name} is not a variable of this engine`);
    return value;
  }

  #set(variable: EngineVariable, value: Float32Array): void {
    this.#onBackend(() => {
      this.#values.get(variable)?.dispose();
      this.#values.set(variable, keep(tensor(value.slice(), [...variable.shape], 'float32')));
    });
  }

  /** tfjs has one current backend a process; other engines may have changed it since. */
  #onBackend<T>(use: () => T): T {
    const before = tfjs().backendName;
    // Both backends are made by the time an engine is open, so the switch takes effect before the promise settles.
    if (before !== this.backend) void setBackend(this.backend);
    try {
      return use();
    } finally {
      if (before !== this.backend && before) void setBackend(before);
    }
  }
}

function readAll(tensors: readonly Tensor[]): RunResult {
  return {
    outputs: tensors.map((value) => value.dataSync<'float32' | 'int32'>().slice()),
    specifications: tensors.map(({ shape, dtype }) => ({ shape, dtype: dtype === 'int32' ? 'int32' : 'float32' })),
  };
}

/** Runs its body at every call. */
class PlainFunction implements EngineFunction {
  #outputs: readonly TensorSpecification[] | undefined;

  constructor(
    private readonly name: string,
    private readonly signature: readonly TensorSpecification[],
    private readonly execute: (inputs: readonly TypedArray[]) => RunResult,
  ) {}

  /** Known once it has run. */
  get outputs(): readonly TensorSpecification[] {
    if (!this.#outputs) throw new Error(`Internal error: ${this.name} has not run yet`);
    return this.#outputs;
  }

  async run(...inputs: TypedArray[]): Promise<TypedArray[]> {
    if (inputs.length !== this.signature.length)
      throw new Error(`Internal error: ${this.name} takes ${this.signature.length} inputs`);
    const { outputs, specifications } = this.execute(inputs);
    this.#outputs = specifications;
    return outputs;
  }
}
