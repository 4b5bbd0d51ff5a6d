/** YAML with the place of everything in it, so that a mistake can be shown where it was made. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Range,
  type YAMLMap,
} from 'yaml';
import { Problem, type Place } from '../../core/problem.js';

export type YamlPath = readonly (string | number)[];

/** Each is looked for in all that stands before it. */
const mostAliases = 100;

/** Which half of `key: value` a path means. */
export type Part = 'key' | 'value';

export class YamlDocument {
  private readonly lines: readonly string[];

  private constructor(
    readonly file: string,
    private readonly text: string,
    private readonly document: Document,
    private readonly counter: LineCounter,
    /** The whole content as plain data, unchecked. */
    readonly content: unknown,
  ) {
    this.lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  }

  /** @throws Problem YAML_INVALID with the place */
  static parse(text: string, file: string): YamlDocument {
    const counter = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: counter,
      prettyErrors: false,
      version: '1.2',
      merge: false,
      stringKeys: true,
      resolveKnownTags: false,
      // Each key would be compared with each; `check` looks at all at once.
      uniqueKeys: false,
    });
    const unread = new YamlDocument(file, text, document, counter, undefined);
    // A warning (an unknown tag) would silently change a value: it is an error here.
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) {
      const [sentence = error.message] = error.message.split('\n');
      const hint = 'Indent with spaces, and quote text that holds any of : # [ ] { } , or a prime.';
      throw unread.invalid(`This YAML cannot be read: ${sentence}`, hint, error.pos);
    }
    unread.check();
    try {
      return new YamlDocument(file, text, document, counter, document.toJS({ maxAliasCount: mostAliases }));
    } catch {
      throw unread.invalid('The aliases (*) of this file stand for too much', 'Write the values out.');
    }
  }

  /** What YAML allows, or the library reads in its own way, and nobody means. */
  private check(): void {
    let aliases = 0;
    const anchors = new Set<string>();
    visit(this.document, {
      Node: (_, node) => {
        if (isAlias(node)) this.checkAlias(node, (aliases += 1), anchors);
        else if (node.anchor !== undefined) anchors.add(node.anchor);
        if (isMap(node)) this.checkKeys(node);
      },
    });
  }

  /** @param count of the aliases up to this one */
  private checkAlias(alias: Alias, count: number, anchors: ReadonlySet<string>): void {
    const at = rangeOfNode(alias);
    if (count > mostAliases)
      throw this.invalid(`There are more than ${mostAliases} aliases (*)`, 'Write the values out.', at);
    if (!anchors.has(alias.source)) throw this.invalid(`Nothing before this is called &${alias.source}`, undefined, at);
  }

  private checkKeys({ items }: YAMLMap): void {
    const keys = new Set<string>();
    for (const { key } of items) {
      const name = isScalar(key) ? String(key.value) : '';
      const at = rangeOfNode(key);
      if (name === '<<')
        throw this.invalid('Merge keys (<<) are not read', 'Write out the keys that are merged here.', at);
      if (keys.has(name)) throw this.invalid(`The key "${name}" is here twice`, 'Keys are used once; keep one.', at);
      keys.add(name);
    }
  }

  private invalid(message: string, hint: string | undefined, at: readonly [number, number] = [0, 0]): Problem {
    return new Problem('YAML_INVALID', message, hint, this.placeOf(at));
  }

  /** The place of a value or its key; where the path leads nowhere (a missing key), of the nearest thing around it. */
  place(path: YamlPath, part: Part = 'value'): Place {
    const range = this.rangeOf(path, part);
    return this.placeOf(range);
  }

  /** The place of some characters inside a text value; of all of it where escapes or folds make that unclear. */
  placeInText(path: YamlPath, offset: number, length: number): Place {
    const value = valueAt(this.content, path);
    const [start, end] = this.rangeOf(path, 'value');
    if (typeof value === 'string') {
      const inside = this.text.slice(start, end).indexOf(value);
      if (inside >= 0) {
        const from = start + inside + Math.min(offset, value.length);
        return this.placeOf([from, from + length]);
      }
    }
    return this.placeOf([start, end]);
  }

  private rangeOf(path: YamlPath, part: Part): readonly [number, number] {
    let node: unknown = this.document.contents;
    let found = rangeOfNode(node) ?? [0, 0];
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.document);
      const last = depth === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (pair === undefined) return this.headOf(node) ?? found;
        const key = rangeOfNode(pair.key) ?? found;
        if (last && part === 'key') return key;
        found = rangeOfNode(pair.value) ?? key;
        if (found[0] === found[1]) found = key;
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)];
        if (item === undefined) return found;
        found = rangeOfNode(item) ?? found;
        node = item;
      } else return found;
    }
    return found;
  }

  /** A map spans many lines: its first key stands for it. */
  private headOf(node: Node): readonly [number, number] | undefined {
    return isMap(node) ? rangeOfNode(node.items[0]?.key) : undefined;
  }

  private placeOf([start, end]: readonly [number, number]): Place {
    const { line, col } = this.counter.linePos(Math.min(start, this.text.length));
    const lineNumber = Math.max(1, line);
    const column = Math.max(1, col);
    const text = this.lines[lineNumber - 1] ?? '';
    const length = Math.max(1, Math.min(end - start, text.length - (column - 1)));
    return { file: this.file, line: lineNumber, column, length, text };
  }
}

function rangeOfNode(node: unknown): readonly [number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const range = node.range as Range | null | undefined;
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}

/** The value that a path leads to in plain data. */
export function valueAt(content: unknown, path: YamlPath): unknown {
  let value = content;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
