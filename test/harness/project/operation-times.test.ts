import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StepGraph, StepProfile } from '../../../harness/engine/step-graph.js';
import { priceGraph } from '../../../harness/project/costs/costs.js';
import { measuredCosts } from '../../../harness/project/costs/measured-costs.js';
import { operationTimes } from '../../../harness/project/costs/operation-times.js';
import { operationTimesText, readOperationTimes } from '../../../harness/project/costs/operation-times-file.js';
import { machineEffects } from '../../../harness/project/machine-effects.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { trainingStepGraph } from '../../../harness/project/step-graph.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';
import { profileOf, truth } from './made-up-machine.js';

const folder = mkdtempSync(join(tmpdir(), 'operation-times-'));
afterAll(() => rmSync(folder, { recursive: true }));

await warpnet.loadModels();
const protocol = warpnetFolder().protocol('paper');
const batch = 16;
const wrn = warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 2, classes: 10 });
const warped = (Nwarp: number) => warpnetNetwork({ family: 'warpnet1', K: 2, Nwarp, kw: 2, classes: 10 });
const graphOf = (network: typeof wrn, layout: string): StepGraph =>
  trainingStepGraph(network.layout(layout, protocol), protocol, batch);

const baseline = graphOf(wrn, '[F1, F2]');
const folded = graphOf(warped(1), "[F1, F2, F2'x1]");
const split = graphOf(warped(1), "[F1] [F2, F2'x1]");
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

  it.each([[[2]], [[0, 2]]])('is not a disturbance of steps %j of four', (slow) => {
    const disturbed = (profile: StepProfile): StepProfile => {
      const steady = profileOf(profile.graph, 4);
      return {
        ...steady,
        duration: steady.duration.map((own, step) => (slow.includes(step) ? own.map((time) => 3 * time) : own)),
      };
    };
    const costs = measuredCosts([operationTimes(profiles.slice(0, 2))]);
    const { stretch } = machineEffects(costs, profiles.map(disturbed));
    expect(stretch['batch-norm']).toBeCloseTo(truth.stretch, 2);
    expect(stretch.convolution).toBeCloseTo(1, 2);
  });
});

describe('operation times', () => {
  it('serve layouts that the machine has no devices for', async () => {
    const compared = (layout: string) => ({
      network: warped(1),
      layout: warped(1).layout(layout, protocol),
      baseline: { network: wrn, layout: wrn.layout('[F1, F2]', protocol) },
      batch,
    });
    const projector = new PlaceProjector(warpnet);
    const wider = await projector.project(compared("[F1] [F2] [F2'x1]"), protocol, times);
    const narrower = await projector.project(compared("[F1] [F2, F2'x1]"), protocol, times);
    expect(wider.percent).toBeGreaterThan(narrower.percent);
    // Everything but the copies that cross was measured in another layout.
    expect(wider.estimatedShare).toBeLessThan(0.01);
  });

  it('of several measurements serve as those of one', () => {
    const apart = measuredCosts([operationTimes([profileOf(baseline)]), operationTimes(profiles.slice(1))]);
    const together = measuredCosts([times]);
    const [one, other] = [apart, together].map((costs) => priceGraph(costs, split));
    expect(one?.estimatedShare).toBeLessThan(0.01);
    for (const [index, price] of (one?.durations ?? []).entries())
      expect(price).toBeCloseTo(other?.durations[index] ?? 0, 2);
  });

  it('are an entry a signature, so that they are kept with a result', () => {
    const deeper = profileOf(graphOf(warped(4), "[F1, F2, F2'x1]"));
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
