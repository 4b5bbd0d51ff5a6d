/** "Do gradients decouple?" The angle between the gradients of a WRN and of its warped versions, unit by unit. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { intervalOf, type MetricFacts, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import { drawPanels, type Panel } from '../../../harness/report/figures/panels.js';
import { overlap } from '../../../harness/core/statistics.js';
import { head, numbers, type Block, type Column } from '../../../harness/report/model.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { cellOf, inWords, lastStep, measuredPlaces, placesOf, stepsOf, stepTitle, variantsOf } from './measured.js';
import { numbersCsv, type ListedNumber } from './numbers-csv.js';
import { deepest } from './remainder.js';

/** As `gradient-angles.ts` calls it, which imports tfjs. */
const reuseAngle = 'reuse-angle';

const angleMetric: MetricFacts = {
  id: 'angle',
  title: 'Angle (degrees)',
  short: 'angle °',
  plural: 'Angles',
  unit: 'degrees',
  sign: '',
  better: 'lower',
  decimals: { usual: 1, most: 1 },
  sample: ['batch', 'batches'],
  summarised: false,
};

export const anotherBatch = 'WRN, another batch';

/** Of one unit, or the mean over all. */
export const angleOf = (place: EvaluatedEntry, variant: string, step: number, unit?: string): Quantity =>
  cellOf(place, angleMetric, {
    quantity: 'angle',
    variant,
    step,
    ...(unit === undefined ? {} : { at: (candidate: string) => candidate === unit }),
  });

export const anglesTable: Arrange = ({ places }) => {
  const steps = [...new Set(measuredPlaces(places).flatMap(stepsOf))].sort((a, b) => a - b);
  const shown = steps.length === 0 ? [0] : steps;
  const stages = [1, 2, 3];
  const last = shown.slice(-1);
  const groups = [null, ...stages].map((stage) => ({ stage, steps: stage === null ? shown : last }));
  const columns = groups.flatMap(({ stage, steps: own }) =>
    own.map((step): Column => ({
      group: stage === null ? 'Mean over all units' : `Stage ${stage}`,
      label: stepTitle(step),
      protocol: null,
    })),
  );
  const listed: ListedNumber[] = [];
  const blocks = places.map((place): Block => {
    const { label } = place.entry;
    const variants = variantsOf(place, 'angle');
    const rows = (variants.length === 0 ? [''] : variants).map((variant) => ({
      heads: [head(variant === '' ? 'All networks' : variant)],
      cells: groups.flatMap(({ stage, steps: own }) =>
        own.map((step) =>
          numbers(
            cellOf(place, angleMetric, {
              quantity: 'angle',
              variant,
              step,
              at: (unit) => stage === null || unit.startsWith(`stage${stage}/`),
            }),
          ),
        ),
      ),
    }));
    for (const variant of variants)
      for (const unit of placesOf(place, 'angle'))
        for (const step of shown) {
          const quantity = angleOf(place, variant, step, unit);
          listed.push({ network: label, where: unit, what: variant, variant: 'training', step, quantity });
        }
    return { title: `${label} against`, rows };
  });
  return {
    heads: ['Network with the same weights'],
    columns,
    blocks,
    metrics: [],
    bold: false,
    csv: numbersCsv(listed),
  };
};

/** The networks that an answer names: the paper's text, the code behind its numbers, and the theorem. */
const told = (place: EvaluatedEntry): string[] =>
  variantsOf(place, 'angle').filter((variant) => variant !== anotherBatch && variant.includes('K = 2'));

/** Clearly larger, clearly smaller, or neither. */
export function change(after: Quantity, before: Quantity): 'smaller' | 'larger' | 'not told apart' {
  if (after.value === null || before.value === null || overlap(intervalOf(after), intervalOf(before)))
    return 'not told apart';
  return after.value < before.value ? 'smaller' : 'larger';
}

const degrees = (cell: Quantity): string => `${inWords(cell)}°`;

