/** What the command `fit` left in `reports/fit/`: why the printed speed-ups are what they are. */
import { join } from 'node:path';
import { z } from 'zod';
import { textOf, type Explanation } from '../../../harness/report/explanations.js';

const fitSchema = z.looseObject({
  best: z.looseObject({ name: z.string(), predictedRmsPct: z.number() }),
  account: z.array(
    z.object({
      title: z.string(),
      essential: z.boolean(),
      blocks: z.array(
        z.union([
          z.object({ text: z.string() }),
          z.object({ list: z.array(z.string()) }),
          z.object({ header: z.array(z.string()), rows: z.array(z.array(z.string())) }),
        ]),
      ),
    }),
  ),
});

function parsedFit(text: string): z.infer<typeof fitSchema> | null {
  try {
    return fitSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Null where no fit was made, or its files are torn. @param reports the folder of all reports */
export function fitSection(reports: string): Explanation | null {
  const folder = join(reports, 'fit');
  const text = textOf(join(folder, 'fit.json'));
  const fit = text === null ? null : parsedFit(text);
  if (fit === null) return null;
  const { best, account } = fit;
  const picture = textOf(join(folder, 'fit.svg'));
  return {
    title: 'Why the printed speed-ups are what they are',
    lead: `A simulation of the authors’ machine, fitted to the speed-ups of Table 2 alone and then asked for the others. ${best.name} explains them best: ${best.predictedRmsPct.toFixed(1)} points off (root mean square) where nothing was fitted.`,
    picture:
      picture === null
        ? null
        : {
            source: `data:image/svg+xml;base64,${Buffer.from(picture).toString('base64')}`,
            text: 'Projected against printed speed-ups, and how far off each reading is',
            caption: 'Left: projected against printed RS in percent, a mark a cell. Right: residuals of every reading.',
          },
    sections: account,
  };
}
