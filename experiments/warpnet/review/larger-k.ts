/** "The trade-offs of setting K higher." */
import { devicesAt, oursByMetric } from '../../../harness/report/arrange/ours.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { groupBy } from '../../../harness/report/groups.js';
import { pointsFigure } from '../../../harness/report/figures/points.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { isWrn, systemOf } from '../arrange/places.js';
import { differenceOf, errorOf, hasValue, isClear, list, percentText, pointsText, speedUpOf } from './words.js';

const factorOf = ({ entry }: EvaluatedEntry): number => Number(entry.axes?.['K'] ?? NaN);

export const largerKTable = oursByMetric({
  metrics: ['error', 'rs', 'device-memory'],
  judged: ['error', 'rs'],
  block: (place) => (isWrn(place) ? 'K = 1' : `K = ${factorOf(place)}`),
});

const fastest = (places: readonly EvaluatedEntry[]): EvaluatedEntry | undefined =>
  places
    .filter((place) => hasValue(speedUpOf(place)))
    .sort((a, b) => (speedUpOf(b).value ?? 0) - (speedUpOf(a).value ?? 0))[0];

/** Of one network, the layout that saves most, by K. */
function fastestByFactor(places: readonly EvaluatedEntry[], system: string): EvaluatedEntry[] {
  const own = groupBy(
    places.filter((place) => systemOf(place) === system),
    (place) => String(factorOf(place)),
  );
  return [...own.values()].flatMap((members) => fastest(members) ?? []);
}

const onDevices = (place: EvaluatedEntry): string => `${devicesAt(place)} devices`;

export const largerK: ReviewQuestion = {
  table: 'review-larger-k',
  title: 'Larger K',
  question: 'What are the trade-offs of setting K higher than 3: speed, memory and error?',
  asked: 'The review asks for “the trade-offs of setting K higher”; the paper has K = 2 and 3.',
  answer: (places) => {
    const own = fastestByFactor(places, 'WarpNet1');
    const best = fastest(own);
    const widest = own.at(-1);
    if (best === undefined || widest === undefined || own.length < 2) return null;
    const wrn = places.find(isWrn);
    const trained = own.filter((place) => hasValue(errorOf(place)));
    const last = trained.at(-1);
    const parts = own.map(
      (place) => `${percentText(speedUpOf(place))} at K = ${factorOf(place)} on ${onDevices(place)}`,
    );
    const error =
      wrn === undefined || last === undefined || !hasValue(errorOf(wrn))
        ? ''
        : `, while its error at K = ${factorOf(last)} is ${pointsText(differenceOf(errorOf(last), errorOf(wrn)))} from the WRN’s`;
    return `With the layout that saves most, WarpNet1 saves ${list(parts)}${error}: K = ${factorOf(best)} saves most.`;
  },
  remarks: (places) => {
    const wrn = places.find(isWrn);
    if (wrn === undefined || !hasValue(errorOf(wrn))) return [];
    return ['WarpNet1', 'WarpNet2'].flatMap((system) => {
      const trained = [
        ...groupBy(
          places.filter((place) => systemOf(place) === system && hasValue(errorOf(place))),
          (place) => String(factorOf(place)),
        ).values(),
      ].flatMap(([first]) => first ?? []);
      if (trained.length === 0) return [];
      const told = trained.map((place) => {
        const difference = differenceOf(errorOf(place), errorOf(wrn));
        return `K = ${factorOf(place)} ${pointsText(difference)}${isClear(difference) ? '' : ', not told apart'}`;
      });
      return [`Error of ${system} less that of the WRN: ${told.join('; ')}.`];
    });
  },
  figure: ({ places }) =>
    pointsFigure(
      {
        id: 'review-larger-k',
        title: 'Error against relative speed-up, by K',
        caption:
          'Each K with the layout that saves most; errors over validation images, of the networks that this profile trains.',
        axes: ['RS: percent of the WRN’s step time saved', 'error %'],
      },
      ['WRN', 'WarpNet1', 'WarpNet2'].flatMap((series) =>
        fastestByFactor(places, series).map((place) => ({
          name: `K = ${series === 'WRN' ? 1 : factorOf(place)}, ${onDevices(place)}`,
          series,
          x: speedUpOf(place),
          y: errorOf(place),
        })),
      ),
    ),
};
