/** How large branches are against what they are added to, and whether they go against the gradient of the loss. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { intervalOf, type MetricFacts, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import { drawPanels, type Panel } from '../../../harness/report/figures/panels.js';
import { head, numbers, type Block, type Column } from '../../../harness/report/model.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { cellOf, inWords, lastStep, measuredPlaces, placesOf, stepsOf, stepTitle } from './measured.js';
import { numbersCsv, type ListedNumber } from './numbers-csv.js';
import { deepest } from './remainder.js';

const sizeMetric: MetricFacts = {
  id: 'branch-size',
  title: '‖F‖ / ‖h‖',
  short: 'branch size',
  plural: 'Sizes of branches',
  unit: 'ratio',
  sign: '',
  better: 'equal',
  decimals: { usual: 2, most: 3 },
  sample: ['batch', 'batches'],
  summarised: false,
};
const cosineMetric: MetricFacts = {
  ...sizeMetric,
  id: 'cosine',
  title: 'cos(F, ∂L/∂h)',
  short: 'cosine',
  plural: 'Cosines',
  decimals: { usual: 3, most: 4 },
};

export const unitsOf = (place: EvaluatedEntry): string[] => placesOf(place, 'branch size');

const of =
  (unit: string | readonly string[]) =>
  (candidate: string): boolean =>
    typeof unit === 'string' ? candidate === unit : unit.includes(candidate);

/** Of one unit, or the mean of several. */
export const sizeOf = (place: EvaluatedEntry, step: number, unit: string | readonly string[]): Quantity =>
  cellOf(place, sizeMetric, { quantity: 'branch size', variant: 'F / h', step, at: of(unit) });

export const cosineOf = (place: EvaluatedEntry, step: number, unit: string | readonly string[]): Quantity =>
  cellOf(place, cosineMetric, { quantity: 'cosine', variant: 'training', step, at: of(unit) });
const frozenCosineOf = (place: EvaluatedEntry, step: number, unit: string): Quantity =>
  cellOf(place, cosineMetric, { quantity: 'cosine', variant: 'frozen', step, at: of(unit) });

const shownNumbers = [
  { title: '‖F‖ / ‖h‖', variant: '', cell: sizeOf },
  { title: 'cos(F, ∂L/∂h), batch norm held still', variant: 'frozen', cell: frozenCosineOf },
  { title: 'cos(F, ∂L/∂h), batch norm of the batch', variant: 'training', cell: cosineOf },
] as const;

export const descentTable: Arrange = ({ places }) => {
  const steps = [...new Set(measuredPlaces(places).flatMap(stepsOf))].sort((a, b) => a - b);
  const shown = steps.length === 0 ? [0] : steps;
  // Cosines of the untrained and of the trained network.
  const stepsFor = (variant: string): number[] =>
    variant === '' ? shown : [...new Set([...shown.slice(0, 1), ...shown.slice(-1)])];
  const columns = shownNumbers.flatMap(({ title, variant }) =>
    stepsFor(variant).map((step): Column => ({ group: title, label: stepTitle(step), protocol: null })),
  );
  const listed: ListedNumber[] = [];
  const blocks = places.map((place): Block => {
    const { label } = place.entry;
    const units = unitsOf(place);
    const rows = (units.length === 0 ? [''] : units).map((unit) => ({
      heads: [head(unit === '' ? 'All units' : unit.replace('/', ', '))],
      cells: shownNumbers.flatMap(({ title, variant, cell }) =>
        stepsFor(variant).map((step) => {
          const quantity = cell(place, step, unit);
          if (unit !== '') listed.push({ network: label, where: unit, what: title, variant, step, quantity });
          return numbers(quantity);
        }),
      ),
    }));
    return { title: label, rows };
  });
  return { heads: ['Unit'], columns, blocks, metrics: [], bold: false, csv: numbersCsv(listed) };
};

export const descent: ReviewQuestion = {
  table: 'review-descent',
  title: 'Do branches refine?',
  question:
    'Are branches small against what they are added to, and do they go against the gradient of the loss, as iterative inference has it?',
  asked:
    'A submission of the same year (Jastrzebski et al.) explains residual networks by iterative inference: large branches at first and far smaller ones later, each a step against the gradient of the loss. The review asks how the two relate.',
  answer: (places) => {
    const place = deepest(places);
    const step = place && lastStep(place);
    if (place === undefined || step === undefined) return null;
    const units = unitsOf(place);
    const [first = '', ...others] = units;
    const below = units.filter((unit) => intervalOf(cosineOf(place, step, unit)).high < 0).length;
    return `In a ${place.entry.label} after ${stepTitle(step)}, ‖F‖/‖h‖ is ${inWords(sizeOf(place, step, first))} in the first unit and ${inWords(sizeOf(place, step, others))} on average in the ${others.length} others, and F goes clearly against the gradient of the loss in ${below} of ${units.length} units (mean cosine ${inWords(cosineOf(place, step, units))}; ${inWords(cosineOf(place, 0, units))} untrained).`;
  },
  remarks: () => [
    'In their ResNet-110 the cosine is negative in all blocks, about −0.1 in the last. Ours are means over the images of the cosine of each image, with the statistics of the batch in the gradient.',
  ],
  figure: ({ places }) => {
    const place = deepest(places);
    if (place === undefined) return null;
    const units = unitsOf(place);
    const panel = (title: string, cell: typeof sizeOf): Panel => ({
      title,
      series: stepsOf(place).map((step) => ({
        name: stepTitle(step),
        points: units.flatMap((unit, index) => {
          const { value, interval } = cell(place, step, unit);
          return value === null ? [] : [{ x: index + 1, value, interval }];
        }),
      })),
    });
    const title = 'Size of branches and their cosine with the gradient of the loss, unit by unit';
    const sizes = drawPanels([panel(`${place.entry.label}, ‖F‖ / ‖h‖`, sizeOf), panel('cos(F, ∂L/∂h)', cosineOf)], {
      title,
      axes: ['unit, from the first', ''],
      scale: 'linear',
      across: 2,
      ownScales: true,
    });
    return {
      id: 'review-descent',
      title,
      svg: sizes,
      caption:
        'Left: norm of each branch over that of its input. Right: mean cosine over images. Bars are 95 % intervals over batches.',
    };
  },
};
