/** How each claim is decided; the rules in words are in experiments/rules/claims.yaml. */
import { depthOf, unitsPerStage, type NetworkSpecification } from '../model/specification.js';
import type { ClaimRules } from '../../../harness/report/claims/claim-rules.js';
import { valueWithArm } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry, Evidence } from '../../../harness/report/evaluate/entries.js';
import { isUnchecked, type Quantity, type VerdictOutcome } from '../../../harness/report/evaluate/quantity.js';

export interface Finding {
  readonly outcome: VerdictOutcome;
  /** A sentence with the counts or numbers that decided. */
  readonly evidence: string;
}

export interface ClaimContext {
  /** Places of the paper's tables under one protocol. */
  readonly places: readonly EvaluatedEntry[];
  readonly evidence: Evidence;
  readonly rules: ClaimRules;
}

type Pair = readonly [higher: Quantity, lower: Quantity];

const lowOf = ({ value, interval }: Quantity): number => interval?.low ?? value ?? NaN;
const highOf = ({ value, interval }: Quantity): number => interval?.high ?? value ?? NaN;
const isKnown = (quantity: Quantity): boolean => quantity.value !== null && !isUnchecked(quantity);
const present = ([a, b]: Pair): boolean => isKnown(a) && isKnown(b);
const points = ([a, b]: Pair): boolean => (a.value ?? NaN) > (b.value ?? NaN);
const contradicts = ([a, b]: Pair): boolean => highOf(a) < lowOf(b);

const nothing = (what: string): Finding => ({ outcome: 'not run', evidence: `No ${what} to compare.` });

/** Where there are numbers, but none to rest a verdict on. */
const unchecked = (what: string): Finding => ({
  outcome: 'not comparable',
  evidence: `${what}: projected, and projections were never checked on this machine.`,
});

/** `always` of claims.yaml: the first of each pair should be the larger. */
function always(pairs: readonly Pair[], what: string): Finding {
  const known = pairs.filter(present);
  if (known.length === 0)
    return pairs.some((pair) => pair.some(isUnchecked)) ? unchecked(what) : nothing(`pairs of ${what}`);
  const right = known.filter(points).length;
  const against = known.filter(contradicts).length;
  const projected = known.filter((pair) => pair.some(({ provenance }) => provenance === 'projected')).length;
  const how = projected === 0 ? '' : `, ${projected} of them projected`;
  const evidence = `${what}: ${right} of ${known.length} pairs point the claimed way, ${against} clearly contradict${how}.`;
  if (right === known.length) return { outcome: 'reproduced', evidence };
  if (against > 0 || right * 2 < known.length) return { outcome: 'not reproduced', evidence };
  return { outcome: 'not comparable', evidence: `${evidence} The rest cannot be told apart.` };
}

/** `mostly` of claims.yaml. */
function mostly(known: readonly Pair[], slack: number, what: string): Finding {
  const right = known.filter(([a, b]) => (a.value ?? NaN) + slack >= (b.value ?? NaN)).length;
  const evidence = `${what} in ${right} of ${known.length} pairs.`;
  return { outcome: right * 2 > known.length ? 'reproduced' : 'not reproduced', evidence };
}

const kwOf = ({ entry }: EvaluatedEntry): number => entry.printed?.kw ?? NaN;
const familyOf = ({ entry }: EvaluatedEntry): string => entry.printed?.family ?? '';
const factorOf = ({ entry: { printed } }: EvaluatedEntry): number =>
  printed && printed.family !== 'wrn' ? printed.K : NaN;
const depth = ({ entry: { printed } }: EvaluatedEntry): number => (printed ? depthOf(printed) : NaN);
const from = (places: readonly EvaluatedEntry[], prefix: string): EvaluatedEntry[] =>
  places.filter(({ entry }) => entry.published?.startsWith(prefix) ?? false);
const named = (places: readonly EvaluatedEntry[], id: string): EvaluatedEntry | undefined =>
  places.find(({ entry }) => entry.published === id);

