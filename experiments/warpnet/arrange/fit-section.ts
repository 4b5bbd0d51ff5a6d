/** The stored fit as a section of the report: why the printed speed-ups are what they are. */
import { readFileSync } from 'node:fs';
import { inProject } from '../../../harness/core/project.js';
import type { Explanation } from '../../../harness/report/explanations.js';
import { parseStoredFit, storedFigureFile, storedFitFile } from '../fit/stored-fit.js';

export function fitSection(): Explanation {
  const { best, account, fittedOn, command } = parseStoredFit(readFileSync(inProject(storedFitFile), 'utf8'));
  const picture = readFileSync(inProject(storedFigureFile));
  return {
    title: 'Why the printed speed-ups are what they are',
    lead: `A simulation of the authors’ machine, fitted on ${fittedOn} to the speed-ups of Table 2 alone and then asked for the others (${command} makes it again). ${best.name} explains them best: ${best.predictedRmsPct.toFixed(1)} points off (root mean square) where nothing was fitted.`,
    picture: {
      source: `data:image/svg+xml;base64,${picture.toString('base64')}`,
      text: 'Projected against printed speed-ups, and how far off each reading is',
      caption: 'Left: projected against printed RS in percent, a mark a cell. Right: residuals of every reading.',
    },
    sections: account,
  };
}
