/** "Towards Understanding the Importance of Shortcut Connections in Residual Networks": what the program knows of it. */
import { definePaper, type PaperDefinition } from '../../harness/plan/paper/define-paper.js';
import type { Reporting } from '../../harness/report/paper.js';
import { phase } from './arrange/phase.js';
import { arrangements, endings } from './arrange/tables.js';
import { claims } from './claims.js';
import { problems } from './problems.js';
import { questions } from './questions.js';

const tables = ['plain', 'dimension', 'shortcut', 'angles', 'phase', 'sampled'] as const;

export const shortcut = definePaper({
  id: 'shortcut',
  citation: {
    title: 'Towards Understanding the Importance of Shortcut Connections in Residual Networks',
    authors: ['Tianyi Liu', 'Minshuo Chen', 'Mo Zhou', 'Simon S. Du', 'Enlu Zhou', 'Tuo Zhao'],
    venue: 'Advances in Neural Information Processing Systems (NeurIPS)',
    year: 2019,
  },
  systems: [],
  problems,
  tables,
  // The printed success rates could not be had (facts.md, "What is not known").
  printed: () => ({ file: 'experiments/shortcut/facts.md', rows: new Map() }),
  arrangements,
  remarks: Object.fromEntries(tables.map((table) => [table, endings])),
  claims,
  questions,
  figures: [phase],
} satisfies PaperDefinition & Partial<Reporting>);
