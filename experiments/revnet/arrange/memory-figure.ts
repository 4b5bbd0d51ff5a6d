/** Table 1 as curves: activations and step time by the number of units a stage, a line a backward pass. */
import { axisBelow, axisLeft } from '../../../harness/core/drawing/axes.js';
import {
  colourAt,
  drawing,
  element,
  label,
  linear,
  ticks,
  type Figure,
  type Scale,
} from '../../../harness/core/drawing/svg.js';
import type { TableModel } from '../../../harness/report/model.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { PaperFigure } from '../../../harness/report/paper.js';
import { renderCsv } from '../../../harness/report/render/csv.js';
import { passSeries, unitsOf } from './passes.js';
import { timesPlain } from './update-time.js';

interface Point {
  readonly units: number;
  readonly value: number;
}
interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
}

const size = { width: 360, height: 230, left: 52, top: 62, bottom: 46, gap: 40 };

const curvesOf = (places: readonly EvaluatedEntry[], of: (place: EvaluatedEntry) => number | null): Curve[] =>
  passSeries(places).map(({ name, places: own }, index) => ({
    name,
    colour: colourAt(index),
    points: own.flatMap((place) => {
      const value = of(place);
      return value === null ? [] : [{ units: unitsOf(place), value }];
    }),
  }));

function path({ points, colour, name }: Curve, x: Scale, y: Scale): string[] {
  return [
    element(
      'polyline',
      {
        points: points.map(({ units, value }) => `${x(units).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
        fill: 'none',
        stroke: colour,
        'stroke-width': 1.8,
      },
      element('title', {}, name),
    ),
    ...points.map(({ units, value }) =>
      element(
        'circle',
        { cx: x(units), cy: y(value), r: 3.2, fill: colour },
        element('title', {}, `${name}, ${units} units a stage: ${Number(value.toPrecision(3))}`),
      ),
    ),
  ];
}

function panel(curves: readonly Curve[], title: string, index: number): string[] {
  const all = curves.flatMap(({ points }) => points);
  const left = size.left + index * (size.width + size.gap);
  const [right, bottom] = [left + size.width - size.left, size.top + size.height];
  const x = linear([0, Math.max(...all.map(({ units }) => units))], [left, right]);
  const most = Math.max(...all.map(({ value }) => value)) * 1.05;
  const y = linear([0, most], [bottom, size.top]);
  const plot = { left, right, top: size.top, bottom };
  const units = [...new Set(all.map((point) => point.units))];
  return [
    label(left, size.top - 10, title, { class: 'head' }),
    ...axisLeft(plot, { scale: y, ticks: ticks(0, most) }),
    ...axisBelow(plot, { scale: x, ticks: units, title: 'units a stage' }),
    ...curves.flatMap((curve) => path(curve, x, y)),
  ];
}

/** In two rows: names are long. */
const legend = (curves: readonly Curve[]): string[] =>
  curves.flatMap(({ name, colour }, index) => {
    const [left, top] = [size.left + 240 * (index % 3), 12 + 18 * Math.floor(index / 3)];
    return [element('circle', { cx: left, cy: top, r: 4, fill: colour }), label(left + 10, top + 4, name)];
  });

const title = 'Memory of activations and time of a step by depth';

export const memoryFigure: PaperFigure = {
  table: 'memory',
  draw: ({ places }: TableModel): Figure => {
    const activations = curvesOf(places, (place) => {
      const { value } = place.quantity('activations');
      return value === null ? null : value / 1e6;
    });
    const times = curvesOf(places, (place) => timesPlain(place, places).value);
    const measured = activations.some(({ points }) => points.length > 0);
    const batches = [
      ...new Set(places.flatMap(({ entry }) => (entry.timing.skipped ? [] : [entry.timing.batch]))),
    ].join(' and ');
    return {
      id: 'memory',
      title,
      svg: measured
        ? drawing(2 * (size.width + size.gap) + 12, size.top + size.height + size.bottom, title, [
            ...legend(activations),
            ...panel(activations, 'activations alive at a time, MB', 0),
            ...(times.some(({ points }) => points.length > 0)
              ? panel(times, 'step time, times that of the plain pass', 1)
              : []),
          ])
        : null,
      caption: measured
        ? `RevNets of 3 to 27 units a stage (38 to 326 layers), batch ${batches}. Left: what the allocator had given out at the fullest moment of a step, without gradients of weights. The paper’s Table 1 says O(L) for the plain pass, O(√L), O(log L) and O(1) for the others. Right: O(L) but for O(L log L) of recursive checkpoints.`
        : 'Nothing has been measured yet.',
    };
  },
  csv: renderCsv,
};
