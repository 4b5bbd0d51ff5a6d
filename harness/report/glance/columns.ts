/** Which numbers a table shows at a glance. */
import type { MetricFacts, MetricId } from '../evaluate/quantity.js';
import type { Source, TableModel } from '../model.js';
import { agrees, isJudged } from '../verdict/vocabulary.js';

export interface GlanceOptions {
  /** Beside each other for every metric; without it what is printed, and what it is judged by. */
  readonly columns?: readonly Source[];
  /** Ours beside what is printed where another number is what judges it. */
  readonly ours?: boolean;
}

export interface GlanceColumn {
  readonly metric: MetricFacts;
  readonly source: Source;
  /** Whose numbers of ours are shown. */
  readonly protocol: string;
}

/** Four numbers a row are taken in at a glance. */
const most = 4;

const protocolsOf = ({ places }: TableModel): string[] => [...new Set(places.map(({ entry }) => entry.protocol))];

/** How much there is to see of a metric under a protocol: numbers that agree (fitted ones too), that are judged, that are there. */
function weight(model: TableModel, id: MetricId, source: Source, protocol: string): readonly number[] {
  const own = model.places.filter(({ entry }) => entry.protocol === protocol);
  const numbers = own.flatMap((place) => {
    const quantity = source === 'modelled' ? place.modelled(id) : place.quantity(id);
    return quantity === null || quantity.value === null || quantity.byDefinition ? [] : [quantity];
  });
  const verdicts = numbers.flatMap(({ verdict }) => verdict ?? []);
  const agreeing = verdicts.filter(({ outcome, code }) => agrees(outcome) || code === 'fitted-to-it').length;
  return [agreeing, verdicts.filter(({ outcome }) => isJudged(outcome)).length, numbers.length];
}

function isHeavier(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

/** The protocol under which most numbers agree; the first of the table where nothing tells. */
function bestProtocol(model: TableModel, id: MetricId, source: Source): string {
  const [first = '', ...others] = protocolsOf(model);
  return others.reduce(
    (best, other) => (isHeavier(weight(model, id, source, other), weight(model, id, source, best)) ? other : best),
    first,
  );
}

/** What the printed numbers of a metric are judged by: ours, or those modelled for the paper's hardware. */
function judgedSource({ places }: TableModel, id: MetricId): Source {
  const isHere = places.some((place) => {
    const { verdict } = place.quantity(id);
    return verdict !== null && isJudged(verdict.outcome);
  });
  return !isHere && places.some(({ modelled }) => modelled(id) !== null) ? 'modelled' : 'ours';
}

const hasPrinted = ({ places }: TableModel, id: MetricId): boolean =>
  places.some((place) => place.quantity(id).printed !== null);

const isAnyJudged = (model: TableModel, id: MetricId): boolean =>
  protocolsOf(model).some((protocol) => (weight(model, id, judgedSource(model, id), protocol)[1] ?? 0) > 0);

/** The metrics of a table that prints numbers, by default those with most to say. */
function metricsShown(model: TableModel, width: number, isChosen: boolean): readonly MetricId[] {
  const printed = model.metrics.filter((id) => hasPrinted(model, id));
  const room = Math.max(1, Math.floor(most / width));
  if (isChosen || printed.length <= room) return printed;
  const judged = printed.filter((id) => isAnyJudged(model, id));
  const kept = new Set([...judged, ...printed].slice(0, room));
  return printed.filter((id) => kept.has(id));
}

/** Empty for a table that has no printed numbers. */
export function shownColumns(model: TableModel, { columns, ours = false }: GlanceOptions): GlanceColumn[] {
  const ids = metricsShown(model, columns?.length ?? 2, columns !== undefined);
  return ids.flatMap((id): GlanceColumn[] => {
    const [place] = model.places;
    if (place === undefined) return [];
    const judging = judgedSource(model, id);
    const sources =
      columns ?? (['printed', judging, ...(ours && judging !== 'ours' ? (['ours'] as const) : [])] as const);
    const { metric } = place.quantity(id);
    return sources
      .filter((source) => source !== 'modelled' || model.places.some(({ modelled }) => modelled(id) !== null))
      .map((source) => ({ metric, source, protocol: bestProtocol(model, id, columns ? source : judging) }));
  });
}
