/**
 * Reads and writes layouts:
 *
 *     layout  = bracket+ ["recompute"] | count "x" bracket
 *     bracket = "[" term ("," term)* "]"
 *     term    = "F" unit | [coefficient] "F" unit "'" vector
 *     vector  = "x1" | "F" unit | "(F" unit "..F" unit ")" | "(F1-x1)"
 *
 * `F4'(F1..F3)` stands for `F4'F1, F4'F2, F4'F3`. Pipelines have a notation of their own (`chain.ts`).
 */
import { LayoutProblem } from '../../../harness/plan/paper/layout.js';
import type { BracketLayout, Layout, Term } from './layout-model.js';

/** Where something stands in the text. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A layout with the place of each term, bracket by bracket. */
export interface LocatedLayout {
  readonly layout: BracketLayout;
  readonly spans: readonly (readonly Span[])[];
  readonly whole: Span;
}

const notation =
  "Write a bracket for each device, such as [F1] [F2, F2'x1]; a WRN as [F1, F2]; data parallelism as 4 x [F1, F2].";
const termNotation = "A term is F2, F2'x1 or F2'F1; a derivative may have a coefficient, as in 2 F3'x1.";

/** Parses the paper's notation. The prime may be typed as ', ′ or ’. @throws LayoutProblem LAYOUT_INVALID */
export function parseLayout(text: string): BracketLayout {
  return locateLayout(text).layout;
}

