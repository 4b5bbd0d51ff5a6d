/** "The Reversible Residual Network": what the program knows of it. */
import { definePaper, type PaperDefinition } from '../../harness/plan/paper/define-paper.js';
import type { RowFacts } from '../../harness/plan/paper/row-facts.js';
import type { Reporting } from '../../harness/report/paper.js';
import { byDataset } from './arrange/by-dataset.js';
import { figure4, figure4Arrangement, figure4Remarks } from './arrange/figure4.js';
import { angleRunsOf } from './arrange/gradient-angle.js';
import { memoryArrangement, memoryRemarks } from './arrange/memory.js';
import { memoryFigure } from './arrange/memory-figure.js';
import { claims } from './claims.js';
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
  tables: ['table2', 'table3', 'table4', 'memory', 'figure4'],
  printed,
  sameSizeBaseline,
  tableNames: {
    table2: 'Table 2',
    table3: 'Table 3',
    table4: 'Table 4',
    memory: 'Table 1 as measured',
    figure4: 'Figure 4, left',
  },
  arrangements: {
    table2: byDataset('parameters', { counted: true }),
    table3: byDataset('error'),
    table4: byDataset('error'),
    memory: memoryArrangement,
    figure4: figure4Arrangement,
  },
  remarks: {
    memory: memoryRemarks,
    figure4: (places) => figure4Remarks(angleRunsOf(places)),
  },
  figures: [memoryFigure, figure4],
  claims,
  questions,
} satisfies PaperDefinition & Partial<Reporting>);
