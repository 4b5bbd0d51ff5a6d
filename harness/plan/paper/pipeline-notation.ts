/**
 * Reads and writes how a chain of units is cut into the stages of a pipeline, a device each:
 *
 *     pipeline = "pipeline" "M=" count (":" stage+ | "S=" count)
 *     stage    = "[" part ("," part)* "]"
 *     part     = block | block ":" unit ["-" unit]
 *
 * `pipeline M=4: [stage1, stage2:1-3] [stage2:4-6, stage3]` cuts a batch into four micro-batches; units of a block count from
 * 1. `pipeline M=4 S=2` leaves the cut to the units' estimated times.
 */
import { LayoutProblem } from './layout.js';
import { balancedStages } from './pipeline-cut.js';

/** Units that follow one another, in blocks with names; `work` is that of each unit of a block, in any unit of time. */
export type Chain = readonly { readonly name: string; readonly units: number; readonly work: number }[];

export interface Pipeline {
  /** Parts of a batch that follow one another through the stages. */
  readonly microBatches: number;
  /** Units of each stage, in the chain's order; 1 or more. */
  readonly stages: readonly number[];
}

export const isPipeline = (text: string): boolean => /^\s*pipeline\b/u.test(text);

const hint =
  'Such as pipeline M=4: [first] [second, third:1-2] [third:3-4], or pipeline M=4 S=2 to cut by estimated time.';
const most = 1024;

/** @throws LayoutProblem LAYOUT_INVALID with the place in `text` */
export function readPipeline(text: string, chain: Chain): Pipeline {
  const problem = (message: string, offset = 0, length = text.length - offset): LayoutProblem =>
    new LayoutProblem(message, `${hint} The chain: ${describe(chain)}.`, offset, Math.max(1, length));
  const head = /^\s*pipeline\s+M\s*=\s*(\d+)\s*(?:S\s*=\s*(\d+)\s*$|:)/du.exec(text);
  const [written, [from, to] = [0, 0]] = [head?.[1], head?.indices?.[1]];
  if (head === null || written === undefined) throw problem('This is not a pipeline');
  const microBatches = Number(written);
  if (microBatches < 1 || microBatches > most)
    throw problem(`A batch is cut into 1 to ${most} micro-batches`, from, to - from);

  const units = chain.reduce((sum, block) => sum + block.units, 0);
  if (head[2] !== undefined) {
    const stages = Number(head[2]);
    if (stages < 1 || stages > units) throw problem(`A chain of ${units} units has 1 to ${units} stages`);
    return { microBatches, stages: balancedStages(workOfUnits(chain), stages) };
  }

  const stages: number[] = [];
  const rest = text.slice(head[0].length);
  let next = 0;
  let at = 0;
  for (const stage of rest.matchAll(/\s*(?:\[([^[\]]*)\]\s*|(.+))/gsu)) {
    const [all, inside, other] = stage;
    if (inside === undefined) {
      const offset = head[0].length + at + all.length - (other ?? '').length;
      throw problem('Expected a stage in brackets', offset, (other ?? '').length);
    }
    const before = next;
    let offset = head[0].length + at + all.indexOf('[') + 1;
    for (const part of inside.split(',')) {
      const start = offset + part.length - part.trimStart().length;
      const found = unitsOf(part.trim(), chain);
      const length = part.trim().length;
      if (found === undefined) throw problem(`"${part.trim()}" is not a part of this network`, start, length);
      if (found.from !== next) throw problem(`Expected ${nameAt(chain, next)}, found ${part.trim()}`, start, length);
      next = found.to;
      offset += part.length + 1;
    }
    stages.push(next - before);
    at += all.length;
  }
  if (next < units) throw problem(`No stage computes ${nameAt(chain, next)}`);
  return { microBatches, stages };
}

/** The inverse of `readPipeline`, with every stage written out. */
export function formatPipeline({ microBatches, stages }: Pipeline, chain: Chain): string {
  let next = 0;
  const written = stages.map((count) => {
    const text = partsOf(chain, next, next + count).join(', ');
    next += count;
    return `[${text}]`;
  });
  return `pipeline M=${microBatches}: ${written.join(' ')}`;
}

/** The stage of each unit of the chain. */
export const stageOfUnits = ({ stages }: Pick<Pipeline, 'stages'>): number[] =>
  stages.flatMap((count, stage) => Array.from({ length: count }, () => stage));

/** What an ideal pipeline gains of balanced stages and free links, as a factor of one device's speed: S M / (M + S - 1). */
export const idealSpeedUp = ({ microBatches, stages }: Pipeline): number =>
  (stages.length * microBatches) / (microBatches + stages.length - 1);

const workOfUnits = (chain: Chain): number[] =>
  chain.flatMap(({ units, work }) => Array.from({ length: units }, () => work));

/** Positions in the chain, `to` excluded; undefined where a part names none. */
function unitsOf(part: string, chain: Chain): { readonly from: number; readonly to: number } | undefined {
  const [, name, first, last = first] = /^([^\s:]+)\s*(?::\s*(\d+)\s*(?:-\s*(\d+))?)?$/u.exec(part) ?? [];
  let begin = 0;
  for (const block of chain) {
    if (block.name === name) {
      const [from, to] = first === undefined ? [1, block.units] : [Number(first), Number(last)];
      return from >= 1 && to >= from && to <= block.units ? { from: begin + from - 1, to: begin + to } : undefined;
    }
    begin += block.units;
  }
  return undefined;
}

/** The parts that the units `from` to `to`, excluded, make: whole blocks by their names alone. */
function partsOf(chain: Chain, from: number, to: number): string[] {
  let begin = 0;
  return chain.flatMap(({ name, units }) => {
    const first = Math.max(from, begin) - begin + 1;
    const last = Math.min(to, begin + units) - begin;
    begin += units;
    if (last < first) return [];
    if (first === 1 && last === units) return [name];
    return [first === last ? `${name}:${first}` : `${name}:${first}-${last}`];
  });
}

const nameAt = (chain: Chain, position: number): string =>
  partsOf(chain, position, position + 1).join('') || 'the end of the network';

const describe = (chain: Chain): string => chain.map(({ name, units }) => `${name}:1-${units}`).join(', ');
