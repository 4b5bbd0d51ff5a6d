/** "There are ways to pipeline execution of the residual blocks." */
import { idealSpeedUp } from '../../../harness/plan/paper/pipeline-notation.js';
import { batchAt, devicesAt, oursByMetric } from '../../../harness/report/arrange/ours.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { overlap } from '../../../harness/core/statistics.js';
import { intervalOf } from '../../../harness/report/evaluate/quantity.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { isWarpNet } from '../arrange/places.js';
import { hasValue, list, percentText, speedUpOf } from './words.js';

type Way = 'data parallelism' | 'pipeline' | 'WarpNet1' | 'one device';

const layoutOf = ({ entry }: EvaluatedEntry): string => entry.layout?.text ?? '';
const microBatchesOf = (place: EvaluatedEntry): number => Number(/^pipeline M=(\d+)/u.exec(layoutOf(place))?.[1] ?? 0);

function wayOf(place: EvaluatedEntry): Way {
  if (isWarpNet(place)) return 'WarpNet1';
  if (microBatchesOf(place) > 0) return 'pipeline';
  return devicesAt(place) > 1 ? 'data parallelism' : 'one device';
}

/** Percent of a step that a balanced pipeline with free links saves. */
function idealPercent(place: EvaluatedEntry): number | null {
  const microBatches = microBatchesOf(place);
  if (microBatches === 0) return null;
  return 100 * (1 - 1 / idealSpeedUp({ microBatches, stages: Array<number>(devicesAt(place)).fill(1) }));
}

export const pipelineTable = oursByMetric({
  metrics: ['rs', 'step-time'],
  judged: ['rs'],
  block: (place) =>
    `Batch ${batchAt(place) ?? ''}, ${devicesAt(place)} ${devicesAt(place) === 1 ? 'device' : 'devices'}`,
  facts: [{ title: 'Ideal (%)', of: (place) => idealPercent(place)?.toFixed(1) ?? '' }],
});

const compared = (places: readonly EvaluatedEntry[]): EvaluatedEntry[] =>
  places.filter((place) => wayOf(place) !== 'one device' && hasValue(speedUpOf(place)));

const fastestFirst = (places: readonly EvaluatedEntry[]): EvaluatedEntry[] =>
  places.toSorted((a, b) => (speedUpOf(b).value ?? 0) - (speedUpOf(a).value ?? 0));

/** The best of each way to use so many devices at a batch; within 1 % the same batch, which data parallelism rounds up. */
function bestOfEach(places: readonly EvaluatedEntry[], devices: number, batch: number): EvaluatedEntry[] {
  const own = compared(places).filter(
    (place) => devicesAt(place) === devices && Math.abs((batchAt(place) ?? 0) / batch - 1) <= 0.01,
  );
  const ways = ['pipeline', 'data parallelism', 'WarpNet1'] as const;
  return ways.flatMap((way) => fastestFirst(own.filter((place) => wayOf(place) === way)).slice(0, 1));
}

const named = (place: EvaluatedEntry): string =>
  wayOf(place) === 'pipeline' ? `a pipeline of ${microBatchesOf(place)} micro-batches` : wayOf(place);

const batchesOf = (places: readonly EvaluatedEntry[]): number[] =>
  [...new Set(places.flatMap((place) => batchAt(place) ?? []))].sort((a, b) => a - b);

/** The way that saves most, or those that intervals do not tell apart. */
function winners(places: readonly EvaluatedEntry[], devices: number, batch: number): string | null {
  const [first, ...others] = fastestFirst(bestOfEach(places, devices, batch));
  if (first === undefined || others.length === 0) return null;
  const alike = others.filter((other) => overlap(intervalOf(speedUpOf(first)), intervalOf(speedUpOf(other))));
  return list([first, ...alike].map(named));
}

export const pipeline: ReviewQuestion = {
  table: 'review-pipeline',
  title: 'Pipelining',
  question:
    'What would pipelining the residual blocks over the same devices save, beside data parallelism and WarpNet?',
  asked:
    'The review: “there are ways to pipeline execution of the residual blocks”. The paper compares with data parallelism alone.',
  answer: (places) => {
    const [batch] = batchesOf(compared(places));
    if (batch === undefined) return null;
    const measured = bestOfEach(places, 2, batch);
    const four = compared(places).find(
      (place) => microBatchesOf(place) === 4 && devicesAt(place) === 2 && batchAt(place) === batch,
    );
    const shown = four === undefined ? measured : [four, ...measured.filter((place) => wayOf(place) !== 'pipeline')];
    if (shown.length < 2) return null;
    const ideal = four === undefined ? '' : ` (the ideal of two stages is ${idealPercent(four)?.toFixed(1) ?? ''} %)`;
    const parts = shown.map((place, index) => {
      const of = index === 0 ? ' of a step of WRN-73-4' : '';
      return `${named(place)} saves ${percentText(speedUpOf(place))}${of}${place === four ? ideal : ''}`;
    });
    return `On two devices at batch ${batch}, ${list(parts)}.`;
  },
  remarks: (places) => {
    const lines = batchesOf(compared(places)).flatMap((batch) =>
      [2, 3, 4].flatMap((devices) => {
        const fastest = winners(places, devices, batch);
        return fastest === null ? [] : [`on ${devices} devices at batch ${batch}: ${fastest}`];
      }),
    );
    return lines.length === 0 ? [] : [`Saves most, or is not told apart from what does: ${lines.join('; ')}.`];
  },
};
