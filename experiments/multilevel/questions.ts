/** What the paper leaves open and what its reviewers ask, the choice made here, and the protocol options that carry it. */
import type { Question } from '../../harness/report/questions.js';

export const questions: readonly Question[] = [
  {
    id: 'M1',
    question: 'What is a copy of a stage’s first block, which changes the shape?',
    options: ['firstCopy'],
    choice:
      'Of the block behind it, where the shapes differ: a copy of a block that computes the same kind of step. The independent baseline does so in every stage.',
  },
  {
    id: 'M2',
    question: 'What becomes of the momentum when a network grows?',
    options: ['growthMomentum'],
    choice: 'It goes with its weight, to the copy too. The independent baseline begins at 0.',
  },
  {
    id: 'M3',
    question: 'Is h before the first branch of a stage as well?',
    options: ['stepSizeOfFirst'],
    choice: 'Yes: the text speaks of all blocks.',
  },
  {
    id: 'M4',
    question: 'Is h a factor of its own, or in the weights?',
    options: ['halving'],
    choice:
      'A constant of its own, as the text has it. The independent baseline has none and multiplies both convolutions of a branch by the root of a half.',
  },
  {
    id: 'M5',
    question: 'Batch normalisation: epsilon, the decay of running averages, and which statistics validate?',
    options: ['batchNorm', 'batchNormEpsilon', 'batchNormEvaluation', 'batchNormDecay', 'batchNormReplicas'],
    choice: 'Running averages, which a copy takes over as it does scale and offset.',
  },
  {
    id: 'M6',
    question: 'How are images normalised and augmented?',
    options: ['whitening', 'cropPadding', 'cropOffsets', 'paddingMode', 'flipProbability'],
    choice: 'As is usual on CIFAR; on STL-10 alike.',
  },
  {
    id: 'M7',
    question: 'Shortcuts where the shape changes, initial weights, what is decayed?',
    options: [],
    choice:
      'Mean of 2 x 2 pixels and channels of zeros, so that the identity has no weights; normal numbers of variance 2 / fan-in; kernels and the classifier’s weights.',
  },
  {
    id: 'M8',
    question: 'How many trainings is a printed error of?',
    options: [],
    choice: 'It is not said; two are averaged here.',
  },
  {
    id: 'M9',
    question: 'A reviewer: how is convergence judged when the number of epochs is fixed?',
    options: [],
    choice:
      'The paper does not judge it, nor is it done here: all arms have the same epochs and the same restarts. The curves show how far each has come at the end of each cycle.',
  },
  {
    id: 'M10',
    question: 'A reviewer: do larger data sets gain more?',
    options: [],
    choice:
      'The three printed data sets cannot tell: they differ in more than their size, and the savings do not differ.',
  },
  {
    id: 'M11',
    question: 'A reviewer: is it the halving of h, or the doubling of the blocks?',
    options: [],
    choice: 'The table arms has both: grown with h halved, and with h kept.',
  },
];
