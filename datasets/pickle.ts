/**
 * Reads pickled Python data that consist of dicts, lists, tuples, numbers, strings and NumPy arrays, as the ImageNet32
 * batches do (protocols 2 to 4). Nothing is executed: the few names that NumPy's arrays need are known by heart, any other
 * name is refused. Long byte strings are not read but located, so memory stays small.
 */
import { Problem } from '../harness/problem.js';
import { FileReader, type FileSlice } from './file-reader.js';

/** Bytes in the file: as they are, or as UTF-8 of Latin-1 characters (how Python 3 writes bytes in protocol 2). */
export interface PickledBytes {
  readonly kind: 'bytes';
  readonly slice: FileSlice;
  readonly encoding: 'raw' | 'latin1-as-utf8';
}

/** A NumPy array; its fields are set by the BUILD that follows its creation. */
export interface PickledArray {
  readonly kind: 'array';
  shape: readonly number[];
  /** NumPy's type string, `|u1`, `<i8` … */
  descr: string;
  /** A string where they are few: one character a byte. */
  bytes: PickledBytes | string;
}

interface DataType {
  readonly kind: 'dtype';
  readonly type: string;
  byteOrder: string;
}

/** A global that may be called. */
interface Callable {
  readonly kind: 'callable';
  readonly call: (argument: readonly Pickled[]) => Pickled;
}

export type Pickled =
  | null
  | boolean
  | number
  | string
  | PickledBytes
  | PickledArray
  | DataType
  | Callable
  | Pickled[]
  | Map<Pickled, Pickled>;

const mark = Symbol('mark');

/** Short strings are read at once: keys, type names. Everything longer stays in the file. */
const shortString = 256;

const createArray = (): PickledArray => ({ kind: 'array', shape: [], descr: '', bytes: '' });

/** All that may be called, and what it does here. */
const callables = new Map<string, (argument: readonly Pickled[]) => Pickled>([
  ['numpy.core.multiarray _reconstruct', createArray],
  ['numpy._core.multiarray _reconstruct', createArray],
  ['numpy dtype', ([type]) => ({ kind: 'dtype', type: String(type), byteOrder: '|' })],
  // bytes written as text: the encoding is Latin-1, which PickledBytes states.
  ['_codecs encode', ([text]) => text ?? null],
  // Named as an argument of _reconstruct, never called.
  ['numpy ndarray', () => null],
]);

/** Reads the one value that `file` holds. @throws Problem DATA_CORRUPT */
export function readPickle(file: string): Pickled {
  const reader = new FileReader(file);
  try {
    return new Machine(reader).run();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(
      'DATA_CORRUPT',
      `${file}: not a pickled batch that can be read (${reason})`,
      'Unpack or download it again.',
    );
  } finally {
    reader.close();
  }
}

/** Narrows a value to one of the object kinds. */
export function isKind<K extends 'bytes' | 'array' | 'dtype' | 'callable'>(
  value: Pickled | undefined,
  kind: K,
): value is Extract<Pickled, { kind: K }> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    value.kind === kind
  );
}

class Machine {
  private readonly stack: (Pickled | typeof mark)[] = [];
  private readonly memo: Pickled[] = [];

  constructor(private readonly reader: FileReader) {}

  run(): Pickled {
    for (;;) {
      const code = this.reader.bytes(1)[0] ?? 0;
      if (code === 0x2e) return this.pop(); // STOP
      this.step(code);
    }
  }

