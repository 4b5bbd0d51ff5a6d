/** How the tables are set, and the sentence under them that says how trials ended. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { axisValue } from '../../../harness/report/arrange/axes.js';
import { grouped } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../../harness/report/evaluate/evidence.js';
import { trialsOf } from '../../../harness/report/metrics/success.js';
import { grid } from './grid.js';

const titles: Readonly<Record<string, string>> = {
  plain: 'plain',
  'constant-rates': 'shortcut, constant rates',
  'warm-up': 'shortcut, warm-up',
  'layer-wise': 'shortcut, layer by layer',
};
export const armTitle = ({ entry }: EvaluatedEntry): string => titles[entry.problem ?? ''] ?? entry.label;

const axis = (name: string) => (place: EvaluatedEntry) => String(axisValue(place, name) ?? '');
const [k, p, r] = [axis('patches'), axis('patchInputs'), axis('sumRatio')];

export const arrangements: Readonly<Record<string, Arrange>> = {
  plain: grid({ rows: { k }, columns: { axis: 'sumRatio', title: (value) => `r = ${value}` } }),
  dimension: grid({ rows: { k }, columns: { axis: 'patchInputs', title: (value) => `p = ${value}` } }),
  shortcut: grid({ rows: { Arm: armTitle, k, r }, columns: { axis: 'rho', title: (value) => `rho = ${value}` } }),
  angles: grid({
    rows: { Arm: armTitle, p },
    columns: { axis: 'teacherAngle', title: (value) => (value === 'random' ? value : `${value}°`) },
  }),
  phase: grid({ rows: { Arm: armTitle } }),
  sampled: grid({
    rows: { Arm: armTitle, rho: axis('rho') },
    columns: { axis: 'stepInputs', title: (value) => (value === 'all' ? 'exact' : `${value} inputs a step`) },
  }),
};

/** How many trials ended at neither point: they count as no success. */
export function endings(places: readonly EvaluatedEntry[], evidence: Evidence): string[] {
  const runs = new Map(places.flatMap(({ entry }) => trialsOf(entry, evidence)).map((run) => [run.id, run]));
  if (runs.size === 0) return [];
  const total = (outcome: string): string =>
    grouped([...runs.values()].reduce((sum, { counts }) => sum + (counts[outcome] ?? 0), 0));
  return [
    `Of all trials ${total('global')} found the teacher and ${total('spurious')} were caught by the spurious point; ${total('unfinished')} had not finished and ${total('unstable')} were unstable, which count as no success.`,
  ];
}
