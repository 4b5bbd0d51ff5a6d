/** A command `whatif` of a paper: projected speed-ups of its networks on devices and links that are not here. */
import { Problem } from '../core/problem.js';
import { exitCodes } from '../core/exit-codes.js';
import { formatBytes } from '../core/format-bytes.js';
import { datasetFacts, datasetNames } from '../plan/dataset-facts.js';
import { ExperimentFolder } from '../plan/experiment-folder.js';
import { networkOfRow } from '../plan/matrix/row-layout.js';
import type { Network, Scalar } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { RowFacts } from '../plan/paper/row-facts.js';
import { parseOverrides } from '../plan/profile/overrides.js';
import { withOverrides } from '../plan/profile/protocol-file.js';
import { allowedNames } from '../plan/yaml/nearest.js';
import { cardNamed } from '../project/costs/cards.js';
import { measuredCosts } from '../project/costs/measured-costs.js';
import { readOperationTimes } from '../project/costs/operation-times-file.js';
import { rooflineCosts } from '../project/costs/roofline.js';
import { allToAll, formatBandwidth, parseBandwidth, parseDuration, sharedSlots } from '../project/schedule/links.js';
import type { LayoutSearch, WhatIfAnswer } from '../project/whatif.js';
import { command, type ArgumentsOf, type Command, type OptionTable } from './command.js';
import { pick } from './options/options.js';

export interface WhatIfCommand {
  readonly paper: Paper;
  /** The network that is meant where the command line says no more: its system, and a value of each axis. */
  readonly usual: { readonly network: string; readonly axes: Readonly<Record<string, Scalar>> };
  /** How a network is divided; null for one that is not. */
  readonly search: (network: Network) => LayoutSearch | null;
}

const shared = {
  devices: { type: 'number', default: 4, describe: 'How many devices' },
  link: { type: 'string', describe: 'Bandwidth of a link in one direction: 36GB/s, 200Gbit/s, free' },
  latency: { type: 'string', default: '5us', describe: 'Latency of a transfer: 5us' },
  wiring: {
    choices: ['all-to-all', 'one-stream'] as const,
    default: 'all-to-all' as const,
    describe: 'Whether a device sends to several at once',
  },
  batch: { type: 'number', default: 128, describe: 'Images a step' },
  dataset: { choices: datasetNames, default: 'cifar10' as const, describe: 'Data set, for its number of classes' },
  card: { type: 'string', default: 'p100', describe: 'Card that operations are priced for: p100, v100, h100 …' },
  profile: { type: 'string', describe: 'Price operations by a measured profile instead of a card' },
  protocol: { type: 'string', default: 'paper', describe: 'Protocol that the networks are under' },
  set: { type: 'string', array: true, describe: 'Change one option of the protocol: option=value' },
  layout: { type: 'string', describe: 'Also project this layout, in the paper’s notation' },
  order: {
    choices: ['program', 'ready', 'critical-path'] as const,
    default: 'program' as const,
    describe: 'Order of the operations on a device',
  },
  ...pick('json'),
} as const satisfies OptionTable;

type WhatIfArguments = ArgumentsOf<typeof shared> & Readonly<Record<string, unknown>>;

/** Its options are those above, `--network`, and one an axis of the paper. */
export function whatIfCommand(about: WhatIfCommand): Command {
  const { paper, usual } = about;
  const axes = Object.fromEntries(
    Object.entries(paper.axes).map(([axis, { description }]) => {
      const value = usual.axes[axis];
      const type = typeof value === 'string' ? 'string' : 'number';
      return [axis, { type, default: value, describe: description ?? axis } as const];
    }),
  );
  const names = paper.systems.map(({ name }) => name).join(', ');
  const network = { type: 'string', default: usual.network, describe: names } as const;
  return command({
    positionals: {},
    options: { ...shared, network, ...axes },
    run: async (args, { output }) => {
      const answer = await answerFor(about, args);
      output.write(args.json ? `${JSON.stringify(answer, null, 2)}\n` : `${formatAnswer(answer)}\n`);
      return exitCodes.done;
    },
  });
}

