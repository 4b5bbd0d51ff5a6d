/** What the paper leaves open, the choice made here, and the protocol options that carry it. */
import type { Question } from '../../harness/report/questions.js';

export const questions: readonly Question[] = [
  {
    id: 'R1',
    question: 'How often is a branch run in an update?',
    options: ['backward'],
    choice:
      'Twice, as Algorithm 1 allows: what inverting computes is differentiated (4N). The authors’ code runs it three times (5N). Both give the same gradients.',
  },
  {
    id: 'R2',
    question: 'Batch normalisation: epsilon, the decay of running averages, and which statistics validate?',
    options: ['batchNorm', 'batchNormEpsilon', 'batchNormEvaluation', 'batchNormDecay', 'batchNormReplicas'],
    choice: 'Running averages, updated when a unit first runs and never when it is run again.',
  },
  {
    id: 'R3',
    question: 'What becomes of a stage’s first unit, which has no inverse?',
    options: [],
    choice: 'Its input is kept, and it is run again, in every backward pass but the plain one.',
  },
  {
    id: 'R4',
    question: 'How are images normalised?',
    options: ['whitening'],
    choice:
      'The mean of the training images is taken away, pixel by pixel, as the paper says; the authors’ code has the test images in that mean. `per-channel` is the other choice.',
  },
  {
    id: 'R5',
    question: 'How many trainings is a printed error of?',
    options: [],
    choice: 'It is not said; two are averaged here.',
  },
];
