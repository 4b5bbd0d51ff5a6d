/** RS of ours against the paper's, with intervals: a line a network and layout, a mark a protocol. */
import { groupBy } from '../groups.js';
import { range } from '../words.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Quantity } from '../evaluate/quantity.js';
import { hasProtocolColumns, type TableModel } from '../model.js';
import { axisBelow } from '../../core/drawing/axes.js';
import { colourAt, drawing, element, label, line, linear, ticks, type Figure } from '../../core/drawing/svg.js';

const size = { left: 345, plot: 520, right: 24, row: 26, top: 48 };

interface Line {
  readonly name: string;
  readonly places: readonly EvaluatedEntry[];
}

const speedUpOf = ({ quantity }: EvaluatedEntry): Quantity => quantity('rs');

/** Lines with the same label, layout and printed RS are one: CIFAR-10 and CIFAR-100 share timings. */
function linesOf(model: TableModel): Line[] {
  const shown = model.places.filter((place) => {
    const { value, byDefinition } = speedUpOf(place);
    return value !== null && !byDefinition;
  });
  const key = (place: EvaluatedEntry): string =>
    [place.entry.label, place.entry.layout?.text, speedUpOf(place).printed?.value].join('|');
  return [...groupBy(shown, key).values()].map((places) => {
    const first = places[0]?.entry;
    return { name: `${first?.printed?.label ?? first?.label ?? ''}  ${first?.layout?.text ?? ''}`, places };
  });
}

function mark(place: EvaluatedEntry, x: (value: number) => number, y: number, colour: string): string[] {
  const rs = speedUpOf(place);
  const low = x(rs.interval?.low ?? rs.value ?? 0);
  const high = x(rs.interval?.high ?? rs.value ?? 0);
  const projected = rs.provenance === 'projected';
  return [
    element('line', {
      x1: low,
      y1: y,
      x2: high,
      y2: y,
      stroke: colour,
      'stroke-width': 2,
      'stroke-dasharray': projected ? '3 2' : '',
    }),
    element('circle', {
      cx: x(rs.value ?? 0),
      cy: y,
      r: 4,
      stroke: colour,
      'stroke-width': 1.8,
      fill: projected ? 'var(--paper,#fff)' : colour,
    }),
  ];
}

interface Sheet {
  readonly protocols: readonly string[];
  /** The same for all tables, so that figures can be compared. */
  readonly domain: readonly [number, number];
}

function legend(protocols: readonly string[], anyProjected: boolean): string[] {
  let left = size.left;
  const entries = protocols.flatMap((protocol, index) => {
    left += index === 0 ? 72 : 34 + 6.8 * (protocols[index - 1]?.length ?? 0);
    return [element('circle', { cx: left, cy: 13, r: 4, fill: colourAt(index) }), label(left + 9, 17, protocol)];
  });
  const hollow = {
    cx: size.left,
    cy: 34,
    r: 4,
    fill: 'var(--paper,#fff)',
    stroke: 'var(--ink,#222)',
    'stroke-width': 1.5,
  };
  return [
    element('line', { x1: size.left, x2: size.left, y1: 6, y2: 20, class: 'printed' }),
    label(size.left + 8, 17, 'printed'),
    ...entries,
    ...(anyProjected
      ? [element('circle', hollow), label(size.left + 9, 38, 'hollow: projected, not measured', { class: 'quiet' })]
      : []),
  ];
}

function rowDrawing(
  { name, places }: Line,
  sheet: Sheet,
  x: (value: number) => number,
  top: number,
  height: number,
): string[] {
  const middle = top + height / 2;
  const printed = places.map((place) => speedUpOf(place).printed).find((number) => number !== null);
  const marks = sheet.protocols.flatMap((protocol, index) => {
    const place = places.find(({ entry }) => entry.protocol === protocol);
    const offset = (index - (sheet.protocols.length - 1) / 2) * 9;
    return place ? mark(place, x, middle + offset, colourAt(index)) : [];
  });
  const tick = printed && {
    x1: x(printed.value),
    x2: x(printed.value),
    y1: top + 3,
    y2: top + height - 3,
    class: 'printed',
  };
  return [
    line(size.left, top + height, size.left + size.plot, top + height, 'grid'),
    label(size.left - 12, middle + 4, name, { 'text-anchor': 'end' }),
    ...(tick ? [element('line', tick)] : []),
    ...marks,
  ];
}

function tableFigure(model: TableModel, lines: readonly Line[], sheet: Sheet): Figure {
  const places = lines.flatMap((own) => own.places);
  const projected = places.filter((place) => speedUpOf(place).provenance === 'projected').length;
  const height = Math.max(size.row, 10 + 9 * sheet.protocols.length);
  const bottom = size.top + lines.length * height;
  const x = linear(sheet.domain, [size.left, size.left + size.plot]);
  const steps = places.flatMap((place) => speedUpOf(place).n ?? []);
  const title = `Relative speed-up, ours and the paper’s: ${model.name}`;
  const timed = steps.length === 0 ? '' : ` of ${range(steps)} timed steps each`;
  return {
    id: `speed-ups-${model.id.replace(/[^\w-]+/gu, '-')}`,
    title,
    svg: drawing(size.left + size.plot + size.right, bottom + 44, title, [
      ...legend(sheet.protocols, projected > 0),
      ...axisBelow(
        { left: size.left, right: size.left + size.plot, top: size.top, bottom },
        {
          scale: x,
          ticks: ticks(...sheet.domain, 8),
          title: 'RS: percent of the baseline’s step time saved',
          lines: true,
        },
      ),
      ...lines.flatMap((own, index) => rowDrawing(own, sheet, x, size.top + index * height, height)),
    ]),
    caption: `Marks are ours, upright bars the printed numbers, lines 95 % intervals; n = ${places.length - projected} measured speed-ups${timed}, ${projected} projected.`,
  };
}

/** A figure a table that has speed-ups, all on one scale. */
export function speedUps(models: readonly TableModel[]): Figure[] {
  const tables = models
    .filter((model) => model.metrics.includes('rs') && hasProtocolColumns(model))
    .map((model) => ({ model, lines: linesOf(model) }))
    .filter(({ lines }) => lines.length > 0);
  const places = tables.flatMap(({ lines }) => lines.flatMap((own) => own.places));
  const values = places
    .map(speedUpOf)
    .flatMap((rs) => [rs.interval?.low ?? rs.value ?? 0, rs.interval?.high ?? rs.value ?? 0, rs.printed?.value ?? 0]);
  const sheet: Sheet = {
    protocols: [...new Set(places.map(({ entry }) => entry.protocol))],
    domain: [Math.min(0, ...values) - 2, Math.max(0, ...values) + 3],
  };
  return tables.map(({ model, lines }) => tableFigure(model, lines, sheet));
}
