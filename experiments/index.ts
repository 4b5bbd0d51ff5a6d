/** The only list of papers. The first is meant where a command names none. */
import { Papers } from '../harness/plan/paper/papers.js';
import { warpnet } from './warpnet/index.js';

export const papers = new Papers([warpnet]);
