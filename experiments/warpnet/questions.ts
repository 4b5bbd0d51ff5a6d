/** What the paper leaves open (A1-A24), the choice made here, and the protocol options that carry it. */
import type { Question } from '../../harness/report/questions.js';

export const questions: readonly Question[] = [
  {
    id: 'A1',
    question: 'How is the derivative F′ applied to a vector?',
    options: ['derivative'],
    choice:
      'As the literal Jacobian product without BN (R1), or as the released code has it: the 0/1 mask itself, with kernels reversed in width and input channels. The authors’ later PyTorch code reverses height and width (port).',
  },
  {
    id: 'A2',
    question: 'For K = 3, does WarpNet1 add F3′x1 once or twice?',
    options: ['derivativeTerms'],
    choice: 'Once, as the bracket of Table 3 lists it.',
  },
  {
    id: 'A3',
    question: 'What is concatenated to widen the channels between stages?',
    options: ['widening'],
    choice: 'Copies of the tensor itself.',
  },
  {
    id: 'A4',
    question: 'Which terms go to which of two GPUs for K = 2 in Table 5?',
    options: [],
    choice:
      '[F1] [F2, F2′x1], by the pattern of the printed three-GPU layout; the layout is written in the experiment file.',
  },
  {
    id: 'A5',
    question: 'Where are partial results added, and who runs stem and head?',
    options: [],
    choice:
      'The first device runs stem, sums and head; a kernel lives on the first device that needs it and is read from there.',
  },
  {
    id: 'A6',
    question: 'Which optimiser?',
    options: ['momentum', 'nesterov'],
    choice: 'Stochastic gradient descent with momentum.',
  },
  {
    id: 'A7',
    question: 'Which initialisation?',
    options: ['initialisation'],
    choice: 'He normal by fan-in; the released code truncates it.',
  },
  {
    id: 'A8',
    question: 'Kernel size, padding, bias, and how BN is set up?',
    options: ['batchNorm', 'batchNormEpsilon', 'batchNormEvaluation', 'batchNormDecay'],
    choice: '3x3 kernels, same padding, no bias, as the printed parameter counts imply.',
  },
  {
    id: 'A9',
    question: 'On which hardware and software?',
    options: [],
    choice: 'What is here, named beside every RS; timings of different hardware are never mixed.',
  },
  {
    id: 'A10',
    question: 'How were steps timed?',
    options: [],
    choice:
      'Networks take turns in rounds; warm-up left out; the fastest steps count; input pipeline outside the timed span unless asked for.',
  },
  {
    id: 'A11',
    question: 'Which network do the speed-ups for kw 4, 8 and 16 belong to?',
    options: [],
    choice: 'WarpNet1 with 37 layers on CIFAR-10-sized images, on three devices for K = 2 and four for K = 3.',
  },
  {
    id: 'A12',
    question: 'Which error is reported: last, best, or an average?',
    options: ['sampledEvaluation'],
    choice:
      'The last over the whole validation set; the best is in the CSVs, the released code’s sampled figure beside it.',
  },
  {
    id: 'A13',
    question: 'Which padding, flips and whitening?',
    options: ['cropPadding', 'cropOffsets', 'paddingMode', 'flipProbability', 'whitening'],
    choice: 'Random crops of the padded image, horizontal flips, then whitening.',
  },
  {
    id: 'A14',
    question: 'Which augmentation and how many epochs on ImageNet 32x32?',
    options: ['cropPadding', 'flipProbability'],
    choice: 'Crop with padding 4 and flip; 120 epochs, where the axis of Figure 2 ends.',
  },
  {
    id: 'A15',
    question: 'How many GPUs in Table 4?',
    options: [],
    choice: 'Three for K = 2 and four for K = 3; the WRN on one.',
  },
  {
    id: 'A16',
    question: 'What is decayed?',
    options: ['weightDecayScope'],
    choice: 'As the option says; a shared kernel is decayed once.',
  },
  {
    id: 'A17',
    question: 'How does data parallelism treat BN, averaging and the learning rate?',
    options: ['batchNormReplicas'],
    choice: 'The global batch is cut, gradients are averaged on the first device, the learning rate stays.',
  },
  {
    id: 'A18',
    question: 'Does WarpNet2’s derivative device recompute F1 or receive it?',
    options: [],
    choice: 'It receives it; a layout can ask for recomputation.',
  },
  {
    id: 'A19',
    question: 'Is the warp operator used for validation too?',
    options: ['batchNormEvaluation'],
    choice: 'Yes: the same network evaluates.',
  },
  {
    id: 'A20',
    question: 'Does a gradient flow through the mask of F′?',
    options: ['derivative'],
    choice: 'No, as F″ = 0 says.',
  },
  {
    id: 'A21',
    question: 'What error does Table 4 print for WarpNet1-73-4?',
    options: [],
    choice: 'Read as 19.5 with low confidence; shown and never judged.',
  },
  {
    id: 'A22',
    question: 'Was each layout of Table 5 trained anew?',
    options: [],
    choice: 'No: a layout does not change the function, so one training serves all of them.',
  },
  {
    id: 'A23',
    question: 'Which seeds, and what spread?',
    options: [],
    choice: 'Seeds are recorded with each run; spread is shown where several seeds were run.',
  },
  {
    id: 'A24',
    question: 'Which terms are kept for K above 3?',
    options: [],
    choice: 'WarpNet1: each F and each F′x1 once; WarpNet2: every Fj′Fi with i below j.',
  },
];