/** As `parseLayout`, with the place of each term. @throws LayoutProblem LAYOUT_INVALID */
export function locateLayout(text: string): LocatedLayout {
  const scanner = new Scanner(text);
  const whole = { offset: text.length - text.trimStart().length, length: Math.max(1, text.trim().length) };
  const count = scanner.take(/\d+/y);
  if (count) {
    const replicas = Number(count.text);
    if (replicas < 1 || replicas > 1024)
      throw scanner.problemAt(count, 'A batch is cut into 1 to 1024 parts', notation);
    if (!scanner.take(/[x×]/y)) throw scanner.expected('x after the number of devices', notation);
    const { terms, spans } = readBracket(scanner);
    if (!scanner.atEnd())
      throw scanner.expected('the end: data parallelism has one bracket, all of it on each device', notation);
    return { layout: { kind: 'data-parallel', replicas, bracket: terms }, spans: [spans], whole };
  }

  const brackets = [readBracket(scanner)];
  while (scanner.peek(/\[/y)) brackets.push(readBracket(scanner));
  const recompute = scanner.take(/recompute\b/y) !== undefined;
  if (!scanner.atEnd()) throw scanner.expected('another bracket, recompute, or the end', notation);
  return {
    layout: { kind: 'operator', brackets: brackets.map(({ terms }) => terms), recompute },
    spans: brackets.map(({ spans }) => spans),
    whole,
  };
}

function readBracket(scanner: Scanner): { terms: Term[]; spans: Span[] } {
  if (!scanner.take(/\[/y)) throw scanner.expected('[', notation);
  const terms: Term[] = [];
  const spans: Span[] = [];
  do {
    const start = scanner.skipSpace();
    for (const term of readTerms(scanner)) {
      terms.push(term);
      spans.push({ offset: start, length: scanner.position - start });
    }
  } while (scanner.take(/,/y));
  if (!scanner.take(/\]/y)) throw scanner.expected(', or ]', notation);
  return { terms, spans };
}

const prime = /['′’]/y;
/** No operator has more. */
const mostUnits = 64;

/** One term, or as many as `F4'(F1..F3)` stands for. */
function readTerms(scanner: Scanner): Term[] {
  const coefficient = scanner.take(/\d+/y);
  if (coefficient && Number(coefficient.text) < 1)
    throw scanner.problemAt(coefficient, 'A coefficient is 1 or more', termNotation);
  const unit = readUnit(scanner);
  if (!scanner.take(prime)) {
    if (coefficient) throw scanner.problemAt(coefficient, 'Only a derivative has a coefficient', termNotation);
    return [{ kind: 'residual', unit }];
  }
  const vectors = readVectors(scanner);
  if (scanner.peek(prime))
    throw scanner.expected(
      'the end of the term: products of three factors are left out of the operator (§4)',
      termNotation,
    );
  return vectors.map((of) => ({ kind: 'derivative', unit, of, coefficient: Number(coefficient?.text ?? 1) }));
}

type Vector = Extract<Term, { kind: 'derivative' }>['of'];

function readVectors(scanner: Scanner): Vector[] {
  if (scanner.take(/x1(?!\d)/y)) return ['input'];
  if (scanner.take(/\(\s*F1\s*[-−]\s*x1\s*\)/y)) return ['change'];
  if (!scanner.take(/\(/y)) return [readUnit(scanner, 'x1 or F1 after the prime')];
  const first = readUnit(scanner);
  if (!scanner.take(/\.\./y)) throw scanner.expected('.. as in (F1..F3)', termNotation);
  const last = readUnit(scanner);
  if (!scanner.take(/\)/y)) throw scanner.expected(')', termNotation);
  if (last < first || last - first >= mostUnits) throw scanner.expected('more units before )', termNotation);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function readUnit(scanner: Scanner, expected = "a term such as F1, F2'x1 or F2'F1"): number {
  const unit = scanner.take(/F(\d+)/y);
  if (!unit) throw scanner.expected(expected, termNotation);
  const number = Number(unit.text.slice(1));
  if (number < 1) throw scanner.problemAt(unit, 'Units are counted from 1', termNotation);
  return number;
}

/** Walks over the text; spaces between symbols mean nothing. */
class Scanner {
  position = 0;
  constructor(private readonly text: string) {}

  skipSpace(): number {
    while (/\s/.test(this.text.charAt(this.position))) this.position += 1;
    return this.position;
  }

  peek(expression: RegExp): boolean {
    expression.lastIndex = this.skipSpace();
    return expression.test(this.text);
  }

  /** Consumes what the sticky expression matches here, if it does. */
  take(expression: RegExp): (Span & { readonly text: string }) | undefined {
    expression.lastIndex = this.skipSpace();
    const text = expression.exec(this.text)?.[0];
    if (text === undefined) return undefined;
    const offset = this.position;
    this.position += text.length;
    return { offset, length: text.length, text };
  }

  atEnd(): boolean {
    return this.skipSpace() >= this.text.length;
  }

  problemAt(span: Span, message: string, hint: string): LayoutProblem {
    return new LayoutProblem(message, hint, span.offset, span.length);
  }

  expected(what: string, hint: string): LayoutProblem {
    const offset = this.skipSpace();
    const found = /^(?:\w+|.)/su.exec(this.text.slice(offset))?.[0];
    const message = `Expected ${what}, found ${found === undefined ? 'the end of the layout' : `"${found}"`}`;
    return new LayoutProblem(message, hint, offset, found?.length ?? 1);
  }
}

/** The inverse of reading a layout, with straight primes. */
export function formatLayout(layout: Layout): string {
  if (layout.kind === 'pipeline') return layout.text;
  if (layout.kind === 'data-parallel') return `${layout.replicas} x ${formatBracket(layout.bracket)}`;
  return layout.brackets.map(formatBracket).join(' ') + (layout.recompute ? ' recompute' : '');
}

const formatBracket = (terms: readonly Term[]): string => `[${runsOf(terms).map(formatRun).join(', ')}]`;

/** Shorter ones stand written out, as in Table 3. */
const shortestRun = 3;

/** Derivatives of one unit, applied to the outputs of units that follow one another, make a run; every other term is alone. */
function runsOf(terms: readonly Term[]): Term[][] {
  const runs: Term[][] = [];
  for (const term of terms) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const follows =
      before?.kind === 'derivative' &&
      term.kind === 'derivative' &&
      before.unit === term.unit &&
      before.coefficient === term.coefficient &&
      typeof before.of === 'number' &&
      term.of === before.of + 1;
    if (run !== undefined && follows) run.push(term);
    else runs.push([term]);
  }
  return runs.flatMap((run) => (run.length < shortestRun ? run.map((term) => [term]) : [run]));
}

function formatRun(run: readonly Term[]): string {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined) return '';
  const text = formatTerm(first);
  if (run.length === 1 || first.kind === 'residual' || last.kind === 'residual') return text;
  return text.replace(`'F${first.of}`, `'(F${first.of}..F${last.of})`);
}

/** `F2`, `F2'x1`, `2 F3'F1`. */
export function formatTerm(term: Term): string {
  if (term.kind === 'residual') return `F${term.unit}`;
  const vector = term.of === 'input' ? 'x1' : term.of === 'change' ? '(F1-x1)' : `F${term.of}`;
  return `${term.coefficient === 1 ? '' : `${term.coefficient} `}F${term.unit}'${vector}`;
}
