/** What the review of the paper asked, in its order; a question a file. */
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { angles } from './angles.js';
import { descent } from './descent.js';
import { paths } from './paths.js';
import { remainder } from './remainder.js';

export const review: readonly ReviewQuestion[] = [remainder, paths, descent, angles];
