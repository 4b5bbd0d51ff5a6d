/** The phase plane: the angle between v and v* against a.a* for the first trials of each arm. */
import { stringify } from 'csv-stringify/sync';
import { axisBelow, axisLeft } from '../../../harness/core/drawing/axes.js';
import {
  colourAt,
  drawing,
  element,
  label,
  line,
  linear,
  type Figure,
  type Scale,
} from '../../../harness/core/drawing/svg.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { TableModel } from '../../../harness/report/model.js';
import type { PaperFigure } from '../../../harness/report/paper.js';
import { recordTrajectory, type Trajectory } from '../model/trajectory.js';
import { instanceOfRow } from '../problems.js';
import { armTitle } from './tables.js';

/** Those of the table's jobs with seed 0. */
const drawnTrials = 8;
const seed = 0;

interface Panel {
  readonly title: string;
  readonly runs: readonly Trajectory[];
}

/** A run is the same however often it is asked for, and takes milliseconds. */
const known = new Map<string, readonly Trajectory[]>();

function runsOf({ entry: { problem, axes } }: EvaluatedEntry): readonly Trajectory[] {
  if (problem === null || axes === null) return [];
  const key = JSON.stringify([problem, axes]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const instance = instanceOfRow(problem, axes);
  const runs = Array.from({ length: drawnTrials }, (_, run) => recordTrajectory({ ...instance, seed }, run, 0.02));
  known.set(key, runs);
  return runs;
}

function panelsOf({ places }: TableModel): Panel[] {
  const [first] = places;
  const ofOneProtocol = places.filter(({ entry }) => entry.protocol === first?.entry.protocol);
  return ofOneProtocol.map((place) => ({ title: armTitle(place), runs: runsOf(place) }));
}

const size = { width: 250, height: 220, left: 52, top: 46, bottom: 46, gap: 8 };
const angles = [0, 45, 90, 135, 180];
const projections = [-1, -0.5, 0, 0.5, 1];
const endColours: Readonly<Record<string, string>> = { global: colourAt(0), spurious: colourAt(1) };
const degrees = (radians: number): number => (radians * 180) / Math.PI;

function pathOf({ points, end }: Trajectory, x: Scale, y: Scale, title: string): string[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const colour = endColours[end] ?? colourAt(3);
  const places = points.map(({ projection, angle }) => `${x(projection).toFixed(1)},${y(degrees(angle)).toFixed(1)}`);
  const at = ({ projection, angle }: typeof first) => ({ cx: x(projection), cy: y(degrees(angle)) });
  return [
    element(
      'polyline',
      { points: places.join(' '), fill: 'none', stroke: colour, 'stroke-width': 1.5, opacity: '0.8' },
      element('title', {}, title),
    ),
    element('circle', { ...at(first), r: 2.5, fill: colour }),
    element('circle', { ...at(last), r: 3.5, fill: 'none', stroke: colour, 'stroke-width': 1.5 }),
  ];
}

function draw({ title, runs }: Panel, index: number): string[] {
  const left = size.left + index * (size.width + size.gap);
  const [right, bottom] = [left + size.width - 12, size.top + size.height];
  const x = linear([-1, 1.1], [left, right]);
  const y = linear([0, 180], [bottom, size.top]);
  const plot = { left, right, top: size.top, bottom };
  return [
    label(left, size.top - 10, title, { class: 'head' }),
    ...axisLeft(plot, {
      ...{ scale: y, ticks: angles },
      // Panels share the numbers of the first.
      ...(index === 0 ? { title: 'angle, degrees' } : { text: () => '' }),
    }),
    ...axisBelow(plot, { scale: x, ticks: projections, title: 'a·a*' }),
    line(x(0), size.top, x(0), bottom, 'zero'),
    ...runs.flatMap((run, number) => pathOf(run, x, y, `Trial ${number}: ${run.end}, ${run.steps} steps`)),
  ];
}

const legend = Object.entries(endColours).flatMap(([end, colour], index) => [
  element('circle', { cx: size.left + 6 + 140 * index, cy: 12, r: 4, fill: colour }),
  label(size.left + 16 + 140 * index, 16, end === 'global' ? 'finds the teacher' : 'spurious point'),
]);

const title = 'Phase: angle between v and v* against a·a*';

export const phase: PaperFigure = {
  table: 'phase',
  draw: (model): Figure => {
    const panels = panelsOf(model);
    return {
      id: 'phase',
      title,
      svg: drawing(size.left + panels.length * (size.width + size.gap), size.top + size.height + size.bottom, title, [
        ...legend,
        ...panels.flatMap(draw),
      ]),
      caption: `The first ${drawnTrials} trials of each arm with seed ${seed}; all arms start from equal a. A disc is the start, a ring the end. Left of the dotted line (a·a* below 0) the angle grows, right of it falls: the first stage of warm-up carries a over the line before v has moved.`,
    };
  },
  csv: (model) =>
    stringify([
      ['arm', 'trial', 'end', 'step', 'angle_degrees', 'projection', 'loss'],
      ...panelsOf(model).flatMap(({ title: arm, runs }) =>
        runs.flatMap(({ points, end }, trial) =>
          points.map(({ step, angle, projection, loss }) => [
            arm,
            trial,
            end,
            step,
            ...[degrees(angle), projection, loss].map((value) => Number(value.toPrecision(10))),
          ]),
        ),
      ),
    ]),
};
