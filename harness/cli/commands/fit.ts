import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { inProject } from '../../core/project.js';

interface FitArguments {
  readonly 'reports-folder'?: string | undefined;
  readonly quiet: boolean;
}

/** Explains the printed speed-ups and writes `fit/` below the reports folder. @returns exit code 0 */
export async function fit(
  args: FitArguments,
  output: NodeJS.WritableStream = process.stdout,
  messages: NodeJS.WritableStream = process.stderr,
): Promise<number> {
  const [{ explainPrintedSpeedUps, combinationName }, { writeFit }] = await Promise.all([
    import('../../../experiments/warpnet/fit/fit-report.js'),
    import('../../../experiments/warpnet/fit/fit-files.js'),
  ]);
  const report = explainPrintedSpeedUps((what) => {
    if (!args.quiet) messages.write(`fitting: ${what}\n`);
  });
  const paths = writeFit(join(args['reports-folder'] ?? inProject('reports'), 'fit'), report);
  const { best } = report;
  output.write(
    `${combinationName(best)} explains the printed speed-ups best: ${best.fit.rmsPct.toFixed(1)} points on Table 2, ` +
      `${best.predictedRmsPct.toFixed(1)} on what was not fitted (${report.seconds.toFixed(0)} s)\n` +
      paths.map((path) => `${path}\n`).join(''),
  );
  return 0;
}

export const fitCommand: CommandModule<object, FitArguments> = {
  command: 'fit',
  describe: 'Explain the printed speed-ups by a simulation of the authors’ machine',
  builder: (yargs) =>
    yargs
      .option('reports-folder', { type: 'string', describe: 'Where reports are kept (reports/)' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress' }),
  handler: async (args) => {
    process.exitCode = await fit(args);
  },
};
