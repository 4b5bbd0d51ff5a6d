/** "Are gradients being re-used intelligently as suggested in Section 3?" */
import { devicesAt, oursByMetric } from '../../../harness/report/arrange/ours.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { pointsFigure } from '../../../harness/report/figures/points.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { isWrn } from '../arrange/places.js';
import { differenceOf, errorOf, hasValue, isClear, list, pointsText, speedUpOf, type Difference } from './words.js';

export const reuseTable = oursByMetric({ metrics: ['error', 'rs', 'step-time'], judged: ['error', 'rs'] });

/** Names of the table's protocols. */
const without = 'no re-use';
const withReuse = 're-use';

interface Pair {
  readonly plain: EvaluatedEntry;
  readonly reusing: EvaluatedEntry;
}

const pairsOf = (places: readonly EvaluatedEntry[]): Pair[] =>
  places.flatMap((plain) => {
    if (plain.entry.protocol !== without || isWrn(plain)) return [];
    const reusing = places.find(
      ({ entry }) =>
        entry.protocol === withReuse &&
        entry.label === plain.entry.label &&
        entry.layout?.text === plain.entry.layout?.text,
    );
    return reusing === undefined ? [] : [{ plain, reusing }];
  });

const nameOf = ({ plain: { entry } }: Pair): string => `${entry.label} (K = ${String(entry.axes?.['K'] ?? '')})`;

function told(difference: Difference): string {
  const text = pointsText(difference);
  if (isClear(difference)) return text;
  return text.endsWith(')') ? `${text.slice(0, -1)}; not told from 0)` : `${text} (not told from 0)`;
}

const gainOf = ({ plain, reusing }: Pair): Difference => differenceOf(speedUpOf(reusing), speedUpOf(plain));
const costOf = ({ plain, reusing }: Pair): Difference => differenceOf(errorOf(reusing), errorOf(plain));

export const reuse: ReviewQuestion = {
  table: 'review-reuse',
  title: 'Re-use of gradients',
  question: 'What would re-using the gradients of the derivative terms, as Section 3 suggests, save and cost?',
  asked:
    'The review: “are gradients being re-used intelligently as suggested in Section 3?” Section 4 says that they are not.',
  answer: (places) => {
    const pairs = pairsOf(places);
    const timed = pairs.filter(({ plain, reusing }) => hasValue(speedUpOf(plain)) && hasValue(speedUpOf(reusing)));
    const trained = pairs.filter(({ plain, reusing }) => hasValue(errorOf(plain)) && hasValue(errorOf(reusing)));
    if (timed.length === 0) return null;
    const gains = timed.map((pair) => `${told(gainOf(pair))} for ${nameOf(pair)} on ${devicesAt(pair.plain)} devices`);
    // A network has one error on any number of devices.
    const costs = [...new Set(trained.map((pair) => `${told(costOf(pair))} for ${nameOf(pair)}`))];
    return `Re-use adds to RS ${list(gains)}${costs.length === 0 ? '' : `, and to the error ${list(costs)}`}.`;
  },
  remarks: () => [
    'Of the graph of a step one convolution falls away for each unit that re-uses: the input gradient of its branch’s first convolution. The second one stays, since the first kernel’s own gradient is made from it. Units that re-use are all but the first of a WarpNet1 layer and the last of a WarpNet2 layer: what arrives at other outputs is not what arrives at their derivative.',
    'Without re-use, automatic differentiation already applies the transposed derivative of a branch once, to the sum of what arrives at its output. Under the derivative of the authors’ codes no gradient reaches x1, and there is nothing to re-use.',
    'By how many degrees re-use turns the gradient of the kernels stands under “Do gradients decouple?”, where gradients of networks with the same weights are compared.',
  ],
  figure: ({ places }) =>
    pointsFigure(
      {
        id: 'review-reuse',
        title: 'Error against relative speed-up, without and with re-use of gradients',
        caption: 'Errors over seeds, of the networks that this profile trains; speed-ups of the printed networks.',
        axes: ['RS: percent of the WRN’s step time saved', 'error %'],
      },
      pairsOf(places).flatMap((pair) => [
        { name: nameOf(pair), series: without, x: speedUpOf(pair.plain), y: errorOf(pair.plain) },
        { name: nameOf(pair), series: withReuse, x: speedUpOf(pair.reusing), y: errorOf(pair.reusing) },
      ]),
    ),
};
