/** What two devices do together: copies between them, and a layout's step beside its projection. */
import { mul, ones, sum, type Tensor } from '@tensorflow/tfjs-core';
import { median } from 'simple-statistics';
import { hasPeerAccess } from '../engine/native/cuda-driver.js';
import type { StepProfile } from '../engine/step-graph.js';
import { openEngine } from '../kinds/engine/open-engine.js';
import { operationTimes } from '../project/costs/operation-times.js';
import { PlaceProjector } from '../project/planned-projection.js';
import { relativeSpeedUpPct } from '../project/projection.js';
import { judged, leftOut, type Finding } from './finding.js';
import type { Part } from './parts.js';
import { batch, compileOn, stepsToCheck, titleOf, type CheckedStep, type OpenStep } from './steps.js';

export const pair: Part = async ({ papers, devices }) => {
  const findings = [peers(devices), await copies(devices)];
  const [checked] = stepsToCheck(papers).filter(
    ({ network, protocol }) =>
      network.defaultLayout(2, protocol).devices === 2 && network.defaultLayout(2, protocol).replicas === 1,
  );
  if (checked !== undefined) findings.push(await besideProjection(checked, devices));
  return findings;
};

function peers(devices: string): Finding {
  if (!devices.startsWith('gpu')) return leftOut('peer access', 'cores share their memory');
  const [there, back] = [hasPeerAccess(0, 1), hasPeerAccess(1, 0)];
  if (there === undefined || back === undefined) return leftOut('peer access', 'the driver does not tell');
  const detail =
    there && back ? 'both read each other’s memory directly' : 'copies between them go through the host’s memory';
  return judged('peer access', true, detail);
}

const copied = 64 * 2 ** 20;
const runs = 9;

/** A tensor that is made on one device and used on the other takes longer than one that is used where it is made: that is its copy. */
async function copies(devices: string): Promise<Finding> {
  const { engine } = await openEngine({ devices, engine: 'traced', deterministic: false, tf32: false });
  try {
    const used = (device: number) =>
      engine.compile(`used${device}`, [{ shape: [], dtype: 'float32' }], ([factor]) => {
        const made = engine.operations.onDevice(0, () => mul(ones([copied / 4]), factor as Tensor));
        return [engine.operations.onDevice(device, () => sum(mul(made, made)))];
      });
    const timeOn = async (device: number): Promise<number> => {
      const step = used(device);
      const times: number[] = [];
      for (let run = -2; run < runs; run += 1) {
        const start = performance.now();
        await step.run(Float32Array.of(2));
        if (run >= 0) times.push(performance.now() - start);
      }
      return median(times);
    };
    const milliseconds = (await timeOn(1)) - (await timeOn(0));
    const speed = milliseconds > 0 ? `${(copied / 1e6 / milliseconds).toFixed(1)} GB/s` : 'too fast to tell';
    return judged('copies', true, `64 MiB from the first to the second: ${speed}`);
  } finally {
    engine.close();
  }
}

/** In percentage points of RS. */
const projectionTolerance = 10;

/** A layout on both and the same network on one of them, in turns. */
async function besideProjection(checked: CheckedStep, devices: string): Promise<Finding> {
  const { network, protocol, paper } = checked;
  await paper.loadModels();
  const { engine } = await openEngine({
    devices,
    engine: 'traced',
    deterministic: false,
    tf32: false,
    convolutions: 'direct',
  });
  try {
    const layout = network.defaultLayout(2, protocol);
    const one = network.defaultLayout(1, protocol);
    const [alone, spread] = [compileOn(engine, checked, one), compileOn(engine, checked, layout)];
    const ratios: number[] = [];
    for (let turn = -2; turn < turns; turn += 1) {
      const baseline = await timeOf(alone);
      const own = await timeOf(spread);
      if (turn >= 0) ratios.push(relativeSpeedUpPct(baseline, own));
    }
    const times = operationTimes([await profileOf(alone), await profileOf(spread)]);
    const compared = { network, layout, baseline: { network, layout: one }, batch };
    const { percent } = await new PlaceProjector(paper).project(compared, protocol, times);
    const measured = median(ratios);
    const detail = `${titleOf(checked)}, ${layout.text}: RS ${measured.toFixed(1)} % measured, ${percent.toFixed(1)} % projected`;
    return judged('beside its projection', Math.abs(measured - percent) <= projectionTolerance, detail);
  } finally {
    engine.close();
  }
}

const turns = 9;
const stepsOfTurn = 3;

/** Milliseconds of a step, the first of a turn left out. */
async function timeOf({ step, inputs }: OpenStep): Promise<number> {
  await step.run(...inputs);
  const start = performance.now();
  for (let run = 0; run < stepsOfTurn; run += 1) await step.run(...inputs);
  return (performance.now() - start) / stepsOfTurn;
}

async function profileOf({ step, inputs }: OpenStep): Promise<StepProfile> {
  const profile = await step.profile?.(5, [...inputs]);
  if (profile === undefined) throw new Error('Internal error: the traced engine has no profile');
  return profile;
}
