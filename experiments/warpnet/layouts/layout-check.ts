/** Whether a layout computes the operator of its network: every term once, or with its coefficient. */
import { chainOf } from './chain.js';
import { defaultLayout } from './layout-default.js';
import type { BracketLayout, Layout, Term } from './layout-model.js';
import { LayoutProblem } from '../../../harness/plan/paper/layout.js';
import { formatPipeline, isPipeline, readPipeline } from '../../../harness/plan/paper/pipeline-notation.js';
import { termsOf, type DerivativeTerms } from './operator-terms.js';
import { formatTerm, locateLayout, type Span } from './layout-notation.js';
import {
  isChain,
  labelOf,
  unitsPerStage,
  type ChainSpecification,
  type NetworkSpecification,
} from '../model/specification.js';

/**
 * Checks that the layout has every term of the network's operator exactly once and nothing else.
 * A coefficient left out is taken from `derivativeTerms`; one that is written must be that.
 * @returns the layout with its coefficients filled in.
 * @throws LayoutProblem LAYOUT_INVALID
 */
export function checkLayout(
  layout: BracketLayout,
  network: NetworkSpecification,
  derivativeTerms: DerivativeTerms,
): BracketLayout;
export function checkLayout(layout: Layout, network: NetworkSpecification, derivativeTerms: DerivativeTerms): Layout;
export function checkLayout(layout: Layout, network: NetworkSpecification, derivativeTerms: DerivativeTerms): Layout {
  if (layout.kind === 'pipeline') return readLayout(layout.text, network, derivativeTerms);
  return check(layout, network, derivativeTerms);
}

/**
 * `parseLayout` and `checkLayout` in one; errors carry the place in `text`. `4 devices` is the usual layout for so many.
 * @throws LayoutProblem LAYOUT_INVALID
 */
export function readLayout(text: string, network: NetworkSpecification, derivativeTerms: DerivativeTerms): Layout {
  if (isPipeline(text)) return readStages(text, network);
  const [, devices] = /^\s*(\d{1,4})\s+devices?\s*$/u.exec(text) ?? [];
  if (devices !== undefined && Number(devices) >= 1) return defaultLayout(network, Number(devices), derivativeTerms);
  const { layout, spans, whole } = locateLayout(text);
  return check(layout, network, derivativeTerms, { terms: spans, whole });
}

/** @throws LayoutProblem LAYOUT_INVALID */
function readStages(text: string, network: NetworkSpecification): Layout {
  if (!isChain(network))
    throw new LayoutProblem(
      `${labelOf(network)} is no chain of units`,
      'Stages of a pipeline follow one another, as the units of a WRN do. A warp layer is divided into brackets: [F1] [F2].',
      0,
      Math.max(1, text.length),
    );
  const chain = chainOf(network);
  const pipeline = readPipeline(text, chain);
  return { kind: 'pipeline', ...pipeline, text: formatPipeline(pipeline, chain) };
}

interface Places {
  readonly terms: readonly (readonly Span[])[];
  readonly whole: Span;
}

function check(
  layout: BracketLayout,
  network: NetworkSpecification,
  derivativeTerms: DerivativeTerms,
  places?: Places,
): BracketLayout {
  const brackets = layout.kind === 'operator' ? layout.brackets : [layout.bracket];
  const problem = (message: string, hint: string, bracket?: number, position?: number): LayoutProblem => {
    const span = bracket === undefined ? undefined : places?.terms[bracket]?.[position ?? 0];
    const { offset, length } = span ?? places?.whole ?? { offset: 0, length: 1 };
    return new LayoutProblem(message, hint, offset, length);
  };
  if (isChain(network)) {
    checkChain(brackets, network, problem);
    if (layout.kind === 'operator' && layout.recompute)
      throw problem(`${labelOf(network)} has nothing to recompute`, 'Leave recompute out.');
    return layout;
  }

  const operator = termsOf(network, derivativeTerms);
  const sum = operator.map(formatTerm).join(' + ');
  const hint =
    network.family === 'plain-warp'
      ? "Without skips two units compute F2 + F2'(F1-x1): [F1, F2, F2'(F1-x1)]."
      : `${labelOf(network)} with K = ${network.K} computes x1 + ${sum}.`;
  if (network.family === 'plain-warp' && brackets.length > 1)
    throw problem("F2'(F1-x1) needs F1 where it is computed", hint, 1, 0);
  if (layout.kind === 'operator' && layout.recompute && network.family === 'warpnet1')
    throw problem(
      'WarpNet1 has nothing to recompute',
      "Only products such as F2'F1 can recompute F1; leave recompute out.",
    );

  const seen = new Set<Term>();
  const filled = brackets.map((terms, bracket) =>
    terms.map((term, position): Term => {
      const wanted = operator.find((candidate) => sameTerm(candidate, term));
      if (!wanted) throw problem(`${formatTerm(term)} is not a term of this network`, hint, bracket, position);
      if (seen.has(wanted)) throw problem(`${formatTerm(term)} is computed twice`, hint, bracket, position);
      seen.add(wanted);
      if (
        term.kind === 'derivative' &&
        wanted.kind === 'derivative' &&
        ![1, wanted.coefficient].includes(term.coefficient)
      )
        throw problem(
          `The coefficient of ${formatTerm({ ...term, coefficient: 1 })} is ${wanted.coefficient}, not ${term.coefficient}`,
          hint,
          bracket,
          position,
        );
      return wanted;
    }),
  );
  const missing = operator.filter((term) => !seen.has(term));
  if (missing.length > 0) throw problem(`No device computes ${missing.map(formatTerm).join(', ')}`, hint);
  return layout.kind === 'operator' ? { ...layout, brackets: filled } : { ...layout, bracket: filled.flat() };
}

/** A chain's bracket lists K units in order; K groups the units of a stage and changes nothing. */
function checkChain(
  brackets: readonly (readonly Term[])[],
  network: ChainSpecification,
  problem: (message: string, hint: string, bracket?: number, position?: number) => LayoutProblem,
): void {
  const name = network.family === 'wrn' ? 'WRN' : 'plain network';
  const hint = `A ${name} is a chain: write its units in one bracket, [F1, F2] or [F1, F2, F3], cut the batch: 2 x [F1, F2], or make it a pipeline: pipeline M=4 S=2.`;
  const [terms = []] = brackets;
  if (brackets.length > 1) throw problem(`The units of a ${name} need one device`, hint, 1, 0);
  for (const [position, term] of terms.entries()) {
    if (term.kind === 'derivative') throw problem(`A ${name} has no ${formatTerm(term)}`, hint, 0, position);
    if (term.unit !== position + 1) throw problem(`Expected F${position + 1}, found F${term.unit}`, hint, 0, position);
  }
  const units = unitsPerStage(network);
  if (units % terms.length !== 0)
    throw problem(`${labelOf(network)} has ${units} units a stage, which is not a multiple of ${terms.length}`, hint);
}

function sameTerm(a: Term, b: Term): boolean {
  if (a.kind === 'residual' || b.kind === 'residual') return a.kind === b.kind && a.unit === b.unit;
  return a.unit === b.unit && a.of === b.of;
}
