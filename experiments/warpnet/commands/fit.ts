/** `fit`: which hardware and which reading of F' explain the printed speed-ups. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../../harness/cli/command.js';
import { pick } from '../../../harness/cli/options/options.js';
import { exitCodes } from '../../../harness/core/exit-codes.js';
import { inProject } from '../../../harness/core/project.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { fitFigure } from '../fit/fit-figure.js';
import { writeFit } from '../fit/fit-files.js';
import { combinationName, explainPrintedSpeedUps } from '../fit/fit-report.js';
import { storedFit } from '../fit/fit-to-store.js';
import { storedFigureFile, storedFitFile } from '../fit/stored-fit.js';
import { warpnet } from '../index.js';

/** Writes `fit/` below the reports folder. */
export const fitCommand = command({
  positionals: {},
  options: {
    ...pick('reports-folder'),
    quiet: { type: 'boolean', default: false, describe: 'No progress' },
    store: { type: 'boolean', default: false, describe: 'Keep it as what reports judge by (experiments/warpnet/)' },
  },
  run: (args, { output, messages }) => {
    const folder = new ExperimentFolder(warpnet);
    const report = explainPrintedSpeedUps(
      (name) => folder.protocol(name),
      (what) => {
        if (!args.quiet) messages.write(`fitting: ${what}\n`);
      },
    );
    const paths = writeFit(join(args.reportsFolder ?? inProject('reports'), 'fit'), report);
    if (args.store) {
      const day = new Date().toISOString().slice(0, 10);
      writeFileSync(inProject(storedFitFile), `${JSON.stringify(storedFit(report, day), null, 1)}\n`);
      writeFileSync(inProject(storedFigureFile), fitFigure(report));
      paths.push(inProject(storedFitFile), inProject(storedFigureFile));
    }
    const { best } = report;
    output.write(
      `${combinationName(best)} explains the printed speed-ups best: ${best.fit.rmsPct.toFixed(1)} points on Table 2, ` +
        `${best.predictedRmsPct.toFixed(1)} on what was not fitted (${report.seconds.toFixed(0)} s)\n` +
        paths.map((path) => `${path}\n`).join(''),
    );
    return exitCodes.done;
  },
});