const tables23 = (places: readonly EvaluatedEntry[]): EvaluatedEntry[] => [
  ...from(places, 't2.'),
  ...from(places, 't3.'),
];
const sameTask = (a: EvaluatedEntry, b: EvaluatedEntry): boolean =>
  a.entry.dataset === b.entry.dataset && depth(a) === depth(b) && kwOf(a) === kwOf(b);

/** Every `first` with the first `second` that belongs to it. */
function pairsOf(
  places: readonly EvaluatedEntry[],
  first: (place: EvaluatedEntry) => boolean,
  matches: (first: EvaluatedEntry, second: EvaluatedEntry) => boolean,
): [EvaluatedEntry, EvaluatedEntry][] {
  return places.filter(first).flatMap((a) => {
    const b = places.find((candidate) => candidate !== a && matches(a, candidate));
    return b ? [[a, b] as [EvaluatedEntry, EvaluatedEntry]] : [];
  });
}

type ErrorMetric = 'error' | 'top5';

/** Published network, data and length on both sides: only then do errors bear on the paper's. */
const comparable = (places: readonly EvaluatedEntry[]): boolean =>
  places.every(({ entry }) => !entry.error.skipped && entry.error.standIn === null && entry.error.shrunk.length === 0);

/** Decides on errors where they are comparable, and says what was seen where they are not. */
function onErrors(
  pairs: readonly (readonly [EvaluatedEntry, EvaluatedEntry])[],
  metric: ErrorMetric,
  decide: (known: readonly Pair[]) => Finding,
): Finding {
  const known = pairs.filter(([a, b]) => present([a[metric], b[metric]]));
  if (known.length === 0) return nothing('trained pairs');
  const fair = known.filter((pair) => comparable(pair));
  if (fair.length > 0) return decide(fair.map(([a, b]): Pair => [a[metric], b[metric]]));
  const seen = decide(known.map(([a, b]): Pair => [a[metric], b[metric]]));
  return {
    outcome: 'not comparable',
    evidence: `Smaller networks, shorter training or another data set: ${seen.evidence}`,
  };
}

const worst: readonly VerdictOutcome[] = ['not run', 'not comparable', 'not reproduced', 'reproduced'];

/** Both halves of a claim: as weak as its weaker half. */
function both(first: Finding, second: Finding): Finding {
  const outcome = worst.find((candidate) => candidate === first.outcome || candidate === second.outcome) ?? 'not run';
  return { outcome, evidence: `${first.evidence} ${second.evidence}` };
}

function sameParameters({ evidence }: ClaimContext): Finding {
  const counts = new Map<string, { families: Set<string>; counts: Set<number> }>();
  const add = (network: NetworkSpecification, count: number | undefined): void => {
    if (count === undefined) return;
    const key = [unitsPerStage(network), network.kw, network.classes].join('-');
    const known = counts.get(key) ?? { families: new Set(), counts: new Set() };
    known.families.add(network.family);
    known.counts.add(count);
    counts.set(key, known);
  };
  for (const cell of evidence.cells.values()) {
    const result = evidence.measurements.results.get(cell.id);
    if (cell.kind === 'error' && result?.kind === 'error') add(cell.network, result.parameters);
    if (cell.kind !== 'timing' || result?.kind !== 'timing') continue;
    for (const { row, network } of cell.rows) add(network, result.rows.find((own) => own.row === row)?.parameters);
  }
  const compared = [...counts.values()].filter(({ families }) => families.has('wrn') && families.size > 1);
  if (compared.length === 0) return nothing('WRN and WarpNet of one size, both built here,');
  const unequal = compared.filter((group) => group.counts.size > 1).length;
  return {
    outcome: unequal === 0 ? 'reproduced' : 'not reproduced',
    evidence: `${compared.length - unequal} of ${compared.length} sizes have equal counts.`,
  };
}

