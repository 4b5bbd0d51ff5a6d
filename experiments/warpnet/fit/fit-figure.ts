/** The fit as a picture: projected against printed for the best combination, and how far off every combination is. */
import { colourAt, drawing, element, label, line, linear } from '../../../harness/core/drawing/svg.js';
import { escapeHtml } from '../../../harness/core/safe-text.js';
import { printedMean, type FitGroup } from './cells.js';
import { combinationName, type FitReport, type HypothesisResult } from './fit-report.js';

/** In the order of the legend. */
const titles: Readonly<Record<FitGroup, string>> = {
  table2: 'Table 2, fitted',
  table3: 'Table 3',
  table5: 'Table 5, operators',
  width: 'width series',
  table4: 'Table 4',
  'data-parallel': 'Table 5, data parallel',
};
const groups = Object.keys(titles) as FitGroup[];
const colourOf = (group: FitGroup): string => colourAt(groups.indexOf(group));

/** A self-contained SVG, for light and dark pages. */
export const fitFigure = (report: FitReport): string =>
  drawing(1000, 450, 'Projected against printed speed-ups, and the difference under every reading', [
    ...scatter(report.best, report),
    ...bars(report.combinations, report.best),
  ]);

const square = { left: 60, top: 60, size: 330 };
const marks = [0, 15, 30, 45, 60, 75];

function scatter(best: HypothesisResult, { ranges }: FitReport): string[] {
  const { left, top, size } = square;
  const [right, bottom] = [left + size, top + size];
  const x = linear([0, 75], [left, right]);
  const y = linear([0, 75], [bottom, top]);
  const rangeOf = new Map(ranges.cells.map((range) => [range.id, range]));
  const points = best.cells.flatMap(({ cell, projectedPct }) => {
    const range = rangeOf.get(cell.id);
    const [px, colour] = [x(printedMean(cell)), colourOf(cell.group)];
    const ends = range && { x1: px, x2: px, y1: y(range.lowPct), y2: y(range.highPct) };
    const tip = `${cell.label}: printed ${printedMean(cell).toFixed(1)} %, projected ${projectedPct.toFixed(1)} %`;
    return [
      ...(ends ? [element('line', { ...ends, stroke: colour, 'stroke-width': 2, opacity: 0.5 })] : []),
      element('circle', { cx: px, cy: y(projectedPct), r: 4.5, fill: colour }, element('title', {}, escapeHtml(tip))),
    ];
  });
  return [
    label(left, 20, 'RS projected against printed, percent', { class: 'head' }),
    label(left, 40, `${combinationName(best)}; lines: what Table 2 leaves open`, { class: 'quiet' }),
    ...marks.flatMap((mark) => [
      line(x(mark), top, x(mark), bottom, 'grid'),
      line(left, y(mark), right, y(mark), 'grid'),
      label(x(mark), bottom + 16, String(mark), { 'text-anchor': 'middle' }),
      label(left - 6, y(mark) + 4, String(mark), { 'text-anchor': 'end' }),
    ]),
    line(left, top, left, bottom, 'axis'),
    line(left, bottom, right, bottom, 'axis'),
    line(left, bottom, right, top, 'zero'),
    label(left + size / 2, bottom + 36, 'printed', { 'text-anchor': 'middle' }),
    label(0, 0, 'projected', { transform: `translate(16 ${top + size / 2}) rotate(-90)`, 'text-anchor': 'middle' }),
    ...points,
    ...groups.flatMap((group, index) => {
      const middle = bottom - 108 + 18 * index;
      return [
        element('circle', { cx: right - 152, cy: middle, r: 4.5, fill: colourOf(group) }),
        label(right - 142, middle + 4, titles[group]),
      ];
    }),
  ];
}

/** Bars are cut at this many points: beyond it, how wrong does not matter. */
const longest = 40;

function bars(combinations: readonly HypothesisResult[], best: HypothesisResult): string[] {
  const shown = combinations.filter(({ hypothesis }) => !hypothesis.recompute);
  const [left, top, row] = [640, 60, 33];
  const length = linear([0, longest], [0, 290]);
  return [
    label(480, 20, 'Difference on what was not fitted', { class: 'head' }),
    label(480, 40, 'root mean square, points of percent', { class: 'quiet' }),
    ...shown.flatMap((result, index) => {
      const y = top + row * index;
      const width = length(Math.min(result.predictedRmsPct, longest));
      const look = result === best ? { fill: colourAt(0) } : { class: 'quiet', opacity: 0.5 };
      return [
        label(left - 8, y + 14, combinationName(result), { 'text-anchor': 'end' }),
        element('rect', { x: left, y, width, height: 20, ...look }),
        label(left + width + 6, y + 14, result.predictedRmsPct.toFixed(1)),
      ];
    }),
  ];
}
