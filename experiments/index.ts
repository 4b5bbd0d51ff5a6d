/** The only list of papers. The first is meant where a command names none. */
import { Papers } from '../harness/plan/paper/papers.js';
import type { ReportedPaper } from '../harness/report/paper.js';
import { multilevel } from './multilevel/index.js';
import { revnet } from './revnet/index.js';
import { shortcut } from './shortcut/index.js';
import { warpnet } from './warpnet/index.js';

export const papers = new Papers<ReportedPaper>([warpnet, revnet, multilevel, shortcut]);
