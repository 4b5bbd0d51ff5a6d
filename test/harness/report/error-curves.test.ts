import { expect, it } from 'vitest';
import { training } from '../../../harness/kinds/index.js';
import { errorCurves } from '../../../harness/report/figures/error-curves.js';
import { seriesOfSystems } from '../../../harness/report/figures/series.js';
import { measurementsOf } from '../../../harness/report/measured/measurements.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import { fixture } from './fixtures.js';

const quick = fixture();

/** The figure where every training was evaluated so often. */
function drawn(evaluations: number): string {
  for (const [id, { result }] of quick.outcomes)
    if (result?.kind === training.kind)
      quick.outcomes.set(id, {
        result: {
          ...result,
          evaluations: Array.from({ length: evaluations }, (_, index) => ({ ...result.last, epoch: index + 1 })),
        },
      });
  const { models } = tablesFrom({ ...quick, measurements: measurementsOf(quick.outcomes) });
  return errorCurves(models, seriesOfSystems(quick.paper.systems), new Set())?.svg ?? '';
}

it('marks evaluations where there are too few for a line, down to one', () => {
  const curves = (svg: string) => svg.split('<polyline').length - 1;
  const marks = (svg: string) => svg.split('<circle').length - 1;
  const [one, many] = [drawn(1), drawn(40)];
  expect(curves(one)).toBeGreaterThan(5);
  expect(marks(one)).toBe(curves(one));
  expect(curves(many)).toBe(curves(one));
  expect(marks(many)).toBe(0);
});
