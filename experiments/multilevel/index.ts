/** "Multi-level Residual Networks from Dynamical Systems View": what the program knows of it. */
import { definePaper, type PaperDefinition } from '../../harness/plan/paper/define-paper.js';
import type { RowFacts } from '../../harness/plan/paper/row-facts.js';
import type { Reporting } from '../../harness/report/paper.js';
import { byMetric } from '../../harness/report/arrange/by-metric.js';
import { branches } from './arrange/branches.js';
import { curves } from './arrange/curves.js';
import { series } from './arrange/series.js';
import { trainingRemarks, trainingTable } from './arrange/training-table.js';
import { claims } from './claims.js';
import { metrics } from './metrics.js';
import { options } from './options.js';
import { printed } from './printed.js';
import { questions } from './questions.js';
import { axes, systems } from './systems.js';

/** The network of the same depth that is trained from the start; nothing is saved by that itself. */
const timeReference = (row: RowFacts): RowFacts | null => {
  const { firstBlocks, blocks } = row.axes;
  if (blocks === undefined || firstBlocks === blocks) return null;
  return { ...row, axes: { ...row.axes, firstBlocks: blocks, stepSize: 'kept' } };
};

export const multilevel = definePaper({
  id: 'multilevel',
  citation: {
    title: 'Multi-level Residual Networks from Dynamical Systems View',
    authors: ['Bo Chang', 'Lili Meng', 'Eldad Haber', 'Frederick Tung', 'David Begert'],
    venue: 'International Conference on Learning Representations (ICLR)',
    year: 2018,
  },
  systems,
  axes,
  options,
  tables: ['networks', 'arms', 'curves', 'branches'],
  printed,
  timeReference,
  timedOn: 'gpu',
  arrangements: {
    networks: trainingTable,
    arms: trainingTable,
    curves: byMetric(['error']),
    branches: byMetric(['error']),
    independent: trainingTable,
  },
  remarks: { networks: trainingRemarks, arms: trainingRemarks },
  claims,
  questions,
  figures: [curves, branches],
  series,
  metrics,
  rules: 'experiments/multilevel/verdicts.yaml',
} satisfies PaperDefinition & Partial<Reporting>);
