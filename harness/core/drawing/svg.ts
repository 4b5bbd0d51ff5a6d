/** Small parts of which all figures are made: elements, scales, ticks, colours. */
import { escapeHtml } from '../safe-text.js';

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Units, n and how to read it. */
  readonly caption: string;
  /** Null where there is nothing to draw yet; the caption then says why. */
  readonly svg: string | null;
}

type Attributes = Readonly<Record<string, string | number>>;

const round = (value: number): number => Math.round(value * 10) / 10;

/** One element; numbers are rounded to a tenth of a pixel, strings escaped. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeHtml(value)}"`)
    .join('');
  return children.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${children.join('')}</${name}>`;
}

export const label = (x: number, y: number, content: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escapeHtml(content));

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  element('line', { x1, y1, x2, y2, class: kind });

/** Okabe and Ito's palette: told apart with any colour vision, on light and on dark. */
export const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
export const colourAt = (index: number): string => palette[index % palette.length] ?? palette[0];

/** A page sets the colours; a figure that stands alone as a file has fallbacks, for light and for dark. */
const colours = (ink: string, quiet: string, rule: string, lane: string): string =>
  `.figure{--own-ink:var(--ink,${ink});--own-quiet:var(--quiet,${quiet});--own-rule:var(--rule,${rule});--own-lane:var(--lane,${lane})}`;
const style = [
  colours('#222', '#666', '#ddd', '#eee'),
  `@media(prefers-color-scheme:dark){${colours('#eee', '#aaa', '#444', '#333')}}`,
  '.figure text{font:12px system-ui,sans-serif;fill:var(--own-ink)}',
  '.figure .quiet{fill:var(--own-quiet)}',
  '.figure .head{font-weight:600}',
  '.figure .axis{stroke:var(--own-quiet);stroke-width:1}',
  '.figure .grid{stroke:var(--own-rule);stroke-width:1}',
  '.figure .zero{stroke:var(--own-quiet);stroke-width:1;stroke-dasharray:2 3}',
  '.figure .idle{fill:var(--own-lane)}',
  '.figure .printed{stroke:var(--own-ink);stroke-width:2;fill:none}',
].join('');

/** A figure's root, named for screen readers. */
export function drawing(width: number, height: number, title: string, children: readonly string[]): string {
  const size: Attributes = { viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`, width: Math.ceil(width) };
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...size,
      height: Math.ceil(height),
      role: 'img',
      'aria-label': title,
      class: 'figure',
    },
    element('style', {}, style),
    ...children,
  );
}

/** Round numbers that cover a range, about `count` of them. */
export function ticks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

export type Scale = (value: number) => number;

export const linear =
  (from: readonly [number, number], to: readonly [number, number]): Scale =>
  (value) =>
    to[0] + ((value - from[0]) / (from[1] - from[0] || 1)) * (to[1] - to[0]);

export const logarithmic = (from: readonly [number, number], to: readonly [number, number]): Scale => {
  const scale = linear([Math.log10(from[0]), Math.log10(from[1])], to);
  return (value) => scale(Math.log10(value));
};

/** At most `most` points, first and last among them: what a screen can show. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  if (points.length <= most) return [...points];
  return Array.from(
    { length: most },
    (_, index) => points[Math.round((index * (points.length - 1)) / (most - 1))] as T,
  );
}
