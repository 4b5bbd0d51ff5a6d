/** The benchmark's tables, for a terminal and for `bench.md`. */
import { agrees, largestDifference, type DetailedEntry, type NotMeasured } from './entries.js';
import { figureMet, type Figure } from './figures.js';
import type { Standing } from './goals.js';

export interface BenchReport {
  /** Made to see that everything works. */
  readonly quick: boolean;
  /** The machine, in words. */
  readonly machine: string;
  readonly entries: readonly DetailedEntry[];
  readonly notMeasured: readonly NotMeasured[];
  readonly standings: readonly Standing[];
  readonly figures: readonly Figure[];
}

/** Ratios and milliseconds a peer, goals, other figures, and what was not measured and why. */
export function benchMarkdown({ quick, machine, entries, notMeasured, standings, figures }: BenchReport): string {
  const parts = [`${machine}. Ratios are project over peer: below 1 the project is faster, or smaller.`];
  if (quick) parts.push('A quick run of tiny networks: it shows that everything works. The goals are for a whole run.');
  if (entries.length > 0) parts.push(peerTable(entries), agreementSentence(entries));
  if (standings.some(({ networks }) => networks > 0)) parts.push(goalTable(standings));
  if (figures.length > 0) parts.push(figureTable(figures));
  if (notMeasured.length > 0) parts.push(`Not measured:\n\n${reasons(notMeasured)}`);
  return `${parts.join('\n\n')}\n`;
}

const peerTable = (entries: readonly DetailedEntry[]): string =>
  table(
    ['network, batch', 'peer', 'project, ms', 'peer, ms', 'time', '95 %', 'peak memory', 'first loss', 'later losses'],
    entries.map(({ network, batch, peer, milliseconds, ratioTime, ratioMemory, interval, agreement }) => [
      `${network}, ${batch}`,
      peer,
      milliseconds.project.toFixed(1),
      milliseconds.peer.toFixed(1),
      ratio(ratioTime),
      interval ? `${ratio(interval.low)}-${ratio(interval.high)}` : '',
      ratio(ratioMemory),
      agreement.sameParameters ? gap(agreement.firstLoss) : 'other parameters',
      gap(agreement.laterLosses),
    ]),
  );

/** As a share of the project's loss. */
const gap = (difference: number | null): string => difference?.toExponential(0) ?? 'not finite';

function agreementSentence(entries: readonly DetailedEntry[]): string {
  const odd = entries.filter((entry) => !agrees(entry));
  return odd.length === 0
    ? `Every program has the same number of parameters and, from the same weights on the same batch, the same first loss to within ${largestDifference.firstLoss} (WarpNet2: ${largestDifference.firstLossOfWarpNet2}) and the same next losses to within ${largestDifference.laterLosses}.`
    : `NOT THE SAME COMPUTATION: ${odd.map(({ network, peer }) => `${peer} on ${network}`).join('; ')}.`;
}

const goalTable = (standings: readonly Standing[]): string =>
  table(
    ['against', 'networks', 'geometric mean', 'goal', 'worst', 'goal', ''],
    standings.map(({ goal, mean, worst, networks, met }) => [
      goal.title,
      String(networks),
      ratio(mean ?? null),
      goal.mean === undefined ? '' : `<= ${goal.mean}`,
      worst ? `${ratio(worst.ratio)} (${worst.network})` : '',
      goal.worst === undefined ? '' : `<= ${goal.worst}`,
      networks === 0 ? 'not measured' : goal.mean === undefined ? '' : met ? 'met' : 'missed',
    ]),
  );

const figureTable = (figures: readonly Figure[]): string =>
  table(
    ['figure', 'network, batch', 'measured', 'goal', '', 'what'],
    figures.map((figure) => [
      figure.benchmark,
      figure.batch > 0 ? `${figure.network}, ${figure.batch}` : figure.network,
      `${Number(figure.measured.toPrecision(3))} ${figure.unit}`,
      `<= ${figure.goal} ${figure.unit}`,
      figureMet(figure) ? 'met' : 'missed',
      figure.what,
    ]),
  );

/** A line a peer and reason, with the networks it holds for. */
function reasons(notMeasured: readonly NotMeasured[]): string {
  const networks = new Map<string, string[]>();
  for (const { benchmark, peer, network, reason } of notMeasured) {
    const key = `- ${peer === '' ? benchmark : peer}: ${reason}`;
    networks.set(key, [...(networks.get(key) ?? []), ...(network === '' ? [] : [network])]);
  }
  return [...networks].map(([key, names]) => (names.length > 0 ? `${key} (${names.join(', ')})` : key)).join('\n');
}

const ratio = (value: number | null): string => (value === null ? '' : value.toFixed(2));

/** Columns padded, so that it reads as well where Markdown is not rendered. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((row) => row.map((job) => job.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = escaped;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join('\n');
}
