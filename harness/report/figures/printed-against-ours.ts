/** The figure that a report opens with: ours against the printed numbers, modelled, measured and projected, with intervals. */
import { axisBelow, axisLeft } from '../../core/drawing/axes.js';
import {
  colourAt,
  drawing,
  element,
  label,
  line,
  linear,
  ticks,
  type Figure,
  type Scale,
} from '../../core/drawing/svg.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Evidence } from '../evaluate/evidence.js';
import { intervalOf, quantity, type MetricFacts, type Quantity } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import type { ModelAgreement } from '../hardware-model/agreement.js';
import type { TableModel } from '../model.js';
import { toleranceOf } from '../verdict/thresholds.js';
import { counted } from '../words.js';

interface Dot {
  readonly name: string;
  readonly printed: number;
  readonly ours: Quantity;
}

interface Series {
  readonly title: string;
  readonly colour: string;
  /** What a hollow mark means; null where there is none. */
  readonly hollow: string | null;
  readonly isHollow: (dot: Dot) => boolean;
  readonly shape: 'diamond' | 'disc';
  readonly dots: readonly Dot[];
}

const page = { left: 56, top: 118, size: 380, right: 24, bottom: 48 };

const isShown = ({ value, byDefinition, printed }: Quantity): boolean =>
  value !== null && !byDefinition && printed !== null && !printed.lowConfidence;

/** Every printed row once. */
const rowsOf = (places: readonly EvaluatedEntry[]): [string, EvaluatedEntry][] => [
  ...new Map(places.flatMap((place) => (place.entry.published === null ? [] : [[place.entry.published, place]]))),
];

/** What the model gives under the best readings of each side. */
function modelledSeries(
  places: readonly EvaluatedEntry[],
  { hardwareModel: model, printed }: Evidence,
  { metric, readings, cards }: ModelAgreement,
): Series[] {
  return readings.map(({ reading }, index) => ({
    title: `${reading.of} on ${cards}, modelled`,
    colour: colourAt(index),
    hollow: 'fitted',
    isHollow: ({ ours }) => ours.fitted,
    shape: 'diamond',
    dots: rowsOf(places).flatMap(([id, { entry }]): Dot[] => {
      const prediction = model?.predict(reading.id, id) ?? null;
      const number = printed.rows.get(id)?.values[metric.id];
      if (prediction === null || number === undefined) return [];
      const ours = quantity({ metric, provenance: 'modelled', ...prediction, printed: number });
      return isShown(ours) ? [{ name: entry.label, printed: number.value, ours }] : [];
    }),
  }));
}

/** What this machine gave, under the protocol that gave most numbers, of several that of the nearest ones. */
function hereSeries(places: readonly EvaluatedEntry[], metric: MetricFacts, colour: string): Series[] {
  const shown = places.filter((place) => isShown(place.quantity(metric.id)));
  const away = (own: readonly EvaluatedEntry[]): number =>
    own.reduce((sum, place) => {
      const { value, printed } = place.quantity(metric.id);
      return sum + Math.abs((value ?? NaN) - (printed?.value ?? NaN));
    }, 0);
  const [most] = [...groupBy(shown, ({ entry }) => entry.protocol)].sort(
    ([, a], [, b]) => b.length - a.length || away(a) - away(b),
  );
  if (most === undefined) return [];
  const [protocol, own] = most;
  const dots = rowsOf(own).map(([, place]): Dot => {
    const ours = place.quantity(metric.id);
    return { name: place.entry.label, printed: ours.printed?.value ?? NaN, ours };
  });
  const kinds = new Set(dots.map(({ ours }) => ours.provenance));
  const how = kinds.has('measured') ? 'measured here' : 'projected from operation times measured here';
  return [
    {
      title: `${how}, ${protocol}`,
      colour,
      hollow: kinds.size > 1 ? 'projected' : null,
      isHollow: ({ ours }) => ours.provenance === 'projected',
      shape: 'disc',
      dots,
    },
  ];
}

/** The metric that a model is of; without one, that with most numbers beside printed ones. */
function metricShown(models: readonly TableModel[], agreement: ModelAgreement | null): MetricFacts | null {
  if (agreement !== null) return agreement.metric;
  const numbers = models.flatMap(({ places, metrics }) =>
    places.flatMap((place) => metrics.map((id) => place.quantity(id)).filter(isShown)),
  );
  const [most] = [
    ...groupBy(
      numbers.filter(({ metric }) => metric.summarised && metric.unit === 'percent'),
      ({ metric }) => metric.id,
    ).values(),
  ].sort((a, b) => b.length - a.length);
  return most?.[0]?.metric ?? null;
}

