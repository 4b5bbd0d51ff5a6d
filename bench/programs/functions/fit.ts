/** `fit` through the engine against `fit` of eager tfjs-node-gpu, in turns: with oneDNN on for both, and as it is installed. */
import { fileURLToPath } from 'node:url';
import { compare } from '../../compare.js';
import { entriesOf } from '../../entries.js';
import { layersWorkloads } from './models.js';
import { printFigure, quick } from '../print-figure.js';

const program = fileURLToPath(new URL('epoch.js', import.meta.url));
const benchmark = 'layers-fit';

for (const [name, { batch, examples }] of Object.entries(layersWorkloads)) {
  const count = String(quick ? 2 * batch : examples);
  const contestant = (how: string, title: string, ...environment: string[]) => ({
    name: title,
    command: (workload: string) => ['env', ...environment, process.execPath, program, workload, how, count],
  });
  const contestants = [
    contestant('traced', 'traced'),
    contestant('eager', 'tfjs-node-gpu, eager, oneDNN', 'TF_ENABLE_ONEDNN_OPTS=1'),
    contestant('eager', 'tfjs-node-gpu, eager, as installed', '-u', 'TF_ENABLE_ONEDNN_OPTS'),
  ];
  const outcomes = await compare(contestants, name, { rounds: quick ? 2 : 8, stepsPerRound: 1 }, () => undefined);
  const { entries, notMeasured } = entriesOf(benchmark, name, batch, outcomes);
  for (const { reason, peer } of notMeasured) throw new Error(`${peer} could not be measured: ${reason}`);
  for (const { agreement, ...entry } of entries) {
    const gap = Math.max(agreement.firstLoss ?? Infinity, agreement.laterLosses ?? Infinity);
    printFigure({
      ...entry,
      what: `time of an epoch of fit (${count} examples), over that of ${entry.peer}; losses differ by ${gap.toExponential(0)}`,
      measured: entry.ratioTime ?? Number.NaN,
      unit: 'of its time',
      goal: 0.5,
    });
  }
}
