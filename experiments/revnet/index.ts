/** "The Reversible Residual Network": what the program knows of it. */
import { definePaper, type PaperDefinition } from '../../harness/plan/paper/define-paper.js';
import type { RowFacts } from '../../harness/plan/paper/row-facts.js';
import { byMetric } from '../../harness/report/arrange/by-metric.js';
import type { Reporting } from '../../harness/report/paper.js';
import { options } from './options.js';
import { printed } from './printed.js';
import { questions } from './questions.js';
import { depth, systems } from './systems.js';

/** The ResNet with as many branches; for RevNet-38 the paper compares with ResNet-32. */
const sameSizeBaseline = (row: RowFacts) => ({
  row: { ...row, network: 'ResNet', axes: { depth: row.axes['depth'] === 38 ? 32 : Number(row.axes['depth']) } },
  layout: '[all]',
});

export const revnet = definePaper({
  id: 'revnet',
  citation: {
    title: 'The Reversible Residual Network: Backpropagation Without Storing Activations',
    authors: ['Aidan N. Gomez', 'Mengye Ren', 'Raquel Urtasun', 'Roger B. Grosse'],
    venue: 'Advances in Neural Information Processing Systems (NIPS)',
    year: 2017,
  },
  systems,
  axes: { depth },
  options,
  tables: ['table2', 'table3', 'memory'],
  printed,
  sameSizeBaseline,
  tableNames: { table2: 'Table 2', table3: 'Table 3' },
  arrangements: {
    table2: byMetric(['parameters']),
    table3: byMetric(['error']),
    memory: byMetric(['step-time', 'rs']),
  },
  questions,
} satisfies PaperDefinition & Partial<Reporting>);
