/**
 * TensorFlow's C API through koffi: the functions the traced engine calls, and nothing else.
 *
 * Pointers are BigInts. `TF_Output {TF_Operation* oper; int index}` passes by value.
 */
import koffi, { type KoffiFunc } from 'koffi';
import { Problem } from '../../core/problem.js';
import { commandLine } from '../../core/project.js';
import { openForGood } from '../../setup/shared-library.js';
import type { DataType } from '../tracing/graph.js';

/** The address of an object of TensorFlow's. */
export type Pointer = bigint;

/** One output of an operation of a graph. */
export interface OutputReference {
  readonly oper: Pointer;
  readonly index: number;
}

/** `TF_DataType` numbers (tf_datatype.h). */
export const dataTypes = { float32: 1, int32: 3, uint8: 4, string: 7, complex64: 8, int64: 9, bool: 10, bfloat16: 14, resource: 20 } as const satisfies Record<DataType, number>;

/** C prototypes of every function used; a library that lacks one is refused with the name. */
const prototypes = {
  TF_Version: 'const char* TF_Version()',
  TF_NewStatus: 'void* TF_NewStatus()',
  TF_DeleteStatus: 'void TF_DeleteStatus(void* status)',
  TF_GetCode: 'int TF_GetCode(const void* status)',
  TF_Message: 'const char* TF_Message(const void* status)',
  TF_NewBuffer: 'void* TF_NewBuffer()',
  TF_DeleteBuffer: 'void TF_DeleteBuffer(void* buffer)',
  TF_AllocateTensor: 'void* TF_AllocateTensor(int type, const int64_t* dims, int rank, size_t bytes)',
  TF_DeleteTensor: 'void TF_DeleteTensor(void* tensor)',
  TF_TensorData: 'void* TF_TensorData(const void* tensor)',
  TF_TensorByteSize: 'size_t TF_TensorByteSize(const void* tensor)',
  TF_TensorType: 'int TF_TensorType(const void* tensor)',
  TF_NewGraph: 'void* TF_NewGraph()',
  TF_DeleteGraph: 'void TF_DeleteGraph(void* graph)',
  TF_NewOperation: 'void* TF_NewOperation(void* graph, const char* type, const char* name)',
  TF_SetDevice: 'void TF_SetDevice(void* description, const char* device)',
  TF_AddInput: 'void TF_AddInput(void* description, TF_Output input)',
  TF_AddInputList: 'void TF_AddInputList(void* description, const void* inputs, int count)',
  TF_AddControlInput: 'void TF_AddControlInput(void* description, void* operation)',
  TF_SetAttrString: 'void TF_SetAttrString(void* description, const char* name, const char* value, size_t length)',
  TF_SetAttrInt: 'void TF_SetAttrInt(void* description, const char* name, int64_t value)',
  TF_SetAttrIntList: 'void TF_SetAttrIntList(void* description, const char* name, const int64_t* values, int count)',
  TF_SetAttrFloat: 'void TF_SetAttrFloat(void* description, const char* name, float value)',
  TF_SetAttrBool: 'void TF_SetAttrBool(void* description, const char* name, uint8_t value)',
  TF_SetAttrType: 'void TF_SetAttrType(void* description, const char* name, int value)',
  TF_SetAttrShape: 'void TF_SetAttrShape(void* description, const char* name, const int64_t* dims, int rank)',
  TF_SetAttrTensor: 'void TF_SetAttrTensor(void* description, const char* name, void* tensor, void* status)',
  TF_AddOperationControlInput: 'void TF_AddOperationControlInput(void* graph, void* operation, void* input)',
  TF_FinishOperation: 'void* TF_FinishOperation(void* description, void* status)',
  TF_OperationNumOutputs: 'int TF_OperationNumOutputs(void* operation)',
  TF_OperationOutputType: 'int TF_OperationOutputType(TF_Output output)',
  TF_GraphSetTensorShape:
    'void TF_GraphSetTensorShape(void* graph, TF_Output output, const int64_t* dims, int rank, void* status)',
  TF_GraphGetTensorNumDims: 'int TF_GraphGetTensorNumDims(void* graph, TF_Output output, void* status)',
  TF_GraphGetTensorShape:
    'void TF_GraphGetTensorShape(void* graph, TF_Output output, _Out_ int64_t* dims, int rank, void* status)',
  TF_GraphToGraphDef: 'void TF_GraphToGraphDef(void* graph, void* buffer, void* status)',
  TF_NewSessionOptions: 'void* TF_NewSessionOptions()',
  TF_DeleteSessionOptions: 'void TF_DeleteSessionOptions(void* options)',
  TF_SetConfig: 'void TF_SetConfig(void* options, const uint8_t* proto, size_t length, void* status)',
  TF_NewSession: 'void* TF_NewSession(void* graph, const void* options, void* status)',
  TF_CloseSession: 'void TF_CloseSession(void* session, void* status)',
  TF_DeleteSession: 'void TF_DeleteSession(void* session, void* status)',
  TF_SessionListDevices: 'void* TF_SessionListDevices(void* session, void* status)',
  TF_DeleteDeviceList: 'void TF_DeleteDeviceList(void* list)',
  TF_DeviceListCount: 'int TF_DeviceListCount(const void* list)',
  TF_DeviceListName: 'const char* TF_DeviceListName(const void* list, int index, void* status)',
  TF_DeviceListType: 'const char* TF_DeviceListType(const void* list, int index, void* status)',
  TF_SessionRun:
    'void TF_SessionRun(void* session, const void* options, const void* inputs, const void* inputValues, int inputCount, ' +
    'const void* outputs, void* outputValues, int outputCount, const void* targets, int targetCount, void* metadata, void* status)',
} as const;

