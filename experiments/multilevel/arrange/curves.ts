/** The error through training: where a network grows, the error before and after it at the same epoch. */
import { countedCurves, curvesCsv, curvesOf, drawCurves } from '../../../harness/report/figures/error-curves.js';
import type { PaperFigure } from '../../../harness/report/paper.js';
import { series } from './series.js';

const title = 'Validation error through training';

export const curves: PaperFigure = {
  table: 'curves',
  draw: ({ places }) => {
    const drawn = curvesOf(places, 'errorPct', series);
    const shared = { id: 'curves', title } as const;
    if (drawn.length === 0) {
      const reasons = new Set(places.flatMap(({ quantity }) => quantity('error').notes));
      return { ...shared, svg: null, caption: `Nothing to draw yet. ${[...reasons].join(' ')}` };
    }
    return {
      ...shared,
      svg: drawCurves(drawn, title, 'error %', series.names),
      caption: `Error in percent of the validation images; n = ${countedCurves(drawn)}. A network that grows is evaluated twice at that step: a vertical stretch is what growing itself does to the error. The learning rate begins anew there, in all networks alike. The printed curves have no numbers to draw beside ours.`,
    };
  },
  csv: ({ places }) => curvesCsv(curvesOf(places, 'errorPct', series), 'error_pct'),
};