function warpErrorClose({ places, rules }: ClaimContext): Finding {
  const own = tables23(places);
  const pairs = pairsOf(
    own,
    (place) => familyOf(place).startsWith('warp'),
    (a, b) => familyOf(b) === 'wrn' && sameTask(a, b),
  );
  const errors = onErrors(
    pairs.map(([warp, wrn]) => [wrn, warp] as const),
    'error',
    (known) => mostly(known, rules.aboutEqual, 'WarpNet’s error is about equal or lower'),
  );
  const speeds = pairs.map(([{ rs }]) => rs).filter(isKnown);
  const slower = speeds.filter((rs) => highOf(rs) < 0).length;
  if (speeds.length === 0) return errors;
  const outcome = slower === 0 ? 'reproduced' : 'not reproduced';
  return both(errors, { outcome, evidence: `RS is clearly negative in ${slower} of ${speeds.length}.` });
}

function warpnet1BeatsWarpnet2({ places }: ClaimContext): Finding {
  const pairs = pairsOf(
    tables23(places),
    (place) => familyOf(place) === 'warpnet1',
    (a, b) => familyOf(b) === 'warpnet2' && sameTask(a, b) && factorOf(a) === factorOf(b),
  );
  const errors = onErrors(
    pairs.map(([one, two]) => [two, one] as const),
    'error',
    (known) => mostly(known, 0, 'WarpNet1 has the lower error'),
  );
  return both(
    errors,
    always(
      pairs.map(([one, two]): Pair => [one.rs, two.rs]),
      'RS of WarpNet1 above WarpNet2',
    ),
  );
}

function growsWithK({ places }: ClaimContext, families: readonly string[], prefixes: readonly string[]): Finding {
  const own = prefixes.flatMap((prefix) => from(places, prefix));
  const pairs = pairsOf(
    own,
    (place) => families.includes(familyOf(place)) && factorOf(place) === 3,
    (a, b) => familyOf(a) === familyOf(b) && factorOf(b) === 2 && sameTask(a, b),
  );
  return always(
    pairs.map(([three, two]): Pair => [three.rs, two.rs]),
    'RS with K = 3 above K = 2',
  );
}

function growsWithWidth({ places }: ClaimContext): Finding {
  const own = [...tables23(places), ...from(places, 'text.rs-vs-width')].filter(
    (place) => familyOf(place) === 'warpnet1',
  );
  const series = (place: EvaluatedEntry): string =>
    [place.entry.published?.split('.')[0], place.entry.dataset, depth(place), factorOf(place)].join('|');
  const pairs = own.flatMap((wide) => {
    const narrower = own.filter((place) => series(place) === series(wide) && kwOf(place) < kwOf(wide));
    const next = narrower.sort((a, b) => kwOf(b) - kwOf(a))[0];
    return next ? [[wide.rs, next.rs] as Pair] : [];
  });
  return always(pairs, 'RS above that of the next smaller kw');
}

function deeperAndFaster({ places }: ClaimContext): Finding {
  const deep = named(places, 't4.warpnet1-109-2.k3');
  const wrn = named(places, 't4.wrn-73-2');
  if (!deep || !wrn || deep.rs.value === null) return nothing('RS of WarpNet1-109-2');
  if (isUnchecked(deep.rs)) return unchecked('RS of WarpNet1-109-2');
  const outcome = lowOf(deep.rs) > 0 ? 'reproduced' : highOf(deep.rs) < 0 ? 'not reproduced' : 'not comparable';
  const speed: Finding = { outcome, evidence: `RS is ${valueWithArm(deep.rs) ?? ''}.` };
  return both(
    onErrors([[wrn, deep]], 'top5', (known) => mostly(known, 0, 'Lower top-5 error')),
    speed,
  );
}

