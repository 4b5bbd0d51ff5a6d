/**
 * The safetensors format: eight bytes of header length (little-endian), a JSON header, then the tensors' bytes. PyTorch and
 * NumPy open it with the `safetensors` package. Only float32 is written; nothing else is needed here.
 */
import { endianness } from 'node:os';
import { z } from 'zod';
import { readBytes } from '../../core/files/read-file.js';
import { Problem } from '../../core/problem.js';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly NamedTensor[];
}

const headerSchema = z.record(
  z.string(),
  z.union([
    z.strictObject({
      dtype: z.literal('F32'),
      shape: z.array(z.number().int().min(0)),
      data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

/**
 * The pieces of a file, in order: the same tensors and metadata always give the same bytes. Tensors are laid out in the
 * order given; the header is padded with spaces to a multiple of eight so that the data is aligned.
 */
export function* encodeSafetensors(file: SafetensorsFile): Generator<Uint8Array> {
  if (endianness() !== 'LE') throw new Error('Internal error: checkpoints are written on little-endian machines only');
  const header: Record<string, unknown> = { __metadata__: file.metadata };
  let offset = 0;
  for (const { name, shape, values } of file.tensors) {
    if (name in header) throw new Error(`Internal error: two tensors are called ${name}`);
    if (product(shape) !== values.length)
      throw new Error(`Internal error: ${name} does not have the shape [${shape.join()}]`);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  yield length;
  yield padded;
  for (const { values } of file.tensors) yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Reads a file written by `encodeSafetensors`, or by any other writer that keeps to float32. @throws Problem CHECKPOINT_INVALID */
export function readSafetensors(path: string): SafetensorsFile {
  // As large as a Buffer can be.
  const bytes = readBytes(path, { limit: 2 ** 32 });
  const invalid = (why: string) => new Problem('CHECKPOINT_INVALID', `${path} is not a checkpoint: ${why}`);
  if (bytes.length < 8) throw invalid('it is shorter than its header');
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const dataStart = 8 + headerLength;
  if (dataStart > bytes.length) throw invalid('its header is cut short');
  const header = headerSchema.safeParse(parseJson(bytes.toString('utf8', 8, dataStart)));
  if (!header.success) throw invalid('its header is not one of float32 tensors');

  let metadata: Readonly<Record<string, string>> = {};
  const tensors: NamedTensor[] = [];
  for (const [name, entry] of Object.entries(header.data)) {
    if (!isTensorEntry(entry)) {
      if (name === '__metadata__') metadata = entry;
      else throw invalid(`${name} is not a tensor`);
      continue;
    }
    const [start, end] = entry.data_offsets;
    if (end - start !== product(entry.shape) * Float32Array.BYTES_PER_ELEMENT)
      throw invalid(`${name} has another size than its shape`);
    if (dataStart + end > bytes.length) throw invalid(`${name} is cut short`);
    // Copied, because a view needs an offset that is a multiple of four.
    const values = new Float32Array(product(entry.shape));
    new Uint8Array(values.buffer).set(bytes.subarray(dataStart + start, dataStart + end));
    tensors.push({ name, shape: entry.shape, values });
  }
  return { metadata, tensors };
}

type Entry = z.infer<typeof headerSchema>[string];
type TensorEntry = Extract<Entry, { dtype: 'F32' }>;

const isTensorEntry = (entry: Entry): entry is TensorEntry => Array.isArray(entry['shape']);

const product = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
