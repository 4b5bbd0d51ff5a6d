/** "Decoupling the layers in Residual Networks": what the program knows of it. */
import { z } from 'zod';
import type { RowFacts } from '../../harness/plan/paper/row-facts.js';
import { definePaper } from '../../harness/plan/paper/define-paper.js';
import { numerics, options } from './options.js';
import { printed } from './printed.js';
import { chainLayout, systems } from './systems.js';

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
    K: z.int().min(2).max(6).describe('Residual units a warp layer'),
    Nwarp: z.int().min(1).max(100).describe('Warp layers a stage; a WRN has K times Nwarp units'),
    kw: z.int().min(1).max(64).describe('Widening factor'),
  },
  options,
  numerics,
  tables: ['table2', 'table5', 'table3', 'table4', 'figure2', 'width'],
  printed,
  sameSizeBaseline,
});
