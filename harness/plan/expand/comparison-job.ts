/** The job that times rows against their baseline, in turns. */
import { jobId } from '../../kinds/identity.js';
import type { TimingJob, TimingRow } from '../../kinds/timing/job.js';
import { timingHardware, type Machine } from '../machine.js';
import type { Layout } from '../paper/layout.js';
import type { Network } from '../paper/network.js';
import type { Paper } from '../paper/paper.js';
import type { Protocol } from '../profile/protocol.js';

/** A network under a layout. */
export interface PlacedNetwork {
  readonly network: Network;
  readonly layout: Layout;
}

export interface Comparison {
  readonly paper: Paper;
  readonly machine: Machine;
  readonly protocol: Protocol;
  readonly baseline: PlacedNetwork;
  readonly compared: readonly PlacedNetwork[];
  /** Images a step. */
  readonly batch: number;
  readonly rule: Pick<
    TimingJob,
    'warmup' | 'warmupSeconds' | 'rounds' | 'stepsPerRound' | 'goal' | 'turnSeconds' | 'inputPipeline'
  >;
}

/** A row's name in its job: a function of network and layout alone, so that tables can share a job. */
export const rowName = ({ network, layout }: PlacedNetwork): string => `${network.label} ${layout.text}`;

export function comparisonJob({ paper, machine, protocol, baseline, compared, batch, rule }: Comparison): TimingJob {
  const rows = [baseline, ...compared].map(({ network, layout }): TimingRow => {
    return { row: rowName({ network, layout }), network, layout };
  });
  const job = {
    kind: 'timing',
    paper: paper.id,
    title: `${compared.map(rowName).join(', ')} against ${rowName(baseline)}, ${protocol.name}, batch ${batch}`,
    rows,
    protocol,
    batch,
    warmup: rule.warmup,
    ...(rule.warmupSeconds === undefined ? {} : { warmupSeconds: rule.warmupSeconds }),
    rounds: rule.rounds,
    stepsPerRound: rule.stepsPerRound,
    ...(rule.goal === undefined ? {} : { goal: rule.goal }),
    ...(rule.turnSeconds === undefined ? {} : { turnSeconds: rule.turnSeconds }),
    inputPipeline: rule.inputPipeline,
    devices: Math.max(...rows.map(({ layout }) => layout.devices)),
    engine: machine.engine,
    hardware: timingHardware(machine),
  } as const;
  return { ...job, id: jobId(paper, job) };
}