/** How far re-use of gradients turns what a warped network learns from a batch. */
function reuseRemark(place: EvaluatedEntry, step: number): string[] {
  const variants = variantsOf(place, reuseAngle);
  if (variants.length === 0) return [];
  const turned = (variant: string, at: number): string =>
    degrees(cellOf(place, angleMetric, { quantity: reuseAngle, variant, step: at }));
  const parts = variants.map((variant) => `${variant}: ${turned(variant, step)} (${turned(variant, 0)} untrained)`);
  return [`Re-use of gradients turns the gradient of a unit’s kernels by, on average over units, ${parts.join('; ')}.`];
}

export const angles: ReviewQuestion = {
  table: 'review-angles',
  title: 'Do gradients decouple?',
  question:
    'Are the gradients of a WarpNet those of the residual network whose weights it has, and do they come closer in training?',
  asked:
    'Section 3.2 updates the units of a layer independently, and the text expects their gradients to decouple near a minimum; the review asks for evidence.',
  answer: (places) => {
    const place = deepest(places);
    const step = place && lastStep(place);
    if (place === undefined || step === undefined) return null;
    const variants = told(place);
    const changes = variants.map((variant) => change(angleOf(place, variant, step), angleOf(place, variant, 0)));
    const smaller = changes.filter((one) => one === 'smaller').length;
    const larger = changes.filter((one) => one === 'larger').length;
    const parts = variants.map(
      (variant) =>
        `${degrees(angleOf(place, variant, step))} for ${variant.replace(', K = 2', '')} (${degrees(angleOf(place, variant, 0))} untrained)`,
    );
    return `Between the gradients of a ${place.entry.label} after ${stepTitle(step)} and of its versions of K = 2 with the same weights there are on average ${parts.join(', ')}; two batches of the WRN itself are ${degrees(angleOf(place, anotherBatch, step))} apart (${degrees(angleOf(place, anotherBatch, 0))} untrained): with training the angle becomes smaller in ${smaller} of ${variants.length} versions and larger in ${larger}.`;
  },
  remarks: (places) => {
    const place = deepest(places);
    const step = place && lastStep(place);
    if (place === undefined || step === undefined) return [];
    const units = placesOf(place, 'angle');
    const descends = told(place).map((variant) => {
      const below = units.filter((unit) => intervalOf(angleOf(place, variant, step, unit)).high < 90).length;
      return `${variant.replace(', K = 2', '')} ${below} of ${units.length}`;
    });
    return [
      `Units whose warped gradient clearly still descends the WRN’s loss (an angle below 90°): ${descends.join(', ')}.`,
      `As training goes on, gradients of single batches point apart anyway: two batches of the WRN itself from ${degrees(angleOf(place, anotherBatch, 0))} to ${degrees(angleOf(place, anotherBatch, step))}.`,
      'Gradients of the loss of one batch, in training mode, of the two kernels of each unit; whole networks are compared, not single layers. The angle to another batch says how much of an angle the choice of images makes.',
      ...reuseRemark(place, step),
      'Of a network near a minimum, which these short trainings do not reach, --profile paper tells.',
    ];
  },
  figure: ({ places }) => {
    const place = deepest(places);
    const last = place && lastStep(place);
    if (place === undefined || last === undefined) return null;
    const title = 'Angle between the gradients of a WRN and of its warped versions, unit by unit';
    const units = placesOf(place, 'angle');
    const panels = [0, last].map((step): Panel => ({
      title: stepTitle(step),
      series: [...told(place), anotherBatch].map((variant) => ({
        name: variant,
        points: units.flatMap((unit, index) => {
          const { value, interval } = angleOf(place, variant, step, unit);
          return value === null ? [] : [{ x: index + 1, value, interval }];
        }),
      })),
    }));
    return {
      id: 'review-angles',
      title,
      svg: drawPanels(panels, {
        title,
        axes: ['unit, from the first', 'degrees'],
        scale: 'linear',
        mark: { value: 90, name: 'perpendicular' },
        across: 2,
      }),
      caption: `${place.entry.label}. Gradients of both kernels of each unit together; bars are 95 % intervals over batches. Below 90° a step along the warped gradient descends the WRN’s loss.`,
    };
  },
};
