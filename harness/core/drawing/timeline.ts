/** A step on its devices: a lane a device, so that what runs side by side can be seen. All steps share one scale. */
import { drawing, element, label, line, linear, ticks, type Figure } from './svg.js';

export interface TimelineOperation {
  readonly device: number;
  /** Microseconds from the step's start. */
  readonly start: number;
  readonly duration: number;
  readonly pass: string;
  readonly kind: string;
}

export interface Timeline {
  /** Such as a network and its layout. */
  readonly title: string;
  readonly operations: readonly TimelineOperation[];
}

/** The kinds of operation that have a colour of their own; others share the last. */
export const kinds = ['convolution', 'convolution gradient', 'normalisation', 'element-wise', 'update', 'other'];
/** Okabe and Ito's palette: told apart with any colour vision, on light and on dark. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#e69f00', '#cc79a7', '#888888'];
const colourOf = (kind: string): string => colours[Math.max(0, kinds.indexOf(kind))] ?? '#888888';

const size = { left: 76, plot: 700, right: 60, lane: 26, gap: 5, head: 38, top: 34 };

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

/** Neighbours of one kind closer than half a pixel become one bar: thousands of ops are a few hundred bars. */
function barsOf(operations: readonly TimelineOperation[], x: (time: number) => number): Bar[] {
  const bars: Bar[] = [];
  for (const { start, duration, kind } of [...operations].sort((a, b) => a.start - b.start)) {
    const [from, to] = [x(start), x(start + duration)];
    const last = bars.at(-1);
    if (last && last.kind === kind && from - last.to < 0.5)
      bars[bars.length - 1] = { ...last, to: Math.max(to, last.to) };
    else if (to - from >= 0.08 || !last || from - last.to > 0.5) bars.push({ from, to, kind });
  }
  return bars;
}

const endOf = ({ operations }: Timeline): number =>
  Math.max(...operations.map(({ start, duration }) => start + duration));

/** Where the first gradient of a convolution begins: shapes and constants of the backward pass run whenever they like. */
const backwardStart = ({ operations }: Timeline): number =>
  Math.min(
    ...operations
      .filter(({ pass, kind }) => pass === 'backward' && kind === 'convolution gradient')
      .map(({ start }) => start),
  );

function stepDrawing(timeline: Timeline, x: (time: number) => number, top: number): string[] {
  const devices = Math.max(...timeline.operations.map(({ device }) => device)) + 1;
  const end = endOf(timeline);
  const backward = backwardStart(timeline);
  const bottom = top + size.head + devices * (size.lane + size.gap);
  const lanes = Array.from({ length: devices }, (_, device) => {
    const own = timeline.operations.filter((operation) => operation.device === device);
    const busy = own.reduce((sum, { duration }) => sum + duration, 0);
    const y = top + size.head + device * (size.lane + size.gap);
    return [
      label(size.left - 8, y + 12, `device ${device}`, { 'text-anchor': 'end' }),
      label(size.left - 8, y + 24, `${Math.round((100 * busy) / end)} % busy`, {
        'text-anchor': 'end',
        class: 'quiet',
        style: 'font-size:10px',
      }),
      element('rect', { x: size.left, y, width: x(end) - size.left, height: size.lane, class: 'idle' }),
      ...barsOf(own, x).map(({ from, to, kind }) =>
        element('rect', { x: from, y, width: Math.max(to - from, 0.3), height: size.lane, fill: colourOf(kind) }),
      ),
    ];
  });
  return [
    label(size.left, top + 14, timeline.title, { class: 'head' }),
    ...lanes.flat(),
    ...(Number.isFinite(backward)
      ? [
          line(x(backward), top + size.head - 6, x(backward), bottom, 'axis'),
          label(x(backward) + 4, top + size.head - 3, 'backward', { class: 'quiet', style: 'font-size:10px' }),
        ]
      : []),
    label(x(end) + 6, bottom - size.lane / 2, `${(end / 1000).toFixed(0)} ms`),
  ];
}

export function deviceTimelines(timelines: readonly Timeline[]): Figure & { readonly svg: string } {
  const longest = Math.max(...timelines.map(endOf));
  const x = linear([0, longest], [size.left, size.left + size.plot]);
  let y = size.top;
  const steps = timelines.flatMap((timeline) => {
    const drawn = stepDrawing(timeline, x, y);
    const devices = Math.max(...timeline.operations.map(({ device }) => device)) + 1;
    y += size.head + devices * (size.lane + size.gap) + 14;
    return drawn;
  });
  let left = size.left;
  const legend = kinds.flatMap((kind, index) => {
    const at = left;
    left += 32 + 6.4 * kind.length;
    return [
      element('rect', { x: at, y: 8, width: 11, height: 11, fill: colours[index] ?? '' }),
      label(at + 16, 18, kind),
    ];
  });
  const title = 'One training step on its devices';
  return {
    id: 'timelines',
    title,
    svg: drawing(size.left + size.plot + size.right, y + 26, title, [
      ...legend,
      ...steps,
      ...ticks(0, longest / 1000, 8).map((value) =>
        label(x(value * 1000), y + 10, `${value}`, { 'text-anchor': 'middle', class: 'quiet' }),
      ),
      label(size.left + size.plot + 14, y + 10, 'ms', { class: 'quiet' }),
    ]),
    caption: `Each lane is a device, each bar an op or a run of ops of one kind; grey is idle. n = 1 profiled step of each (a typical one), all on one time scale.`,
  };
}
