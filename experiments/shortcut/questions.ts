/** What could not be learned of the paper, and what is done here. */
import type { Question } from '../../harness/report/questions.js';

const question = (id: string, text: string, choice: string): Question => ({ id, question: text, options: [], choice });

export const questions: readonly Question[] = [
  question(
    'S1',
    'Which success rates does the paper print?',
    'They could not be had. No printed number is shown; what reviews say of Table 1 is tested as claims.',
  ),
  question(
    'S2',
    'Which sizes, rates and numbers of steps does Table 1 use, and what is its input dimension?',
    'A grid of k, r, p and rho; the input dimension is read as p, the inputs of a patch, with k beside it.',
  ),
  question(
    'S3',
    'Where does a start?',
    'Uniformly in the ball of radius |1.a*| / sqrt k, as in the parent paper (Du et al., ICML 2018).',
  ),
  question(
    'S4',
    'How fast does v learn after warm-up?',
    'At rate 1, and a at 1 / rho. During warm-up v has a fiftieth of the rate of a.',
  ),
  question(
    'S5',
    'Does the first layer of the plain network keep length 1?',
    'Yes: it is brought back to length 1 after every step. In weight normalisation it would grow, and its rate shrink.',
  ),
];
