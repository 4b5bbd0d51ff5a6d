/** "How much of this would generalise to non-resnet settings?" */
import { oursByMetric } from '../../../harness/report/arrange/ours.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { intervalsFigure } from '../../../harness/report/figures/intervals.js';
import { groupBy } from '../../../harness/report/groups.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { depthOf, systemOf } from '../arrange/places.js';
import { differenceOf, errorOf, hasValue, isClear, list, percentText, pointsText } from './words.js';

export const plainTable = oursByMetric({
  metrics: ['error', 'loss'],
  judged: ['error'],
  block: (place) => `n = ${depthOf(place)}`,
  layouts: false,
});

/** Layers of the network that was really trained. */
const trainedDepth = ({ entry: { error } }: EvaluatedEntry): string =>
  error.skipped ? '' : String(error.network.facts['depth'] ?? '');

const byDepth = (places: readonly EvaluatedEntry[]): (readonly EvaluatedEntry[])[] => [
  ...groupBy(
    places.filter((place) => hasValue(errorOf(place))),
    trainedDepth,
  ).values(),
];

const named = (places: readonly EvaluatedEntry[], system: string): EvaluatedEntry | undefined =>
  places.find((place) => systemOf(place) === system);

/** The error of a network less that of another, of one depth. */
function against(places: readonly EvaluatedEntry[], system: string, than: string): string | null {
  const [own, other] = [named(places, system), named(places, than)];
  if (own === undefined || other === undefined) return null;
  const difference = differenceOf(errorOf(own), errorOf(other));
  return `${pointsText(difference)}${isClear(difference) ? '' : ', not told apart'}`;
}

export const plain: ReviewQuestion = {
  table: 'review-plain',
  title: 'Networks without skips',
  question: 'How much of this would generalise to networks that are no residual networks?',
  asked:
    'The review: “how much of this would generalise to non-resnet settings?” The paper has residual networks only.',
  answer: (places) => {
    const parts = byDepth(places).flatMap((own) => {
      const [first] = own;
      const expansion = named(own, 'plain-warp');
      const gap = against(own, 'plain-warp', 'plain');
      const warp = against(own, 'WarpNet2', 'WRN');
      if (first === undefined || expansion === undefined || gap === null || warp === null) return [];
      return [
        `with ${trainedDepth(first)} layers the expansion without skips has an error of ${percentText(errorOf(expansion))}, ${gap} from the plain network’s, where WarpNet2 is ${warp} from its WRN’s`,
      ];
    });
    return parts.length === 0 ? null : `After this training, ${list(parts)}.`;
  },
  remarks: (places) => {
    const lines = byDepth(places).flatMap((own) => {
      const gap = against(own, 'plain', 'WRN');
      const [first] = own;
      return gap === null || first === undefined ? [] : [`with ${trainedDepth(first)} layers ${gap}`];
    });
    return lines.length === 0
      ? []
      : [`What leaving out the skips costs itself, the plain network’s error less the WRN’s: ${list(lines)}.`];
  },
  figure: ({ places }) =>
    intervalsFigure(
      {
        id: 'review-plain',
        title: 'Errors with and without skips',
        caption: 'Errors of the networks that this profile trains, n layers each.',
        axis: 'error %',
      },
      byDepth(places).flatMap((own) =>
        own.map((place) => ({
          name: `${systemOf(place) ?? ''}, n = ${trainedDepth(place)}`,
          series: systemOf(place) ?? '',
          quantity: errorOf(place),
        })),
      ),
    ),
};
