/** The harness for papers of one's own: what a paper is, how it is given to the program, and what a network is to it. */
export { main } from './cli/main.js';
export type { CommandEntry, ProgramSurroundings } from './cli/command.js';
export { runWorker } from './run/worker/subprocess.js';
export type { Paper } from './plan/paper/paper.js';
export type { Model } from './model/model.js';
export { Problem, type Place } from './core/problem.js';
