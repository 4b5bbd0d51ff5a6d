/** `--trace`: the profile of a step as files to look at. */
import { join } from 'node:path';
import type { StepProfile } from '../engine/step-graph.js';
import { writeAtomically } from '../result/atomic-write.js';

export interface TraceCaption {
  /** `WarpNet1-73-4`. */
  readonly title: string;
  /** Layout, batch, devices. */
  readonly subtitle: string;
}

/** Writes `<name>.json`, a Chrome trace, and `<name>.svg`, devices as lanes. */
export async function writeTrace(
  folder: string,
  name: string,
  profile: StepProfile,
  caption: TraceCaption,
): Promise<void> {
  const [{ chromeTrace }, { timelineSvg }] = await Promise.all([
    import('../engine/trace/chrome-trace.js'),
    import('../engine/trace/timeline-svg.js'),
  ]);
  writeAtomically(
    join(folder, `${name}.json`),
    JSON.stringify(chromeTrace(profile, `${caption.title} ${caption.subtitle}`)),
  );
  writeAtomically(join(folder, `${name}.svg`), timelineSvg(profile, caption));
}

/** `trace.<row>`, without what a file name should not have. */
export const traceName = (row: string): string => `trace.${row.replace(/[^\w-]+/g, '_')}`;