function memory({ places, evidence }: ClaimContext): Finding {
  const endOf = (id: string): 'fits' | 'does not fit' | null => {
    const place = named(places, id);
    if (!place || place.entry.timing.skipped || place.entry.timing.shrunk.length > 0) return null;
    const { cell } = place.entry.timing;
    if (evidence.measurements.results.has(cell)) return 'fits';
    return evidence.measurements.failures.get(cell)?.kind === 'out-of-memory' ? 'does not fit' : null;
  };
  const warp = endOf('t4.warpnet1-73-4.k2');
  const wrn = endOf('t4.wrn-73-4');
  if (warp === null || wrn === null)
    return {
      outcome: 'not run',
      evidence:
        'No run fills a card on purpose: a batch that would not fit by estimate is halved before it starts. To decide it takes WRN-73-4 and WarpNet1-73-4 for ImageNet 32x32 at batch 512 on cards of the paper’s size.',
    };
  const outcome = warp === 'fits' && wrn === 'does not fit' ? 'reproduced' : 'not reproduced';
  return { outcome, evidence: `WRN-73-4 ${wrn} on one device, WarpNet1-73-4 ${warp}.` };
}

function curvesOverlap({ places, rules }: ClaimContext): Finding {
  const wrn = places.find((place) => place.entry.label.startsWith('WRN-73-2') && place.runs.length > 0);
  const warp = places.find(
    (place) => place.entry.label.startsWith('WarpNet1-73-2') && factorOf(place) === 2 && place.runs.length > 0,
  );
  const [a, b] = [wrn?.runs[0]?.evaluations ?? [], warp?.runs[0]?.evaluations ?? []];
  const shared = a.flatMap((one) => {
    const other = b.find(({ step }) => step === one.step);
    return other ? [Math.abs(one.top5ErrorPct - other.top5ErrorPct)] : [];
  });
  if (!wrn || !warp || shared.length === 0) return nothing('pair of curves');
  const mean = shared.reduce((sum, gap) => sum + gap, 0) / shared.length;
  const evidence = `Mean distance ${mean.toFixed(2)} points over ${shared.length} evaluations.`;
  if (!comparable([wrn, warp]))
    return { outcome: 'not comparable', evidence: `Not the published training: ${evidence}` };
  return { outcome: mean < rules.nearlyCoincide ? 'reproduced' : 'not reproduced', evidence };
}

function beatsDataParallelAccuracy({ places }: ClaimContext): Finding {
  const pairs = [
    ['t5.wrn-73-4.g2', 't5.warpnet1-73-4.k2.g2'],
    ['t5.wrn-73-4.g4', 't5.warpnet1-73-4.k3.g4'],
  ].flatMap(([data, model]) => {
    const [a, b] = [named(places, data ?? ''), named(places, model ?? '')];
    return a && b ? [[a, b] as const] : [];
  });
  return onErrors(pairs, 'error', (known) => always(known, 'Error of data parallelism above WarpNet1’s'));
}

function beatsDataParallelSpeed({ places }: ClaimContext): Finding {
  const rs = (id: string): Quantity | undefined => named(places, id)?.rs;
  const pairs = [
    [rs('t5.warpnet1-73-4.k3.g3'), rs('t5.wrn-73-4.g4')],
    [rs('t5.warpnet1-73-4.k3.g4'), rs('t5.wrn-73-4.g4')],
    [rs('t5.wrn-73-4.g2'), rs('t5.warpnet1-73-4.k2.g2')],
  ].flatMap(([a, b]): Pair[] => (a && b ? [[a, b]] : []));
  return always(pairs, 'RS as ordered in Table 5');
}

/** By claim id. */
export const claimTests: Readonly<Record<string, (context: ClaimContext) => Finding>> = {
  'claim.same-parameters': sameParameters,
  'claim.warp-error-close': warpErrorClose,
  'claim.warpnet1-beats-warpnet2': warpnet1BeatsWarpnet2,
  'claim.k3-faster': (context) => growsWithK(context, ['warpnet1'], ['t2.', 't3.']),
  'claim.rs-grows-with-width': growsWithWidth,
  'claim.rs-grows-with-k': (context) =>
    growsWithK(context, ['warpnet1', 'warpnet2'], ['t2.', 't3.', 'text.rs-vs-width']),
  'claim.deeper-and-faster': deeperAndFaster,
  'claim.memory': memory,
  'claim.curves-overlap': curvesOverlap,
  'claim.beats-data-parallel-accuracy': beatsDataParallelAccuracy,
  'claim.beats-data-parallel-speed': beatsDataParallelSpeed,
};
