/** All papers that the program was given. */
import { Problem } from '../../core/problem.js';
import { allowedNames } from '../yaml/nearest.js';
import type { Paper } from './paper.js';

export class Papers<P extends Paper = Paper> {
  readonly first: P;

  constructor(readonly all: readonly P[]) {
    const [first] = all;
    if (first === undefined) throw new Error('Internal error: no papers');
    const ids = all.map(({ id }) => id);
    if (new Set(ids).size < ids.length || ids.some((id) => !/^[a-z0-9][a-z0-9-]*$/.test(id)))
      throw new Error(`Internal error: papers cannot be called ${ids.join(', ')}`);
    this.first = first;
  }

  has(id: string): boolean {
    return this.all.some((paper) => paper.id === id);
  }

  /** @throws Problem PAPER_UNKNOWN */
  named(id: string): P {
    const paper = this.all.find((candidate) => candidate.id === id);
    if (paper !== undefined) return paper;
    const ids = this.all.map((candidate) => candidate.id);
    throw new Problem('PAPER_UNKNOWN', `There is no paper "${id}"`, allowedNames(id, ids, 'Papers'));
  }
}
