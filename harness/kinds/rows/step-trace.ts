/** The profile of a step as files to look at: of every job with `--trace`, of those that compare layouts without. */
import { join } from 'node:path';
import type { Protocol } from '../../plan/profile/protocol.js';
import type { StepProfile } from '../../engine/step-graph.js';
import { typicalStep, type RanOperation } from '../../engine/trace/typical-step.js';
import type { Timeline } from '../../core/drawing/timeline.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import type { Execution } from '../../store/execution.js';

/** Writes `<name>.json`, a Chrome trace, and `<name>.svg`, devices as lanes. `title`: network, layout, protocol, batch, devices. */
export async function writeTrace(folder: string, name: string, profile: StepProfile, title: string): Promise<void> {
  const [{ chromeTrace }, { deviceTimelines }] = await Promise.all([
    import('../../engine/trace/chrome-trace.js'),
    import('../../core/drawing/timeline.js'),
  ]);
  const ran = typicalStep(profile);
  writeAtomically(join(folder, `${name}.json`), JSON.stringify(chromeTrace(ran, profile.graph.devices, title)));
  writeAtomically(join(folder, `${name}.svg`), deviceTimelines([timelineOf(ran, title)]).svg);
}

/** A step to be drawn. */
export const timelineOf = (ran: readonly RanOperation[], title: string): Timeline => ({
  title,
  operations: ran.map(({ operation: { device, pass }, start, duration, kind }) => ({
    device,
    start,
    duration,
    pass,
    kind,
  })),
});

/** `trace.<row>`, without what a file name should not have. */
export const traceName = (row: string): string => `trace.${row.replace(/[^\w-]+/g, '_')}`;

/** `<step>, paper, batch 128, traced engine on cpu:1`. `step`: network, and layout where it matters. */
export const stepTitle = (
  step: string,
  batch: number,
  protocol: Pick<Protocol, 'name'>,
  { devices, engine }: Execution,
): string => `${step}, ${protocol.name}, batch ${batch}, ${engine} engine on ${devices}`;
