/** A picture of one step: devices as lanes, ops coloured by kind, forward and backward marked. */
import type { StepProfile } from '../step-graph.js';
import { colourOf, kindOf, operationKinds, type OperationKind } from './operation-kind.js';
import { typicalStep } from './typical-step.js';

const lane = { height: 46, gap: 12, left: 84, right: 24, top: 64 };

export interface TimelineOptions {
  readonly title: string;
  /** A line under the title: network, layout, batch, hardware. */
  readonly subtitle: string;
  /** Pixels. */
  readonly width?: number;
  /** Draw to this span instead of the step's own, so that two pictures share one scale; microseconds. */
  readonly span?: number;
}

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: OperationKind;
}

export function timelineSvg(profile: StepProfile, options: TimelineOptions): string {
  const step = typicalStep(profile);
  const width = options.width ?? 1000;
  const span = options.span ?? step.span;
  const scale = (width - lane.left - lane.right) / span;
  const x = (microseconds: number): number => round(lane.left + microseconds * scale);
  const devices = profile.graph.devices;
  const height = lane.top + devices * (lane.height + lane.gap) + 58;
  const lanes = Array.from({ length: devices }, (_, device) => {
    const y = lane.top + device * (lane.height + lane.gap);
    const bars = mergeBars(barsOf(profile, step, device), 0.6 / scale);
    const busy = barsOf(profile, step, device).reduce((sum, bar) => sum + bar.to - bar.from, 0);
    const rectangles = bars.map(
      (bar) =>
        `<rect x="${x(bar.from)}" y="${y}" width="${round(Math.max((bar.to - bar.from) * scale, 0.4))}" height="${lane.height}" fill="${colourOf[bar.kind]}"/>`,
    );
    return [
      `<text x="${lane.left - 10}" y="${y + 20}" text-anchor="end" class="label">device ${device}</text>`,
      `<text x="${lane.left - 10}" y="${y + 37}" text-anchor="end" class="small">${Math.round((100 * busy) / step.span)} % busy</text>`,
      `<rect x="${lane.left}" y="${y}" width="${round(step.span * scale)}" height="${lane.height}" class="idle"/>`,
      ...rectangles,
    ].join('\n');
  });
  const bottom = lane.top + devices * (lane.height + lane.gap);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(`${options.title}. ${options.subtitle}`)}">`,
    style,
    `<text x="${lane.left}" y="22" class="title">${escape(options.title)}</text>`,
    `<text x="${lane.left}" y="40" class="small">${escape(options.subtitle)}</text>`,
    ...passMarks(profile, step, x, bottom),
    ...lanes,
    ...axis(span, x, bottom),
    ...legend(bottom + 46),
    '</svg>',
  ].join('\n');
}

type Step = ReturnType<typeof typicalStep>;

function barsOf(profile: StepProfile, step: Step, device: number): Bar[] {
  return profile.graph.operations
    .flatMap((operation, index): Bar[] => {
      const from = step.start[index];
      const duration = step.duration[index];
      if (operation.device !== device || from === undefined || duration === undefined || Number.isNaN(from)) return [];
      return [{ from, to: from + duration, kind: kindOf(operation) }];
    })
    .sort((a, b) => a.from - b.from);
}

/** Thousands of ops are a few hundred bars: neighbours of one kind closer than half a pixel become one. */
function mergeBars(bars: readonly Bar[], gap: number): Bar[] {
  const merged: Bar[] = [];
  for (const bar of bars) {
    const last = merged.at(-1);
    if (last !== undefined && last.kind === bar.kind && bar.from - last.to < gap)
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, bar.to) };
    else merged.push(bar);
  }
  return merged;
}

/** Where the backward pass and the update begin. */
function passMarks(profile: StepProfile, step: Step, x: (microseconds: number) => number, bottom: number): string[] {
  const firstOf = (pass: string): number =>
    Math.min(
      ...profile.graph.operations.map((operation, index) =>
        operation.pass === pass && (step.duration[index] ?? 0) > 0 ? (step.start[index] ?? Infinity) : Infinity,
      ),
    );
  const marks = [
    { at: 0, text: 'forward' },
    { at: firstOf('backward'), text: 'backward' },
  ].filter((mark) => Number.isFinite(mark.at));
  return marks.flatMap(({ at, text }) => [
    `<line x1="${x(at)}" x2="${x(at)}" y1="${lane.top - 10}" y2="${bottom}" class="mark"/>`,
    `<text x="${x(at) + 4}" y="${lane.top - 4}" class="small">${text}</text>`,
  ]);
}

function axis(span: number, x: (microseconds: number) => number, y: number): string[] {
  const milliseconds = span / 1000;
  const magnitude = 10 ** Math.floor(Math.log10(milliseconds / 5));
  const tick = ([1, 2, 5, 10].find((factor) => factor * magnitude * 5 >= milliseconds) ?? 10) * magnitude;
  const ticks = Array.from({ length: Math.floor(milliseconds / tick) + 1 }, (_, index) => index * tick);
  return ticks.flatMap((value, index) => [
    `<line x1="${x(value * 1000)}" x2="${x(value * 1000)}" y1="${y - 4}" y2="${y + 2}" class="mark"/>`,
    `<text x="${x(value * 1000)}" y="${y + 16}" text-anchor="middle" class="small">${Number(value.toFixed(3))}${index === ticks.length - 1 ? ' ms' : ''}</text>`,
  ]);
}

function legend(y: number): string[] {
  let x = lane.left;
  return operationKinds.flatMap((kind) => {
    const at = x;
    x += 30 + kind.length * 7;
    return [
      `<rect x="${at}" y="${y - 10}" width="12" height="12" fill="${colourOf[kind]}"/>`,
      `<text x="${at + 17}" y="${y}" class="small">${kind}</text>`,
    ];
  });
}

const style = `<style>
text { font-family: system-ui, 'DejaVu Sans', sans-serif; fill: #222; }
.title { font-size: 15px; font-weight: 600; } .label { font-size: 13px; } .small { font-size: 11px; fill: #555; }
.idle { fill: #00000010; } .mark { stroke: #555; stroke-width: 1; }
@media (prefers-color-scheme: dark) { text { fill: #eee; } .small { fill: #aaa; } .idle { fill: #ffffff18; } .mark { stroke: #aaa; } }
</style>`;

const round = (value: number): number => Math.round(value * 100) / 100;

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
