/** Projects the steps of a paper's networks, of which earlier calls have kept some. */
import { join } from 'node:path';
import type { Paper } from '../plan/paper/paper.js';
import { PlaceProjector } from '../project/planned-projection.js';
import type { Surroundings } from '../run/surroundings.js';
import { cacheFolder } from '../setup/native-library.js';

/** Where the sizes of steps are given, nothing is kept of the steps either. */
export const projectorOf = (
  paper: Paper,
  { sizeOf, environment }: Pick<Surroundings, 'sizeOf' | 'environment'>,
): PlaceProjector =>
  new PlaceProjector(paper, sizeOf === undefined ? join(cacheFolder(environment), 'projected-steps') : null);
