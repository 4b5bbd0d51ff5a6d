/** One quantity of several places below one another, with intervals. */
import { axisBelow } from '../../core/drawing/axes.js';
import { colourAt, drawing, element, label, linear, ticks, type Figure } from '../../core/drawing/svg.js';
import { intervalOf, type Quantity } from '../evaluate/quantity.js';

export interface IntervalRow {
  readonly name: string;
  /** What it is coloured by. */
  readonly series: string;
  readonly quantity: Quantity;
}

const size = { left: 200, plot: 480, right: 24, row: 24, top: 16 };

/** Places without a number are left out. */
export function intervalsFigure(
  { id, title, caption, axis }: { id: string; title: string; caption: string; axis: string },
  rows: readonly IntervalRow[],
): Figure {
  const shown = rows.filter(({ quantity }) => quantity.value !== null);
  if (shown.length === 0) return { id, title, caption: `${caption} Nothing to draw yet.`, svg: null };
  const ends = shown.map(({ quantity }) => intervalOf(quantity)).flatMap(({ low, high }) => [low, high]);
  const margin = 0.05 * (Math.max(...ends) - Math.min(...ends) || 1);
  const domain = [Math.min(...ends) - margin, Math.max(...ends) + margin] as const;
  const x = linear(domain, [size.left, size.left + size.plot]);
  const bottom = size.top + shown.length * size.row;
  const series = [...new Set(shown.map((row) => row.series))];
  return {
    id,
    title,
    caption: `${caption} Lines are 95 % intervals; n = ${shown.length} numbers.`,
    svg: drawing(size.left + size.plot + size.right, bottom + 44, title, [
      ...axisBelow(
        { left: size.left, right: size.left + size.plot, top: size.top, bottom },
        { scale: x, ticks: ticks(...domain, 8), title: axis, lines: true },
      ),
      ...shown.flatMap(({ name, series: own, quantity }, index) => {
        const y = size.top + (index + 0.5) * size.row;
        const { low, high } = intervalOf(quantity);
        const colour = colourAt(series.indexOf(own));
        return [
          label(size.left - 12, y + 4, name, { 'text-anchor': 'end' }),
          element('line', { x1: x(low), x2: x(high), y1: y, y2: y, stroke: colour, 'stroke-width': 2 }),
          element('circle', { cx: x(quantity.value ?? 0), cy: y, r: 4.5, fill: colour }),
        ];
      }),
    ]),
  };
}