  private step(code: number): void {
    const { reader } = this;
    switch (code) {
      case 0x80: // PROTO
        reader.bytes(1);
        return;
      case 0x95: // FRAME
        reader.bytes(8);
        return;
      case 0x28: // MARK
        this.stack.push(mark);
        return;
      case 0x4e: // NONE
        return this.push(null);
      case 0x88: // NEWTRUE
        return this.push(true);
      case 0x89: // NEWFALSE
        return this.push(false);
      case 0x4a: // BININT
        return this.push(reader.bytes(4).readInt32LE());
      case 0x4b: // BININT1
        return this.push(reader.bytes(1).readUInt8());
      case 0x4d: // BININT2
        return this.push(reader.bytes(2).readUInt16LE());
      case 0x8a: // LONG1
        return this.push(this.long(reader.bytes(1).readUInt8()));
      case 0x47: // BINFLOAT
        return this.push(reader.bytes(8).readDoubleBE());
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        return this.push(this.bytes(reader.bytes(1).readUInt8()));
      case 0x54: // BINSTRING
      case 0x42: // BINBYTES
        return this.push(this.bytes(reader.bytes(4).readUInt32LE()));
      case 0x8e: // BINBYTES8
        return this.push(this.bytes(Number(reader.bytes(8).readBigUInt64LE())));
      case 0x8c: // SHORT_BINUNICODE
        return this.push(this.text(reader.bytes(1).readUInt8()));
      case 0x58: // BINUNICODE
        return this.push(this.text(reader.bytes(4).readUInt32LE()));
      case 0x8d: // BINUNICODE8
        return this.push(this.text(Number(reader.bytes(8).readBigUInt64LE())));
      case 0x7d: // EMPTY_DICT
        return this.push(new Map<Pickled, Pickled>());
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        return this.push([]);
      case 0x74: // TUPLE
        return this.push(this.popToMark());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.push(this.popMany(code - 0x84));
      case 0x61: // APPEND
        return this.append(this.popMany(1));
      case 0x65: // APPENDS
        return this.append(this.popToMark());
      case 0x73: // SETITEM
        return this.setItems(this.popMany(2));
      case 0x75: // SETITEMS
        return this.setItems(this.popToMark());
      case 0x71: // BINPUT
        this.memo[reader.bytes(1).readUInt8()] = this.top();
        return;
      case 0x72: // LONG_BINPUT
        this.memo[reader.bytes(4).readUInt32LE()] = this.top();
        return;
      case 0x94: // MEMOIZE
        this.memo.push(this.top());
        return;
      case 0x68: // BINGET
        return this.recall(reader.bytes(1).readUInt8());
      case 0x6a: // LONG_BINGET
        return this.recall(reader.bytes(4).readUInt32LE());
      case 0x63: // GLOBAL
        return this.pushName(`${this.line()} ${this.line()}`);
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.popMany(2);
        return this.pushName(`${String(module)} ${String(name)}`);
      }
      case 0x52: {
        // REDUCE
        const [callable, argument] = this.popMany(2);
        if (!isKind(callable, 'callable') || !Array.isArray(argument)) throw new Error('calls what cannot be called');
        return this.push(callable.call(argument));
      }
      case 0x62: // BUILD
        return this.build(this.pop());
      default:
        throw new Error(`opcode 0x${code.toString(16)} at byte ${reader.position - 1}`);
    }
  }

  private push(value: Pickled): void {
    this.stack.push(value);
  }

  private pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw new Error('the stack is empty');
    return value;
  }

  private top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  private popMany(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private popToMark(): Pickled[] {
    const at = this.stack.lastIndexOf(mark);
    if (at < 0) throw new Error('a mark is missing');
    const values = this.stack.splice(at) as Pickled[];
    values.shift();
    return values;
  }

  private recall(index: number): void {
    const value = this.memo[index];
    if (value === undefined) throw new Error(`nothing was remembered as ${index}`);
    this.push(value);
  }

  private append(values: Pickled[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new Error('appends to what is no list');
    for (const value of values) list.push(value);
  }

  private setItems(values: Pickled[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || values.length % 2 !== 0) throw new Error('sets items of what is no dict');
    for (let i = 0; i < values.length; i += 2) dict.set(values[i] ?? null, values[i + 1] ?? null);
  }

  private long(length: number): number {
    const bytes = this.reader.bytes(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
    return Number(BigInt.asIntN(8 * length, value));
  }

  private line(): string {
    let text = '';
    for (;;) {
      const code = this.reader.bytes(1).readUInt8();
      if (code === 0x0a) return text;
      if (text.length > shortString) throw new Error('a name without end');
      text += String.fromCharCode(code);
    }
  }

  private pushName(name: string): void {
    const call = callables.get(name);
    if (call === undefined) throw new Error(`it names ${name}, which is not allowed`);
    this.push({ kind: 'callable', call });
  }

  private build(state: Pickled): void {
    const target = this.top();
    if (!Array.isArray(state)) throw new Error('an object is built from what is no tuple');
    if (isKind(target, 'dtype')) {
      if (typeof state[1] === 'string') target.byteOrder = state[1];
      return;
    }
    if (!isKind(target, 'array')) throw new Error('an object of unknown type');
    const [, shape, type, fortran, bytes] = state;
    if (!Array.isArray(shape) || !isKind(type, 'dtype')) throw new Error('an array without shape or type');
    if (fortran !== false) throw new Error('an array stored column by column');
    if (typeof bytes !== 'string' && !isKind(bytes, 'bytes')) throw new Error('an array without bytes');
    target.shape = shape.map(Number);
    target.descr = `${type.byteOrder}${type.type}`;
    target.bytes = bytes;
  }

  /** Python 2's strings and Python 3's bytes: short ones serve as keys and type names, so they become strings. */
  private bytes(length: number): Pickled {
    if (length <= shortString) return this.reader.bytes(length).toString('latin1');
    return { kind: 'bytes', slice: this.reader.slice(length), encoding: 'raw' };
  }

  private text(length: number): Pickled {
    if (length <= shortString) return this.reader.bytes(length).toString('utf8');
    return { kind: 'bytes', slice: this.reader.slice(length), encoding: 'latin1-as-utf8' };
  }
}