/** @throws Problem NETWORK_INVALID, SPECIFICATION_INVALID, and of links, card, profile, protocol and layout */
async function answerFor({ paper, search }: WhatIfCommand, args: WhatIfArguments): Promise<WhatIfAnswer> {
  const { batch, devices } = args;
  checkCount('devices', devices, 64);
  checkCount('batch', batch, 65536);
  const row = rowOf(paper, args);
  const protocol = withOverrides(
    new ExperimentFolder(paper).protocol(args.protocol),
    parseOverrides(paper, args.set ?? []).protocol,
  );
  const network = networkOfRow(paper, row, datasetFacts[row.dataset].classes);
  const compared = paper.sameSizeBaseline(row);
  const card = cardNamed(args.card);
  const costs = args.profile === undefined ? rooflineCosts(card) : measuredCosts(readOperationTimes(args.profile));
  const known = args.profile === undefined ? card.link.bandwidth * 1e3 : Infinity;
  const bandwidth = args.link === undefined ? known : parseBandwidth(args.link);
  const speed = { latency: parseDuration(args.latency), bandwidth };
  const oneStream = args.wiring === 'one-stream';
  const links = `${formatBandwidth(bandwidth)} a link, ${args.latency} latency, ${oneStream ? 'one copy at a time a device' : 'links used side by side'}`;
  const layout = args.layout === undefined ? undefined : network.layout(args.layout, protocol);
  const [{ answerWhatIf }] = await Promise.all([import('../project/whatif.js'), paper.loadModels()]);
  return answerWhatIf({
    network,
    baseline: compared === null ? network : networkOfRow(paper, compared.row, network.classes),
    search: search(network),
    protocol,
    batch,
    devices,
    topology: (oneStream ? sharedSlots : allToAll)(devices, speed, links),
    costs,
    how: { order: args.order },
    deviceBytes: args.profile === undefined ? card.memory * 2 ** 30 : undefined,
    layout,
  });
}

function checkCount(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Problem('NETWORK_INVALID', `--${name} ${value} is not a whole number from 1 to ${most}`);
}

/** @throws Problem NETWORK_INVALID */
function rowOf(paper: Paper, args: WhatIfArguments): RowFacts {
  const asked = String(args['network']);
  const system = paper.systems.find(({ name }) => name.toLowerCase() === asked.toLowerCase());
  if (system === undefined) {
    const names = paper.systems.map(({ name }) => name);
    throw new Problem('NETWORK_INVALID', `No network is called "${asked}"`, allowedNames(asked, names, 'Networks'));
  }
  const axes = Object.entries(paper.axes).map(([axis, schema]): [string, Scalar] => {
    const parsed = schema.safeParse(args[axis]);
    if (parsed.success) return [axis, parsed.data];
    const reason = parsed.error.issues[0]?.message ?? 'cannot be';
    throw new Problem('NETWORK_INVALID', `--${axis} ${String(args[axis])}: ${reason}`);
  });
  return { dataset: args.dataset, network: system.name, axes: Object.fromEntries(axes) };
}

function formatAnswer({ baseline, rows, limitPct, search, costs, links }: WhatIfAnswer): string {
  const percent = (value: number): string => `${value.toFixed(1)} %`;
  const jobs = rows.map(({ what, rsPct, intervalPct, milliseconds, peakBytes, fits, busy, layout }) => [
    what,
    percent(rsPct),
    `${intervalPct[0].toFixed(1)} to ${intervalPct[1].toFixed(1)}`,
    `${milliseconds.toFixed(1)} ms`,
    `${formatBytes(peakBytes)}${fits === false ? ', too much' : ''}`,
    busy.map((share) => `${Math.round(100 * share)}`).join('/'),
    layout,
  ]);
  const header = ['', 'RS', '95 %', 'step', 'memory', 'busy %', 'layout'];
  const widths = header.map((title, column) => Math.max(title.length, ...jobs.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((job, column) =>
        column === 0 || column === row.length - 1 ? job.padEnd(widths[column] ?? 0) : job.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    `Projected, not measured: ${costs}; ${links}.`,
    `Baseline: ${baseline.network} on one device, ${baseline.milliseconds.toFixed(1)} ms a step, ${formatBytes(baseline.peakBytes)}.`,
    '',
    line(header),
    ...jobs.map(line),
    '',
    `No layout of the network on these devices can save more than ${percent(limitPct)}: its longest chain of operations and its work, with free links.`,
    ...(search === null ? [] : [`Search: ${search.method} (${search.tried} layouts).`]),
    'The intervals cover the operation costs alone, not the model.',
  ].join('\n');
}
