/**
 * Reads pickled Python data that consist of dicts, lists, tuples, numbers, strings and NumPy arrays, as the ImageNet32
 * batches do (protocols 2 to 5). Nothing is executed: the few names that NumPy's arrays need are known by heart, any other
 * name is refused. Long byte strings are not read but located, so memory stays small.
 */
import { Problem } from '../../harness/core/problem.js';
import type { ByteReader } from './file-reader.js';
import { build, callables, isKind, type Pickled } from './pickle-value.js';

/** Reads the one value that `reader` holds; `file` is named where something is wrong. @throws Problem DATA_CORRUPT */
export function readPickle(reader: ByteReader, file: string): Pickled {
  try {
    return run(new Machine(reader));
  } catch (error) {
    throw new Problem(
      'DATA_CORRUPT',
      `${file}: not a pickled batch that can be read (${error instanceof Error ? error.message : String(error)})`,
      "Unpack or download it again. Of Python's pickles only dicts of lists, numbers and NumPy arrays can be read (protocols 2 to 5).",
    );
  }
}

const stop = 0x2e;

function run(machine: Machine): Pickled {
  for (;;) {
    const code = machine.reader.bytes(1).readUInt8();
    if (code === stop) return machine.pop();
    const value = values.get(code);
    const action = actions.get(code);
    if (value) machine.push(value(machine));
    else if (action) action(machine);
    else throw new Error(`opcode 0x${code.toString(16)} at byte ${machine.reader.position - 1}`);
  }
}

/** Strings up to this length are read at once: keys, type names. Longer ones stay in the file. */
const shortString = 256;

const mark = Symbol('mark');

class Machine {
  private readonly stack: (Pickled | typeof mark)[] = [];
  readonly memo: Pickled[] = [];

  constructor(readonly reader: ByteReader) {}

  push(value: Pickled): void {
    this.stack.push(value);
  }

  pushMark(): void {
    this.stack.push(mark);
  }

  pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw new Error('the stack is empty');
    return value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popMany(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  popToMark(): Pickled[] {
    const popped: Pickled[] = [];
    for (;;) {
      const value = this.stack.pop();
      if (value === undefined) throw new Error('a mark is missing');
      if (value === mark) return popped.reverse();
      popped.push(value);
    }
  }

  remembered(index: number): Pickled {
    const value = this.memo[index];
    if (value === undefined) throw new Error(`nothing was remembered as ${index}`);
    return value;
  }

  /** Python 2's strings and Python 3's bytes: short ones serve as keys and type names, so they become strings. */
  bytes(length: number): Pickled {
    if (length <= shortString) return this.reader.bytes(length).toString('latin1');
    return { kind: 'bytes', slice: this.reader.slice(length), encoding: 'raw' };
  }

  text(length: number): Pickled {
    if (length <= shortString) return this.reader.bytes(length).toString('utf8');
    return { kind: 'bytes', slice: this.reader.slice(length), encoding: 'latin1-as-utf8' };
  }

  line(): string {
    let text = '';
    for (;;) {
      const code = this.reader.bytes(1).readUInt8();
      if (code === 0x0a) return text;
      if (text.length > shortString) throw new Error('a name without end');
      text += String.fromCharCode(code);
    }
  }
}

function named(module: Pickled, name: Pickled): Pickled {
  if (typeof module !== 'string' || typeof name !== 'string') throw new Error('a name that is no text');
  const call = callables.get(`${module} ${name}`);
  if (call === undefined) throw new Error(`it names ${module} ${name}, which is not allowed`);
  return { kind: 'callable', call };
}

function append(machine: Machine, added: Pickled[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw new Error('appends to what is no list');
  for (const value of added) list.push(value);
}

function setItems(machine: Machine, added: Pickled[]): void {
  const dict = machine.top();
  if (!(dict instanceof Map) || added.length % 2 !== 0) throw new Error('sets items of what is no dict');
  for (let i = 0; i < added.length; i += 2) dict.set(added[i] ?? null, added[i + 1] ?? null);
}

/** A little-endian two's complement integer. */
function long(bytes: Buffer): number {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return Number(BigInt.asIntN(8 * bytes.length, value));
}

function reduce(machine: Machine): Pickled {
  const [callable, argument] = machine.popMany(2);
  if (!isKind(callable, 'callable') || !Array.isArray(argument)) throw new Error('calls what cannot be called');
  return callable.call(argument);
}

const uint8 = ({ reader }: Machine): number => reader.bytes(1).readUInt8();
const uint32 = ({ reader }: Machine): number => reader.bytes(4).readUInt32LE();
const uint64 = ({ reader }: Machine): number => Number(reader.bytes(8).readBigUInt64LE());

/** Opcodes that push a value. */
const values = new Map<number, (machine: Machine) => Pickled>([
  [0x4e, () => null], // NONE
  [0x88, () => true], // NEWTRUE
  [0x89, () => false], // NEWFALSE
  [0x4a, ({ reader }) => reader.bytes(4).readInt32LE()], // BININT
  [0x4b, uint8], // BININT1
  [0x4d, ({ reader }) => reader.bytes(2).readUInt16LE()], // BININT2
  [0x8a, (machine) => long(machine.reader.bytes(uint8(machine)))], // LONG1
  [0x47, ({ reader }) => reader.bytes(8).readDoubleBE()], // BINFLOAT
  [0x55, (machine) => machine.bytes(uint8(machine))], // SHORT_BINSTRING
  [0x43, (machine) => machine.bytes(uint8(machine))], // SHORT_BINBYTES
  [0x54, (machine) => machine.bytes(uint32(machine))], // BINSTRING
  [0x42, (machine) => machine.bytes(uint32(machine))], // BINBYTES
  [0x8e, (machine) => machine.bytes(uint64(machine))], // BINBYTES8
  [0x96, (machine) => machine.bytes(uint64(machine))], // BYTEARRAY8
  [0x8c, (machine) => machine.text(uint8(machine))], // SHORT_BINUNICODE
  [0x58, (machine) => machine.text(uint32(machine))], // BINUNICODE
  [0x8d, (machine) => machine.text(uint64(machine))], // BINUNICODE8
  [0x7d, () => new Map<Pickled, Pickled>()], // EMPTY_DICT
  [0x5d, () => []], // EMPTY_LIST
  [0x29, () => []], // EMPTY_TUPLE
  [0x74, (machine) => machine.popToMark()], // TUPLE
  [0x85, (machine) => machine.popMany(1)], // TUPLE1
  [0x86, (machine) => machine.popMany(2)], // TUPLE2
  [0x87, (machine) => machine.popMany(3)], // TUPLE3
  [0x68, (machine) => machine.remembered(uint8(machine))], // BINGET
  [0x6a, (machine) => machine.remembered(uint32(machine))], // LONG_BINGET
  [0x63, (machine) => named(machine.line(), machine.line())], // GLOBAL
  [0x52, reduce], // REDUCE
  [
    0x93, // STACK_GLOBAL
    (machine) => {
      const [module = null, name = null] = machine.popMany(2);
      return named(module, name);
    },
  ],
]);

/** Opcodes that do something else. */
const actions = new Map<number, (machine: Machine) => void>([
  [0x80, ({ reader }) => void reader.bytes(1)], // PROTO
  [0x95, ({ reader }) => void reader.bytes(8)], // FRAME
  [0x28, (machine) => machine.pushMark()], // MARK
  [0x30, (machine) => void machine.pop()], // POP
  [0x71, (machine) => void (machine.memo[uint8(machine)] = machine.top())], // BINPUT
  [0x72, (machine) => void (machine.memo[uint32(machine)] = machine.top())], // LONG_BINPUT
  [0x94, (machine) => void machine.memo.push(machine.top())], // MEMOIZE
  [0x61, (machine) => append(machine, machine.popMany(1))], // APPEND
  [0x65, (machine) => append(machine, machine.popToMark())], // APPENDS
  [0x73, (machine) => setItems(machine, machine.popMany(2))], // SETITEM
  [0x75, (machine) => setItems(machine, machine.popToMark())], // SETITEMS
  [
    0x62, // BUILD
    (machine) => {
      const state = machine.pop();
      build(machine.top(), state);
    },
  ],
]);
