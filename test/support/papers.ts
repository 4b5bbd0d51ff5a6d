/** The papers of the project, as tests hand them to the program. */
import { papers } from '../../experiments/index.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import type { Network } from '../../harness/plan/paper/network.js';
import { storedNetwork } from '../../harness/plan/paper/paper.js';

export { papers };

const warpnet = papers.named('warpnet');
export { warpnet };

/** WarpNet's tables, protocols and profiles, read once for a test file. */
export const warpnetFolder = (): ExperimentFolder => new ExperimentFolder(warpnet);

/** WarpNet's networks by their specification: `{ family: 'wrn', unitsPerStage: 12, kw: 4, classes: 10 }`. */
export const warpnetNetwork = (specification: Readonly<Record<string, string | number>>): Network =>
  storedNetwork(warpnet, specification);