type Prototypes = typeof prototypes;

/** koffi checks arguments at run time by the prototypes above; `tensorflow-graph.ts` and `session.ts` give them their TypeScript types. */
type NativeFunction = KoffiFunc<(...parameters: unknown[]) => unknown>;

/** The loaded library. */
export interface TensorFlow {
  readonly call: { readonly [name in keyof Prototypes]: NativeFunction };
  readonly version: string;
  readonly path: string;
}

/** Layout of a `TF_Buffer`: data pointer, length, deallocator. */
export const bufferStruct = koffi.struct('TF_Buffer', { data: 'void*', length: 'size_t', deallocator: 'void*' });
koffi.struct('TF_Output', { oper: 'void*', index: 'int' });

let loaded: TensorFlow | undefined;

/**
 * Loads libtensorflow from a folder (once a process).
 * @throws Problem LIBRARY_UNREADABLE, LIBRARY_SYMBOL_MISSING
 */
export function loadTensorFlow(files: { readonly cc: string; readonly framework: string }): TensorFlow {
  if (loaded !== undefined) return loaded;
  for (const path of [files.framework, files.cc]) {
    const complaint = openForGood(path);
    if (complaint !== undefined) {
      throw new Problem(
        'LIBRARY_UNREADABLE',
        `TensorFlow's library cannot be loaded from ${path}: ${complaint}`,
        `Run \`${commandLine('doctor')}\`, or name a folder with libtensorflow_cc.so.2 in WARPNET_TENSORFLOW.`,
      );
    }
  }
  const library = koffi.load(files.cc);
  const framework = koffi.load(files.framework);
  const bind = (name: keyof Prototypes): NativeFunction => {
    for (const candidate of [library, framework]) {
      try {
        return candidate.func(prototypes[name]);
      } catch {
        continue;
      }
    }
    throw new Problem(
      'LIBRARY_SYMBOL_MISSING',
      `TensorFlow's library at ${files.cc} does not export ${name}`,
      `Use TensorFlow 2.21 (\`${commandLine('setup')}\` fetches it), or another build that exports the whole C API.`,
    );
  };
  const call = Object.fromEntries(
    (Object.keys(prototypes) as (keyof Prototypes)[]).map((name) => [name, bind(name)]),
  ) as TensorFlow['call'];
  loaded = { call, version: String(call.TF_Version()), path: files.cc };
  return loaded;
}