function mark(dot: Dot, { colour, shape, isHollow }: Series, x: Scale, y: Scale): string[] {
  const { name, printed, ours } = dot;
  const { low, high } = intervalOf(ours);
  const [across, down] = [x(printed), y(ours.value ?? NaN)];
  const paint = { stroke: colour, 'stroke-width': 1.6, fill: isHollow(dot) ? 'var(--paper,#fff)' : colour };
  const title = element(
    'title',
    {},
    `${name}: printed ${printed}, ours ${(ours.value ?? NaN).toFixed(1)}`.replace(/[<>&]/gu, ' '),
  );
  return [
    element('line', {
      x1: across,
      x2: across,
      y1: y(low),
      y2: y(high),
      stroke: colour,
      'stroke-width': 2,
      opacity: '0.5',
    }),
    shape === 'disc'
      ? element('circle', { cx: across, cy: down, r: 3.6, ...paint }, title)
      : element(
          'polygon',
          {
            points: [
              [0, -5],
              [5, 0],
              [0, 5],
              [-5, 0],
            ]
              .map(([dx = 0, dy = 0]) => `${(across + dx).toFixed(1)},${(down + dy).toFixed(1)}`)
              .join(' '),
            ...paint,
          },
          title,
        ),
  ];
}

function legend(series: readonly Series[]): string[] {
  return series.flatMap((own, index) => {
    const top = 16 + index * 20;
    const solid = { fill: own.colour };
    const apart = own.hollow === null ? '' : `; hollow: ${own.hollow}`;
    return [
      own.shape === 'disc'
        ? element('circle', { cx: 12, cy: top - 4, r: 4, ...solid })
        : element('polygon', { points: `12,${top - 9} 17,${top - 4} 12,${top + 1} 7,${top - 4}`, ...solid }),
      label(24, top, `${own.title}${apart}`),
    ];
  });
}

/** Null where no number of ours stands beside a printed one. */
export function printedAgainstOurs(
  models: readonly TableModel[],
  evidence: Evidence,
  agreement: ModelAgreement | null,
): Figure | null {
  const metric = metricShown(models, agreement);
  if (metric === null) return null;
  const places = models.filter(({ metrics }) => metrics.includes(metric.id)).flatMap((model) => model.places);
  const series = [
    ...(agreement === null ? [] : modelledSeries(places, evidence, agreement)),
    ...hereSeries(places, metric, colourAt(2)),
  ].filter(({ dots }) => dots.length > 0);
  const dots = series.flatMap((own) => own.dots);
  if (dots.length === 0) return null;
  const ends = dots.flatMap(({ printed, ours }) => [printed, intervalOf(ours).low, intervalOf(ours).high]);
  const domain = [Math.min(0, ...ends) - 2, Math.max(...ends) + 3] as const;
  const [left, top] = [page.left, page.top - 20 * (4 - series.length)];
  const [right, bottom] = [left + page.size, top + page.size];
  const x = linear(domain, [left, right]);
  const y = linear(domain, [bottom, top]);
  const [plot, marks] = [{ left, right, top, bottom }, ticks(...domain, 6)];
  const thresholds = evidence.rules.metrics[metric.id];
  const tolerance = thresholds === undefined ? 0 : toleranceOf(thresholds, null, null);
  const [low, high] = domain;
  const band = [
    [low, low - tolerance],
    [low, low + tolerance],
    [high, high + tolerance],
    [high, high - tolerance],
  ];
  const title = `${metric.plural}: ours against the printed ones`;
  const clip = `<clipPath id="answer-frame"><rect x="${left}" y="${top}" width="${page.size}" height="${page.size}"/></clipPath>`;
  return {
    id: 'answer',
    title,
    caption: `Each mark is a printed number: across what the paper prints, up what we have; on the line both agree${tolerance > 0 ? `, within the band by the tolerance of ${tolerance} points` : ''}. Lines are 95 % intervals; ${series.map((own) => `${own.title}: ${counted(own.dots.length, ['number', 'numbers'])}`).join('; ')}.`,
    svg: drawing(Math.max(right + page.right, 560), bottom + page.bottom, title, [
      clip,
      ...legend(series),
      element('polygon', {
        points: band.map(([a = 0, b = 0]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' '),
        class: 'idle',
        'clip-path': 'url(#answer-frame)',
      }),
      ...axisBelow(plot, { scale: x, ticks: marks, title: `${metric.title}, printed`, lines: true }),
      ...axisLeft(plot, { scale: y, ticks: marks, title: `${metric.title}, ours` }),
      line(left, bottom, right, top, 'axis'),
      // What is judged is drawn last, over what is shown beside it.
      ...[...series].reverse().flatMap((own) => own.dots.flatMap((dot) => mark(dot, own, x, y))),
    ]),
  };
}
