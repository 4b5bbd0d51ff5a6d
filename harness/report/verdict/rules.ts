/** The rules of verdicts, each with the sentence that reports print of it. They are tried from the top; the first that holds decides. */
import { armOf, differenceDigits, valueWithArm } from '../evaluate/digits.js';
import { intervalOf, isUnchecked, type Hardware, type Provenance, type Quantity } from '../evaluate/quantity.js';
import { datasetFacts, type DatasetName } from '../../plan/dataset-facts.js';
import { reductionText } from '../words.js';
import { reasonSentences, type ReasonCode, type VerdictOutcome } from './vocabulary.js';

/** What the rules ask beyond the number itself. */
export interface Circumstances {
  /** The paper's data set; null for what has none. */
  readonly dataset: DatasetName | null;
  /** The kind of hardware that the paper timed on; null where it timed nothing. */
  readonly printedOn: Hardware['kind'] | null;
  /** Distance up to which numbers agree, and the longest arm that is judged, in the metric's unit. */
  readonly tolerance: number;
  readonly widest: number;
}

export interface VerdictRule {
  readonly id: string;
  readonly outcome: VerdictOutcome;
  /** When it applies; reports print it. */
  readonly applies: string;
  holds(ours: Quantity, where: Circumstances): boolean;
  /** The code of what is not judged; null for what is. */
  code(ours: Quantity): ReasonCode | null;
  /** One sentence on this number. */
  reason(ours: Quantity, where: Circumstances): string;
}

const notJudged = (code: ReasonCode, applies: string, holds: VerdictRule['holds']): VerdictRule => ({
  id: code,
  outcome: 'not judged',
  applies,
  holds,
  code: () => code,
  reason: () => reasonSentences[code],
});

/** How far the printed number lies outside our interval; 0 inside, infinite without a number of ours. */
export function distance(ours: Quantity, printed: number): number {
  if (ours.value === null) return Infinity;
  const { low, high } = intervalOf(ours);
  return Math.max(0, low - printed, printed - high);
}

/** Before the name of the hardware. */
const origins: Readonly<Record<Provenance, string>> = {
  measured: 'measured on',
  projected: 'projected from op times of',
  modelled: 'modelled for',
  cited: 'printed of',
  'not-run': 'not run on',
};

const isWithin = (ours: Quantity, tolerance: number): boolean =>
  ours.printed !== null && distance(ours, ours.printed.value) <= tolerance;

/** `14.0 ± 0.7 against 4.92 (+9.1 points, worse); measured on …` */
function comparison(ours: Quantity, differs: boolean): string {
  const { metric, hardware, printed, value } = ours;
  if (value === null || printed === null) return '';
  const gap = value - printed.value;
  const better = metric.better === 'lower' ? gap < 0 : gap > 0;
  const side = !differs || metric.better === 'equal' ? '' : better ? ', better' : ', worse';
  const amount = differenceDigits({ ...ours, difference: gap }) ?? '';
  const unit = metric.unit === 'percent' ? ' points' : '';
  const machine = hardware === null ? '' : `; ${origins[ours.provenance]} ${hardware.model}`;
  return `${valueWithArm(ours) ?? ''} against ${printed.text} (${amount}${unit}${side})${machine}`;
}

/** What was less than the paper's. */
function reduced({ standIn, reductions }: Quantity, { dataset }: Circumstances): string {
  const other =
    standIn === null || dataset === null
      ? []
      : [`${datasetFacts[standIn].title} in place of ${datasetFacts[dataset].title}`];
  return [...other, ...reductions.map(reductionText)].join('; ');
}

export const verdictRules: readonly VerdictRule[] = [
  {
    id: 'no-number',
    outcome: 'not judged',
    applies: 'There is no number of ours; the reason is that of its absence.',
    holds: ({ value }) => value === null,
    code: ({ absence }) => absence ?? 'not-run-yet',
    reason: ({ absence }) => reasonSentences[absence ?? 'not-run-yet'],
  },
  notJudged('not-printed', 'The paper prints no number here.', ({ printed }) => printed === null),
  notJudged(
    'by-definition',
    'The row is its own baseline, so that its RS is 0 by definition.',
    ({ byDefinition }) => byDefinition,
  ),
  notJudged(
    'printed-digits-doubtful',
    'The printed digits are damaged in the text that they were read from, or their reading rests on what they are compared with.',
    ({ printed }) => printed?.lowConfidence ?? false,
  ),
  {
    id: 'reduced-scale',
    outcome: 'reduced scale',
    applies:
      'The number is of a smaller network, less data or a shorter training than the paper’s, or of another data set.',
    holds: ({ standIn, reductions }) => standIn !== null || reductions.length > 0,
    code: () => null,
    reason: reduced,
  },
  notJudged(
    'other-hardware',
    'The number depends on hardware, and ours is of another kind than the paper’s: only GPUs compare with GPUs.',
    ({ hardware }, { printedOn }) => hardware !== null && printedOn !== null && hardware.kind !== printedOn,
  ),
  notJudged(
    'projections-unchecked',
    'The number is projected on a machine where projections were never checked against measurements.',
    isUnchecked,
  ),
  notJudged(
    'interval-too-wide',
    'The longer arm of our 95 % interval exceeds the widest that is judged.',
    ({ value, interval }, { widest }) => value !== null && interval !== null && armOf(value, interval) > widest,
  ),
  {
    id: 'fitted-to-it',
    outcome: 'not judged',
    applies:
      'The number is that of a model of the paper’s hardware, the model was fitted to the printed number, and they agree. Where even so they do not, the rules below decide.',
    holds: (ours, { tolerance }) => ours.fitted && isWithin(ours, tolerance),
    code: () => 'fitted-to-it',
    reason: (ours) => comparison(ours, false),
  },
  {
    id: 'agrees-modelled',
    outcome: 'reproduced on modelled hardware',
    applies:
      'The number is that of a model of the paper’s hardware, and the printed one lies inside its 95 % interval, widened by the tolerance on both sides.',
    holds: (ours, { tolerance }) => ours.provenance === 'modelled' && isWithin(ours, tolerance),
    code: () => null,
    reason: (ours) => comparison(ours, false),
  },
  {
    id: 'agrees',
    outcome: 'reproduced',
    applies: 'The printed number lies inside our 95 % interval, widened by the tolerance on both sides.',
    holds: (ours, { tolerance }) => isWithin(ours, tolerance),
    code: () => null,
    reason: (ours) => comparison(ours, false),
  },
  {
    id: 'differs',
    outcome: 'not reproduced',
    applies: 'Everything else; a number far better than printed is not the printed number either.',
    holds: () => true,
    code: () => null,
    reason: (ours) => comparison(ours, true),
  },
];
