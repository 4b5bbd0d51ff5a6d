/** Claims about speed-ups, parameters and memory. */
import { found, notJudged } from '../../../harness/report/claims/claim.js';
import { always, nothingToCompare, onSpeeds, pairsOf, type Pair } from '../../../harness/report/claims/pairs.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../../harness/report/evaluate/evidence.js';
import type { Quantity } from '../../../harness/report/evaluate/quantity.js';
import { timing, training } from '../../../harness/kinds/index.js';
import type { Network } from '../../../harness/plan/paper/network.js';
import { groupBy } from '../../../harness/report/groups.js';
import type { Test } from './about-errors.js';
import { atRow, depthOf, inTables, isSameTask, printedTable, systemOf, unitsOf, widthOf } from '../arrange/places.js';

/** RS of places with K = 3 against the same with K = 2. */
function growsWithK(
  places: readonly EvaluatedEntry[],
  evidence: Evidence,
  systems: readonly string[],
  tables: readonly string[],
) {
  const pairs = pairsOf(
    inTables(places, evidence, tables),
    (place) => systems.includes(systemOf(place) ?? '') && unitsOf(place) === 3,
    (three, two) => systemOf(three) === systemOf(two) && unitsOf(two) === 2 && isSameTask(three, two),
  );
  const speeds = pairs.map(([three, two]): Pair => [three.quantity('rs'), two.quantity('rs')]);
  return onSpeeds(speeds, evidence, (known) => always(known, 'RS with K = 3 above K = 2'));
}

export const k3Faster: Test = {
  id: 'claim.k3-faster',
  test: 'For equal depth and width, RS of WarpNet1 with K = 3 on four devices always exceeds that with K = 2 on three.',
  perProtocol: true,
  decide: (places, evidence) => growsWithK(places, evidence, ['WarpNet1'], ['table2', 'table3']),
};

export const rsGrowsWithK: Test = {
  id: 'claim.rs-grows-with-k',
  test: 'RS of both WarpNets always grows from K = 2 to K = 3, in Tables 2 and 3 and in the width series.',
  perProtocol: true,
  decide: (places, evidence) => growsWithK(places, evidence, ['WarpNet1', 'WarpNet2'], ['table2', 'table3', 'width']),
};

export const rsGrowsWithWidth: Test = {
  id: 'claim.rs-grows-with-width',
  test: 'RS of WarpNet1 always grows with kw, from 4 to 6 in Tables 2 and 3 and along the width series.',
  perProtocol: true,
  decide: (places, evidence) => {
    const own = inTables(places, evidence, ['table2', 'table3', 'width']).filter(
      (place) => systemOf(place) === 'WarpNet1',
    );
    const series = (place: EvaluatedEntry): string =>
      [printedTable(place, evidence), place.entry.dataset, depthOf(place), unitsOf(place)].join('|');
    const speeds = own.flatMap((wide) => {
      const narrower = own.filter((place) => series(place) === series(wide) && widthOf(place) < widthOf(wide));
      const [next] = narrower.sort((a, b) => widthOf(b) - widthOf(a));
      return next ? [[wide.quantity('rs'), next.quantity('rs')] as Pair] : [];
    });
    return onSpeeds(speeds, evidence, (known) => always(known, 'RS above that of the next smaller kw'));
  },
};

export const beatsDataParallelSpeed: Test = {
  id: 'claim.beats-data-parallel-speed',
  test: 'RS of WarpNet1 on 3 and on 4 devices exceeds that of data parallelism on 4; on 2 devices data parallelism is ahead (Table 5).',
  perProtocol: true,
  decide: (places, evidence) => {
    const rs = (id: string): Quantity | undefined => atRow(places, id)?.quantity('rs');
    const speeds = [
      [rs('t5.warpnet1-73-4.k3.g3'), rs('t5.wrn-73-4.g4')],
      [rs('t5.warpnet1-73-4.k3.g4'), rs('t5.wrn-73-4.g4')],
      [rs('t5.wrn-73-4.g2'), rs('t5.warpnet1-73-4.k2.g2')],
    ].flatMap(([a, b]): Pair[] => (a && b ? [[a, b]] : []));
    return onSpeeds(speeds, evidence, (known) => always(known, 'RS as ordered in Table 5'));
  },
};

/** Every network that was built here, with its count. */
function builtNetworks({ jobs, measurements }: Evidence): { readonly network: Network; readonly parameters: number }[] {
  return [...jobs.values()].flatMap((job) => {
    const trained = measurements.trainings.get(job.id);
    if (training.is(job) && trained) return [{ network: job.network, parameters: trained.parameters }];
    const timed = measurements.timings.get(job.id);
    if (!timing.is(job) || !timed) return [];
    return job.rows.flatMap(({ row, network }) => {
      const own = timed.rows.find((candidate) => candidate.row === row);
      return own ? [{ network, parameters: own.parameters }] : [];
    });
  });
}

export const sameParameters: Test = {
  id: 'claim.same-parameters',
  test: 'A WRN and the WarpNets of its depth, width and classes, as built here, have equal counts of trainable parameters.',
  perProtocol: false,
  decide: (_, evidence) => {
    const sizes = groupBy(builtNetworks(evidence), ({ network: { facts, specification, classes } }) =>
      [facts['unitsPerStage'], specification['kw'], classes].join('-'),
    );
    const compared = [...sizes.values()].filter((members) => {
      const systems = new Set(members.map(({ network }) => network.system));
      return systems.has('WRN') && systems.size > 1;
    });
    if (compared.length === 0) return nothingToCompare('WRN and WarpNet of one size, both built here,');
    const equal = compared.filter((members) => new Set(members.map(({ parameters }) => parameters)).size === 1).length;
    return found(
      equal === compared.length ? 'reproduced' : 'not reproduced',
      `${equal} of ${compared.length} sizes have equal counts.`,
    );
  },
};

/** Whether the full batch fits on what the place is timed on; null where nothing tells. */
function fits(place: EvaluatedEntry | undefined, { measurements }: Evidence): boolean | null {
  if (!place || place.entry.timing.skipped || place.entry.timing.shrunk.length > 0) return null;
  const { job } = place.entry.timing;
  if (measurements.finished.has(job)) return true;
  return measurements.failures.get(job)?.kind === 'out-of-memory' ? false : null;
}

export const memory: Test = {
  id: 'claim.memory',
  test: 'At the paper’s batch the WRN-73-4 for ImageNet 32x32 runs out of memory on one device and WarpNet1-73-4 does not.',
  perProtocol: true,
  decide: (places, evidence) => {
    const warp = fits(atRow(places, 't4.warpnet1-73-4.k2'), evidence);
    const wrn = fits(atRow(places, 't4.wrn-73-4'), evidence);
    if (warp === null || wrn === null)
      return notJudged(
        'device-not-here',
        'No run fills a card on purpose: a batch that would not fit by estimate is halved before it starts. To decide it takes WRN-73-4 and WarpNet1-73-4 for ImageNet 32x32 at batch 512 on cards of the paper’s size.',
      );
    const [onOne, spread] = [wrn, warp].map((fitting) => (fitting ? 'fits' : 'does not fit'));
    return found(
      warp && !wrn ? 'reproduced' : 'not reproduced',
      `WRN-73-4 ${onOne ?? ''} on one device, WarpNet1-73-4 ${spread ?? ''}.`,
    );
  },
};
