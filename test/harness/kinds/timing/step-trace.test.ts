import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StepProfile } from '../../../../harness/engine/step-graph.js';
import { drawnKinds } from '../../../../harness/engine/trace/drawn-kind.js';
import { typicalStep } from '../../../../harness/engine/trace/typical-step.js';
import { kinds } from '../../../../harness/core/drawing/timeline.js';
import { timelineOf, traceName, writeTrace } from '../../../../harness/kinds/rows/step-trace.js';
import { emptyFolder } from '../../../support/run-folders.js';

const operation = (name: string, device: number, type: string, pass: 'forward' | 'backward') => ({
  name,
  type,
  device,
  pass,
  inputs: [],
  control: [],
  outputs: [],
  flops: 0,
});

/** Two devices, two steps; the last operation was removed by TensorFlow and has no time. */
const profile: StepProfile = {
  graph: {
    devices: 2,
    variableBytes: [0, 0],
    operations: [
      operation('a', 0, 'Conv2D', 'forward'),
      operation('b', 1, 'Conv2DBackpropInput', 'backward'),
      operation('c', 1, 'Identity', 'backward'),
      operation('d', 0, 'Fill', 'backward'),
    ],
  },
  start: [Float64Array.of(0, 40, NaN, 0), Float64Array.of(0, 90, NaN, 0)],
  duration: [Float64Array.of(40, 60, NaN, 1), Float64Array.of(90, 60, NaN, 1)],
  span: [100, 150],
  hardware: { kind: 'cpu', model: 'CPU Y' },
};

it('draws the typical step, without operations that did not run', () => {
  expect(timelineOf(typicalStep(profile), 'WRN').operations).toEqual([
    { device: 0, start: 0, duration: 40, pass: 'forward', kind: 'convolution' },
    { device: 1, start: 40, duration: 60, pass: 'backward', kind: 'convolution gradient' },
    { device: 0, start: 0, duration: 1, pass: 'backward', kind: 'other' },
  ]);
});

it('has a colour for every kind of operation', () => {
  expect(kinds).toEqual(drawnKinds);
});

it('writes a Chrome trace and a picture with a lane a device, both inert whatever the title', async () => {
  const folder = emptyFolder();
  await writeTrace(folder, traceName("[F1] <i>[F2, F2'x1]"), profile, '<script>WRN</script>');
  const name = 'trace._F1_i_F2_F2_x1_';
  const { traceEvents } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { traceEvents: object[] };
  expect(traceEvents).toHaveLength(1 + 2 + 3);
  const svg = readFileSync(join(folder, `${name}.svg`), 'utf8');
  for (const part of ['device 0', 'device 1', '41 % busy', '60 % busy']) expect(svg).toContain(part);
  expect(svg).not.toContain('<script>');
  // The gradient of the convolution begins after 40 of 100 µs; what fills a constant before it is not the backward pass.
  const at = Number(/<text x="([\d.]+)"[^>]*>backward</u.exec(svg)?.[1]);
  expect(at).toBeGreaterThan(76 + 0.39 * 700);
});
