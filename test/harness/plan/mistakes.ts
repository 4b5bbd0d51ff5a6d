/** A table to make mistakes in, and how they are shown. */
import { loadMatrix } from '../../../harness/plan/matrix/matrix.js';
import { YamlDocument } from '../../../harness/plan/yaml/yaml-document.js';
import { Problem } from '../../../harness/core/problem.js';
import { formatProblem } from '../../../harness/core/problem-format.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';

const folder = warpnetFolder();

export const table = `id: mine
title: Mine
measure: [error, speed-up]
axes:
  dataset: [cifar10]
  K: [2]
  Nwarp: [3, 6]
  kw: [4]
  network: [WarpNet1, WRN]
layouts:
  - { network: WarpNet1, layout: "[F1] [F2, F2'x1]" }
exclude:
  - { Nwarp: 6, what: error, reason: Too deep. }
`;

export function rendered(text: string): string {
  try {
    loadMatrix(warpnet, YamlDocument.parse(text, 'my.yaml'), folder);
  } catch (error) {
    if (error instanceof Problem) return `\n${formatProblem(error)}\n`;
    throw error;
  }
  return 'accepted';
}

export const changed = (from: string | RegExp, to: string): string => {
  const text = table.replace(from, to);
  if (text === table) throw new Error(`"${String(from)}" is not in the table`);
  return rendered(text);
};
