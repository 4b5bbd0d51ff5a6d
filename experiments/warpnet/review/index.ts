/** What the review of the paper asked, in its order; a question a file. */
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { angles } from './angles.js';
import { descent } from './descent.js';
import { largerK } from './larger-k.js';
import { paths } from './paths.js';
import { pipeline } from './pipeline.js';
import { plain } from './plain.js';
import { remainder } from './remainder.js';
import { reuse } from './reuse.js';

export const review: readonly ReviewQuestion[] = [pipeline, largerK, reuse, plain, remainder, paths, descent, angles];
