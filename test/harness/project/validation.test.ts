import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import type { StepGraph, StepProfile } from '../../../harness/engine/step-graph.js';
import { devicesOf, parseLayout } from '../../../experiments/warpnet/layouts/layout.js';
import { priceGraph } from '../../../harness/project/costs/costs.js';
import { networkStepGraph } from '../../../harness/simulate/network-step-graph.js';
import { allToAll } from '../../../harness/project/schedule/links.js';
import { machineEffects } from '../../../harness/project/machine-effects.js';
import { measuredCosts } from '../../../harness/project/costs/measured-costs.js';
import { kindOf } from '../../../harness/project/costs/operation-kind.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { operationTimes } from '../../../harness/project/costs/operation-times.js';
import { operationTimesText, readOperationTimes } from '../../../harness/project/costs/operation-times-file.js';
import { rooflineTime } from '../../../harness/project/costs/roofline.js';
import { cardNamed } from '../../../harness/project/costs/cards.js';
import { defaultEfficiency } from '../../../harness/project/costs/roofline.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';
import { summarise, validate, validationCsv } from '../../../harness/project/validation/validation.js';
import { validationPlan } from '../../../harness/project/validation/validation-plan.js';
import { buildOptions, warpnet, wrn } from './networks.js';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A made-up machine: the roofline's times, crossings of 25 us, batch norm half as fast while another core is busy. */
const truth = { latency: 25, stretch: 2 };

function profileOf(graph: StepGraph, steps = 3): StepProfile {
  const durations = Float64Array.from(graph.operations, (op) => rooflineTime(op, cardNamed('k80'), defaultEfficiency));
  const stretch = Float64Array.from(graph.operations, ({ type }) =>
    kindOf(type) === 'batch-norm' ? truth.stretch : 1,
  );
  const simulation = simulate(prepareGraph(graph), durations, {
    topology: allToAll(graph.devices, { latency: truth.latency, bandwidth: Infinity }),
    stretch,
  });
  const taken = simulation.end.map((end, index) => end - (simulation.start[index] ?? 0));
  return {
    graph,
    start: Array.from({ length: steps }, () => simulation.start),
    duration: Array.from({ length: steps }, () => taken),
    span: new Array<number>(steps).fill(simulation.stepTime),
    hardware: { kind: 'cpu', model: 'made up' },
  };
}

const options = buildOptions();
const graphOf = (network: Parameters<typeof networkStepGraph>[0], layout: string) =>
  networkStepGraph(network, parseLayout(layout), options, 16);
const baseline = graphOf(wrn(2, 2), '[F1, F2]');
const folded = graphOf(warpnet('warpnet1', 2, 1, 2), "[F1, F2, F2'x1]");
const split = graphOf(warpnet('warpnet1', 2, 1, 2), "[F1] [F2, F2'x1]");
const profiles = [profileOf(baseline), profileOf(folded), profileOf(split)];
const times = operationTimes(profiles);

describe('what several devices do to each other', () => {
  it('is found in their profiles: the cost of a crossing, and what crowding slows down', () => {
    const { latency, stretch, bandwidth } = machineEffects(
      measuredCosts([operationTimes(profiles.slice(0, 2))]),
      profiles,
    );
    // Times are kept to the nanosecond.
    expect(latency).toBeCloseTo(truth.latency, 2);
    expect(bandwidth).toBe(Infinity);
    expect(stretch['batch-norm']).toBeCloseTo(truth.stretch, 2);
    expect(stretch.convolution).toBeCloseTo(1, 2);
  });

  it('is not a disturbance of one step in four', () => {
    const disturbed = (profile: StepProfile): StepProfile => {
      const steady = profileOf(profile.graph, 4);
      return {
        ...steady,
        duration: steady.duration.map((times, step) => (step === 2 ? times.map((t) => 3 * t) : times)),
      };
    };
    const costs = measuredCosts([operationTimes(profiles.slice(0, 2))]);
    const { stretch } = machineEffects(costs, profiles.map(disturbed));
    expect(stretch['batch-norm']).toBeCloseTo(truth.stretch, 2);
    expect(stretch.convolution).toBeCloseTo(1, 2);
  });
});

