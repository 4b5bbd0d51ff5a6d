/** RS of ours against the paper's, with intervals: a line a network and layout, a mark a protocol. */
import { groupBy } from '../arrange/parts.js';
import type { EvaluatedEntry } from '../entries.js';
import type { TableModel } from '../model.js';
import { colourAt, drawing, element, label, line, linear, ticks, type Figure } from './svg.js';

const size = { left: 300, plot: 560, right: 24, row: 26, top: 52, group: 30 };

interface Line {
  readonly name: string;
  readonly places: readonly EvaluatedEntry[];
}

/** Lines with the same label, layout and printed RS are one: CIFAR-10 and CIFAR-100 share timings. */
function linesOf(model: TableModel): Line[] {
  const shown = model.places.filter(({ rs }) => rs.value !== null && !rs.byDefinition);
  const key = ({ entry, rs }: EvaluatedEntry): string => [entry.label, entry.layout, rs.printed?.value].join('|');
  return [...groupBy(shown, key).values()].map((places) => {
    const first = places[0]?.entry;
    return { name: `${first?.label.replace(/[\s,(].*$/u, '') ?? ''}  ${first?.layout ?? ''}`, places };
  });
}

function mark(place: EvaluatedEntry, x: (value: number) => number, y: number, colour: string): string[] {
  const { rs } = place;
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

/** @returns null where nothing has an RS. */
export function speedUps(models: readonly TableModel[]): Figure | null {
  const groups = models
    .filter(({ metrics }) => metrics.includes('rs'))
    .map((model) => ({ model, lines: linesOf(model) }))
    .filter(({ lines }) => lines.length > 0);
  const places = groups.flatMap(({ lines }) => lines.flatMap((own) => own.places));
  if (places.length === 0) return null;
  const protocols = [...new Set(places.map(({ entry }) => entry.protocol))];
  const values = places.flatMap(({ rs }) => [
    rs.interval?.low ?? rs.value ?? 0,
    rs.interval?.high ?? rs.value ?? 0,
    rs.printed?.value ?? 0,
  ]);
  const domain = [Math.min(0, ...values) - 2, Math.max(...values) + 3] as const;
  const x = linear(domain, [size.left, size.left + size.plot]);
  const rows = groups.reduce((sum, { lines }) => sum + lines.length, 0);
  const lineHeight = Math.max(size.row, 10 + 9 * protocols.length);
  const bottom = size.top + groups.length * size.group + rows * lineHeight;

  let y = size.top;
  const body = groups.flatMap(({ model, lines }) => {
    const heading = label(0, y + 20, model.name, { class: 'head' });
    y += size.group;
    const drawn = lines.flatMap(({ name, places: own }) => {
      const middle = y + lineHeight / 2;
      y += lineHeight;
      const printed = own.find(({ rs }) => rs.printed)?.rs.printed;
      const byProtocol = protocols.flatMap((protocol, index) => {
        const place = own.find(({ entry }) => entry.protocol === protocol);
        const offset = (index - (protocols.length - 1) / 2) * 9;
        return place ? mark(place, x, middle + offset, colourAt(index)) : [];
      });
      return [
        line(size.left, y, size.left + size.plot, y, 'grid'),
        label(size.left - 12, middle + 4, name, { 'text-anchor': 'end' }),
        ...(printed
          ? [
              element('line', {
                x1: x(printed.value),
                x2: x(printed.value),
                y1: middle - lineHeight / 2 + 3,
                y2: middle + lineHeight / 2 - 3,
                class: 'printed',
              }),
            ]
          : []),
        ...byProtocol,
      ];
    });
    return [heading, ...drawn];
  });

  let left = size.left;
  const legend = [
    element('line', { x1: left, x2: left, y1: 6, y2: 20, class: 'printed' }),
    label(left + 8, 17, 'printed'),
    ...protocols.flatMap((protocol, index) => {
      left += index === 0 ? 72 : 30 + 6.6 * (protocols[index - 1]?.length ?? 0);
      return [element('circle', { cx: left, cy: 13, r: 4, fill: colourAt(index) }), label(left + 9, 17, protocol)];
    }),
    element('circle', {
      cx: size.left,
      cy: 34,
      r: 4,
      fill: 'var(--paper,#fff)',
      stroke: 'var(--ink,#222)',
      'stroke-width': 1.5,
    }),
    label(size.left + 9, 38, 'hollow: projected, not measured', { class: 'quiet' }),
  ];
  const title = 'Relative speed-up, ours and the paper’s';
  const measured = places.filter(({ rs }) => rs.provenance === 'measured').length;
  const width = Math.max(size.left + size.plot + size.right, left + 30 + 6.6 * (protocols.at(-1)?.length ?? 0));
  return {
    id: 'speed-ups',
    title,
    svg: drawing(width, bottom + 44, title, [
      ...legend,
      ...ticks(domain[0], domain[1], 6).flatMap((value) => [
        line(x(value), size.top, x(value), bottom, value === 0 ? 'axis' : 'grid'),
        label(x(value), bottom + 16, `${value < 0 ? '−' : ''}${Math.abs(value)}`, {
          'text-anchor': 'middle',
          class: 'quiet',
        }),
      ]),
      label(size.left + size.plot / 2, bottom + 36, 'RS: percent of the baseline’s step time saved', {
        'text-anchor': 'middle',
        class: 'quiet',
      }),
      ...body,
    ]),
    caption: `Lines are 95 % intervals; n = ${measured} measured and ${places.length - measured} projected speed-ups. Timed steps of each stand in the tables.`,
  };
}
