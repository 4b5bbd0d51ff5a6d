/** The account of a fit: what explains the printed speed-ups, how well, and what cannot be told. */
import type { FitGroup } from './cells.js';
import { combinationName, convolutionShares, type FitReport, type HypothesisResult } from './fit-report.js';
import { describeWiring } from './hypothesis.js';

/** A paragraph, a list or a table, in plain text: a page and a Markdown file are made of the same. */
export type AccountBlock =
  | { readonly text: string }
  | { readonly list: readonly string[] }
  | { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

export interface AccountSection {
  readonly title: string;
  /** Whether a hurried reader should see it too. */
  readonly essential: boolean;
  readonly blocks: readonly AccountBlock[];
}

const points = (value: number): string => value.toFixed(1);
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
const three = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(value < 1 ? 1 : 3);
const paragraph = (...sentences: readonly string[]): AccountBlock => ({ text: sentences.join(' ') });

const groupTitles: readonly (readonly [FitGroup, string])[] = [
  ['table2', 'Table 2 (fitted)'],
  ['table3', 'Table 3 (predicted)'],
  ['table5', 'Table 5, operator layouts (predicted)'],
  ['width', 'Width series (predicted)'],
  ['table4', 'Table 4 (predicted)'],
  ['data-parallel', 'Table 5, data parallelism (not explained)'],
];

/** Nothing in it is typed by hand but the words: every number is the report's. */
export function fitAccount(report: FitReport): AccountSection[] {
  const section = (title: string, blocks: readonly AccountBlock[], essential = false): AccountSection => ({
    title,
    essential,
    blocks,
  });
  return [
    section('How it was worked out', [introduction(report)], true),
    section('Which reading explains them', [...combinationsTable(report), verdict(report)], true),
    section('Cell by cell', [cellsTable(report)]),
    section('How sure', uncertainty(report)),
    section('What had to be assumed, varied', [variationsTable(report), moves(report)]),
    section('Data parallelism', dataParallel(report)),
    section('What cannot be told apart', cannotTell(report), true),
  ];
}

function introduction({ best, fittedCells, readyOrderShiftPct }: FitReport): AccountBlock {
  const { card, efficiency, wiring } = best.hypothesis;
  return paragraph(
    `No GPU was measured for this: it is a simulation. A training step of each network is written down operation by operation,`,
    `priced by a roofline of a ${card.name} (${card.teraflops} TFLOP/s; ${card.memoryBandwidth} GB/s, of which`,
    `${Math.round(100 * efficiency.bandwidth.elementwise)} % are reached; ${efficiency.launch} µs a launch; links ${describeWiring(wiring)}), and scheduled on as many cards as the`,
    `layout names. Four numbers are fitted to the ${fittedCells} different RS values of Table 2 (each printed for two data sets): bandwidth`,
    `and latency of a link, a fixed cost a step, and which of three shares of the FLOP/s convolutions reach. Everything else`,
    `is predicted with them. Values are RS in percent; differences are in points. Whether a card runs its operations in`,
    `program order or first ready, first run, moves no projection by more than ${points(readyOrderShiftPct)} points.`,
  );
}

function combinationsTable({ combinations }: FitReport): AccountBlock[] {
  const rows = combinations.map((result) => {
    const { bandwidth, latency, fixed } = result.fit.parameters;
    return [
      combinationName(result),
      points(result.fit.rmsPct),
      points(result.predictedRmsPct),
      points(result.rmsPct.table3),
      points(result.rmsPct.table5),
      points(result.rmsPct.width),
      points(result.rmsPct.table4),
      `${Math.round(100 * result.hypothesis.efficiency.convolution)} %`,
      three(bandwidth),
      three(latency),
      three(fixed),
    ];
  });
  const header = [
    'reading, batch norm',
    'fit',
    'predicted',
    'T3',
    'T5',
    'width',
    'T4',
    'of the FLOP/s',
    'GB/s',
    'µs',
    'ms a step',
  ];
  return [
    { header, rows },
    paragraph(
      `Root mean square differences, points; “predicted” is over Table 3, Table 5’s operator layouts and the width series.`,
    ),
  ];
}

const paperBest = ({ combinations }: FitReport): HypothesisResult | undefined =>
  combinations.find(({ hypothesis }) => hypothesis.derivative !== 'released');

function verdict(report: FitReport): AccountBlock {
  const { best } = report;
  const other = paperBest(report);
  return paragraph(
    `${combinationName(best)} explains the printed values best: ${points(best.fit.rmsPct)} points on Table 2, ${points(best.predictedRmsPct)} on what it was not fitted to.`,
    ...(other === undefined
      ? []
      : [
          `The best reading of the paper’s text (${combinationName(other)}) stays ${points(other.fit.rmsPct)} points off even where it is fitted,`,
          `and ${points(other.predictedRmsPct)} where it predicts.`,
        ]),
  );
}

function cellsTable({ best, ranges }: FitReport): AccountBlock {
  const rangeOf = new Map(ranges.cells.map((range) => [range.id, range]));
  const rows = groupTitles.flatMap(([group, title]) =>
    best.cells
      .filter(({ cell }) => cell.group === group)
      .map(({ cell, projectedPct, residualPct }, index) => {
        const range = rangeOf.get(cell.id);
        const printed = [...new Set(cell.printed.map(({ rsPct }) => rsPct))].join(', ');
        return [
          index === 0 ? title : '',
          cell.label,
          printed,
          points(projectedPct),
          range ? `${points(range.lowPct)} to ${points(range.highPct)}` : '',
          signed(residualPct),
        ];
      }),
  );
  return { header: ['printed in', 'cell', 'printed', 'projected', '95 % range', 'difference'], rows };
}

function uncertainty({ best, ranges }: FitReport): AccountBlock[] {
  const units = { bandwidth: 'GB/s', latency: 'µs', fixed: 'ms' } as const;
  const titles = { bandwidth: 'link bandwidth', latency: 'latency', fixed: 'fixed cost a step' } as const;
  const rows = (['bandwidth', 'latency', 'fixed'] as const).map((name) => {
    const [low, high] = ranges.parameters[name];
    return [
      `${titles[name]}, ${units[name]}`,
      three(best.fit.parameters[name]),
      low === null ? 'no lower end' : three(low),
      high === null ? 'no upper end' : three(high),
    ];
  });
  return [
    { header: ['', 'best', 'lowest', 'highest'], rows },
    paragraph(
      `Profiles of the likelihood, 95 %: each number is moved while the other two adapt, until Table 2 is fitted worse than`,
      `chance allows (a printed value is taken to scatter by ${points(ranges.deviationPct)} points). “No end”: Table 2 does not`,
      `bound it. The ranges do not cover what is assumed; the next section does.`,
    ),
  ];
}

function variationsTable({ variations, best }: FitReport): AccountBlock {
  const same = (result: HypothesisResult): boolean => combinationName(result) === combinationName(best);
  const rows = variations.map(({ changed, results }) => {
    const [first, second] = results;
    const ours = results.find(same);
    return [
      changed,
      first ? `${combinationName(first)} (${points(first.predictedRmsPct)})` : '',
      second ? `${combinationName(second)} (${points(second.predictedRmsPct)})` : '',
      ours ? points(ours.fit.rmsPct) : '',
      ours ? three(ours.fit.parameters.bandwidth) : '',
    ];
  });
  return { header: ['changed', 'best (predicted, points)', 'second', 'fit of the main best', 'its GB/s'], rows };
}

function moves({ variations, best }: FitReport): AccountBlock {
  const names = variations
    .map(({ results }) => results[0])
    .flatMap((result) => (result ? [combinationName(result)] : []));
  const kept = names.filter((name) => name === combinationName(best)).length;
  return paragraph(`The same combination comes first under ${kept} of ${names.length} changed assumptions.`);
}

function dataParallel({ dataParallel }: FitReport): AccountBlock[] {
  const rows = dataParallel.rows.map((row) => [
    String(row.devices),
    `${row.printedPct} %`,
    `${points(row.projectedPct)} %`,
    points(row.missingMilliseconds),
    points(row.missingMilliseconds / row.devices),
    points(row.impliedBandwidth),
  ]);
  return [
    { header: ['GPUs', 'printed', 'projected', 'missing, ms a step', 'and a copy', 'implied GB/s'], rows },
    paragraph(
      'Cutting the batch should save far more than the paper prints. Where the missing time is the same for each copy, an',
      'exchange of weights and gradients through one slow place (host memory, for example) explains it; “implied” is the speed at',
      'which that place would carry all gradients there and all weights back. Where the paper kept its variables is not said (A17).',
    ),
  ];
}

/** Combinations and assumptions that predict nearly as well as the best. */
function cannotTell(report: FitReport): AccountBlock[] {
  const { best, combinations, variations, ranges } = report;
  const near = (result: HypothesisResult): boolean => result.predictedRmsPct <= best.predictedRmsPct + 1;
  const alike = combinations.filter((result) => result !== best && near(result)).map(combinationName);
  const assumptions = variations.flatMap(({ changed, results }) => {
    const ours = results.find((result) => combinationName(result) === combinationName(best));
    return ours && near(ours) ? [`${changed} (then ${three(ours.fit.parameters.bandwidth)} GB/s)`] : [];
  });
  const unbounded = (['bandwidth', 'latency', 'fixed'] as const).filter(
    (name) => ranges.parameters[name][0] === null || ranges.parameters[name][1] === null,
  );
  const are = unbounded.length === 1 ? 'is' : 'are';
  const { convolution } = best.hypothesis.efficiency;
  return [
    paragraph('Within one point of the best prediction:'),
    {
      list: [
        `readings and BN kinds: ${alike.length === 0 ? 'none other' : alike.join('; ')};`,
        `changed assumptions: ${assumptions.length === 0 ? 'none' : assumptions.join('; ')}.`,
      ],
    },
    paragraph(
      `A faster card and a faster link look the same: RS fixes their ratio, not each. Table 2 has few different values (its`,
      `depth hardly matters to RS), so that ${unbounded.length === 0 ? 'all three numbers are' : `${unbounded.join(' and ')} ${are} not`} bounded from both sides.`,
      ...(convolution === Math.max(...convolutionShares)
        ? [`The share of the FLOP/s is the largest of those tried: a larger one might fit better and is less likely.`]
        : []),
      `Links that carry one copy at a time were chosen knowing that they predict better than links used side by side; Table 2`,
      `alone does not tell the two apart.`,
      `WarpNet2 under the released derivative is our extension: the released files hold WarpNet1 only.`,
      `In the released code each F and F′ stands in a tf.cond that always takes the same branch (stochastic width with a survival`,
      `rate of 1): its Switch and Merge operations run on every device of the authors’ and in no graph here. What they cost`,
      `is in the fitted numbers, mostly in the fixed time of a step as far as it does not grow with the number of branches.`,
    ),
  ];
}