describe('a projection from one core’s times', () => {
  const measuredRs = 100 * (1 - (profiles[2]?.span[0] ?? NaN) / (profiles[0]?.span[0] ?? NaN));

  it('gives the speed-up that the machine measures', () => {
    const rows = validate(
      { baseline: wrn(2, 2), batch: 16 },
      [
        {
          network: warpnet('warpnet1', 2, 1, 2),
          layout: "[F1] [F2, F2'x1]",
          protocol: 'paper',
          options,
          measuredRs,
          measuredInterval: [measuredRs - 1, measuredRs + 1],
        },
      ],
      times,
    );
    // Crowding is one factor for all operations of a kind: here it is exact.
    expect(rows[0]?.projectedRs).toBeCloseTo(measuredRs, 3);
    const [row] = parse<Record<string, string>>(validationCsv(rows), { columns: true });
    expect(row).toMatchObject({ layout: "[F1] [F2, F2'x1]", protocol: 'paper', batchNorm: 'fused', kw: '2' });
    expect(Number(row?.['projectedRs'])).toBeCloseTo(Number(row?.['measuredRs']), 1);
  });

  it('serves layouts that the machine has no devices for', () => {
    const projected = new PlaceProjector().project(
      {
        network: warpnet('warpnet1', 2, 1, 2),
        layout: "[F1] [F2] [F2'x1]",
        baseline: { network: wrn(2, 2), layout: '[F1, F2]' },
        batch: 16,
      },
      options,
      times,
    );
    expect(projected.percent).toBeGreaterThan(measuredRs);
    expect(projected.hardware).toBe('made up');
    // Everything but the copies that cross was measured in another layout.
    expect(projected.estimatedShare).toBeLessThan(0.01);
  });
});

describe('the validation plan', () => {
  const plan = validationPlan();

  it('has every two-device layout: both networks, K = 2 and 3, data parallelism, protocols, BN kinds and widths', () => {
    const rows = plan.flatMap((group) =>
      group.rows.map((row) => {
        const { network } = row;
        const K = network.family === 'wrn' ? '' : network.K;
        return `${network.family} ${K} ${row.protocol} ${row.options.batchNorm} ${group.kw}`;
      }),
    );
    expect(rows).toHaveLength(3 * 2 * (2 * 2 * 2 + 1));
    expect(new Set(rows).size).toBe(rows.length);
    for (const { rows: ofGroup } of plan) for (const row of ofGroup) expect(devicesOf(parseLayout(row.layout))).toBe(2);
  });

  it('can be built and scheduled, and its batches cut', () => {
    for (const group of plan.filter(({ kw }) => kw === 1))
      for (const row of group.rows)
        expect(networkStepGraph(row.network, parseLayout(row.layout), row.options, group.batch).devices).toBe(2);
  });
});

it('summarises the differences', () => {
  const row = (measuredRs: number, projectedRs: number, width: number) => ({
    measuredRs,
    projectedRs,
    measuredInterval: [measuredRs - width / 2, measuredRs + width / 2] as const,
  });
  expect(summarise([row(10, 12, 1), row(20, 14, 3)])).toEqual({
    layouts: 2,
    meanDifferencePct: 4,
    withinFive: 0.5,
    widestIntervalPct: 3,
  });
});

describe('operation times', () => {
  it('of several measurements serve as those of one', () => {
    const apart = measuredCosts([operationTimes([profileOf(baseline)]), operationTimes(profiles.slice(1))]);
    const together = measuredCosts([times]);
    const [one, other] = [apart, together].map((costs) => priceGraph(costs, split));
    expect(one?.estimatedShare).toBeLessThan(0.01);
    for (const [index, price] of (one?.durations ?? []).entries())
      expect(price).toBeCloseTo(other?.durations[index] ?? 0, 2);
  });

  it('are an entry a signature, so that they are kept with a result', () => {
    const deeper = profileOf(graphOf(warpnet('warpnet1', 2, 4, 2), "[F1, F2, F2'x1]"));
    const many = operationTimes([deeper]);
    expect(many.operations.reduce((sum, { count }) => sum + count, 0)).toBe(deeper.graph.operations.length);
    expect(many.operations.length).toBeLessThan(deeper.graph.operations.length / 5);
    expect(JSON.stringify(many).length).toBeLessThan(40_000);
  });

  it('are read from a file as they were written', () => {
    const path = join(folder, 'times.json');
    writeFileSync(path, operationTimesText([times]));
    expect(readOperationTimes(path)).toEqual([times]);
  });

  it.each(['', '{}', '{"format":"warpnet-operation-times","version":2,"times":[]}', '[1'])('refuses %s', (text) => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, text);
    expect(() => readOperationTimes(path)).toThrow(expect.objectContaining({ code: 'PROFILE_INVALID' }));
  });
});
