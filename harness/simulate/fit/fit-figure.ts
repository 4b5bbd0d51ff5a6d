/** The fit as a picture: projected against printed for the best combination, and how far off every combination is. */
import { printedMean, type FitGroup } from './cells.js';
import { combinationName, type FitReport, type HypothesisResult } from './fit-report.js';

const colours: Readonly<Record<FitGroup, string>> = {
  table2: '#4477aa',
  table3: '#ee6677',
  table5: '#228833',
  width: '#ccbb44',
  table4: '#aa3377',
  'data-parallel': '#888888',
};
const titles: Readonly<Record<FitGroup, string>> = {
  table2: 'Table 2, fitted',
  table3: 'Table 3',
  table5: 'Table 5, operators',
  width: 'width series',
  table4: 'Table 4',
  'data-parallel': 'Table 5, data parallel',
};
const order = ['table2', 'table3', 'table5', 'width', 'table4', 'data-parallel'] as const;

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
const at = (value: number): string => String(Math.round(value * 100) / 100);

/** A self-contained SVG; readable on light and dark pages. */
export function fitFigure(report: FitReport): string {
  const [width, height] = [1000, 450];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="fit-title" font-family="system-ui, sans-serif" font-size="12">`,
    `<title id="fit-title">Projected against printed speed-ups, and the difference under every reading</title>`,
    '<style>text{fill:#222}.axis{stroke:#666;fill:none}.grid{stroke:#ddd}.bar{fill:#bbb}.best{fill:#4477aa}@media(prefers-color-scheme:dark){text{fill:#eee}.axis{stroke:#aaa}.grid{stroke:#444}.bar{fill:#666}}</style>',
    scatter(report.best, report),
    bars(report.combinations, report.best),
    '</svg>',
    '',
  ].join('\n');
}

function scatter(best: HypothesisResult, { ranges }: FitReport): string {
  const [left, top, size] = [60, 60, 330];
  const [low, high] = [0, 75];
  const x = (pct: number): number => left + ((pct - low) / (high - low)) * size;
  const y = (pct: number): number => top + size - ((pct - low) / (high - low)) * size;
  const ticks = [0, 15, 30, 45, 60, 75];
  const rangeOf = new Map(ranges.cells.map((range) => [range.id, range]));
  const marks = best.cells.flatMap(({ cell, projectedPct }) => {
    const range = rangeOf.get(cell.id);
    const [px, colour] = [at(x(printedMean(cell))), colours[cell.group]];
    const tip = `<title>${escape(cell.label)}: printed ${at(printedMean(cell))} %, projected ${projectedPct.toFixed(1)} %</title>`;
    return [
      range === undefined
        ? ''
        : `<line x1="${px}" x2="${px}" y1="${at(y(range.lowPct))}" y2="${at(y(range.highPct))}" stroke="${colour}" stroke-width="2" opacity=".5"/>`,
      `<circle cx="${px}" cy="${at(y(projectedPct))}" r="4.5" fill="${colour}" fill-opacity=".85">${tip}</circle>`,
    ];
  });
  return [
    `<text x="${left}" y="20" font-weight="600">RS projected against printed, percent</text>`,
    `<text x="${left}" y="40">${escape(combinationName(best))}; lines: what Table 2 leaves open</text>`,
    ...ticks.flatMap((tick) => [
      `<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${top}" y2="${top + size}"/>`,
      `<line class="grid" x1="${left}" x2="${left + size}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>`,
      `<text x="${at(x(tick))}" y="${top + size + 16}" text-anchor="middle">${tick}</text>`,
      `<text x="${left - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${tick}</text>`,
    ]),
    `<path class="axis" d="M${left} ${top}V${top + size}H${left + size}"/>`,
    `<path class="axis" stroke-dasharray="4 4" d="M${at(x(low))} ${at(y(low))}L${at(x(high))} ${at(y(high))}"/>`,
    `<text x="${left + size / 2}" y="${top + size + 36}" text-anchor="middle">printed</text>`,
    `<text transform="translate(16 ${top + size / 2}) rotate(-90)" text-anchor="middle">projected</text>`,
    ...marks,
    ...order.flatMap((group, index) => [
      `<circle cx="${left + size - 152}" cy="${top + size - 108 + 18 * index}" r="4.5" fill="${colours[group]}"/>`,
      `<text x="${left + size - 142}" y="${top + size - 104 + 18 * index}">${titles[group]}</text>`,
    ]),
  ].join('\n');
}

/** Bars are cut at this many points: beyond it, how wrong does not matter. */
const longest = 40;

function bars(combinations: readonly HypothesisResult[], best: HypothesisResult): string {
  const shown = combinations.filter(({ hypothesis }) => !hypothesis.recompute);
  const [left, top, width, row] = [640, 60, 290, 33];
  return [
    `<text x="480" y="20" font-weight="600">Difference on what was not fitted</text>`,
    `<text x="480" y="40">root mean square, points of percent</text>`,
    ...shown.flatMap((result, index) => {
      const y = top + row * index;
      const length = (Math.min(result.predictedRmsPct, longest) / longest) * width;
      return [
        `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escape(combinationName(result))}</text>`,
        `<rect class="${result === best ? 'best' : 'bar'}" x="${left}" y="${y}" width="${at(length)}" height="20"/>`,
        `<text x="${at(left + length + 6)}" y="${y + 14}">${result.predictedRmsPct.toFixed(1)}</text>`,
      ];
    }),
  ].join('\n');
}
