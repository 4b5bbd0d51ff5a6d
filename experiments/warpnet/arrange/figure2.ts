/** Figure 2: top-5 error against epoch. */
import type { PaperFigure } from '../../../harness/report/paper.js';
import { curvesCsv, curvesOf, drawCurves, countedCurves } from '../../../harness/report/figures/error-curves.js';
import { series } from './series.js';

const title = 'Figure 2: top-5 validation error against epoch';

export const figure2: PaperFigure = {
  table: 'figure2',
  draw: ({ places }) => {
    const curves = curvesOf(places, 'top5ErrorPct', series);
    const shared = { id: 'figure2', title } as const;
    if (curves.length === 0) {
      const reasons = new Set(places.flatMap(({ quantity }) => quantity('top5').notes));
      return { ...shared, svg: null, caption: `Nothing to draw yet. ${[...reasons].join(' ')}` };
    }
    return {
      ...shared,
      svg: drawCurves(curves, title, 'top-5 error %', series.names),
      caption: `Top-5 error in percent of the validation images, after each evaluated epoch; n = ${countedCurves(curves)}. The printed curves have no numbers to draw beside ours.`,
    };
  },
  csv: ({ places }) => curvesCsv(curvesOf(places, 'top5ErrorPct', series), 'top5_error_pct'),
};
