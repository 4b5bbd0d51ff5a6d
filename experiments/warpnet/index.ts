/** "Decoupling the layers in Residual Networks": what the program knows of it. */
import { z } from 'zod';
import type { RowFacts } from '../../harness/plan/paper/row-facts.js';
import { definePaper, type PaperDefinition } from '../../harness/plan/paper/define-paper.js';
import { deviceMemory } from '../../harness/report/metrics/device-memory.js';
import type { Reporting } from '../../harness/report/paper.js';
import { analyses } from './analyses.js';
import { figure2 } from './arrange/figure2.js';
import { fitSection } from './arrange/fit-section.js';
import { readingSentences } from './arrange/readings-conclusions.js';
import { seedSentences } from './arrange/seed-conclusions.js';
import { series } from './arrange/series.js';
import { arrangements, symbols, tableNames } from './arrange/tables.js';
import { claims } from './claims/index.js';
import { hardwareModel } from './fit/hardware-model.js';
import { checkOptions, numerics, options } from './options.js';
import { printed } from './printed.js';
import { review } from './review/index.js';
import { trainingRemarks } from './review/measured.js';
import { questions } from './questions.js';
import { chainLayout, systems } from './systems.js';

/** Tables of what is measured of networks' weights. */
const weightTables = ['review-remainder', 'review-paths', 'review-descent', 'review-angles'];

/** The WRN of the same depth and width on one device (§4). */
const sameSizeBaseline = (row: RowFacts) => ({
  row: { ...row, network: 'WRN' },
  layout: chainLayout(Number(row.axes['K'])),
});

export const warpnet = definePaper({
  id: 'warpnet',
  citation: {
    title: 'Decoupling the layers in Residual Networks',
    authors: ['Ricky Fok', 'Aijun An', 'Zana Rashidi', 'Xiaogang Wang'],
    venue: 'International Conference on Learning Representations (ICLR)',
    year: 2018,
  },
  // Its runs are older than the names of papers.
  identity: {},
  systems,
  axes: {
    K: z.int().min(1).max(12).describe('Residual units a warp layer; 1 for a chain alone'),
    Nwarp: z.int().min(1).max(100).describe('Warp layers a stage; a chain, such as a WRN, has K times Nwarp units'),
    kw: z.int().min(1).max(64).describe('Widening factor'),
  },
  options,
  checkOptions,
  analyses,
  numerics,
  tables: ['table2', 'table5', 'table3', 'table4', 'figure2', 'width'],
  furtherTables: review.map(({ table }) => table),
  printed,
  sameSizeBaseline,
  tableNames,
  arrangements,
  symbols,
  remarks: {
    seeds: seedSentences,
    readings: readingSentences,
    ...Object.fromEntries(weightTables.map((table) => [table, trainingRemarks])),
  },
  claims,
  metrics: [deviceMemory],
  questions,
  review,
  figures: [figure2],
  series,
  // §4: "GPUs", of no model that the paper names (A9).
  timedOn: 'gpu',
  hardwareModel,
  explanation: fitSection,
} satisfies PaperDefinition & Partial<Reporting>);
