import type { CommandModule } from 'yargs';
import { formatBytes } from '../core/format-bytes.js';
import { derivativeReadings, type DerivativeReading } from '../network/options.js';
import type { WhatIfAnswer } from '../simulate/whatif.js';

interface WhatIfArguments {
  readonly devices: number;
  readonly link?: string | undefined;
  readonly latency: string;
  readonly wiring: 'all-to-all' | 'one-stream';
  readonly network: string;
  readonly K: number;
  readonly Nwarp: number;
  readonly kw: number;
  readonly batch: number;
  readonly classes: number;
  readonly card: string;
  readonly profile?: string | undefined;
  readonly derivative: DerivativeReading;
  readonly 'batch-norm': 'fused' | 'moments';
  readonly layout?: string | undefined;
  readonly order: 'program' | 'ready' | 'critical-path';
  readonly json: boolean;
}

/** Projects and prints. @returns exit code 0 @throws Problem for what cannot be read */
export async function whatif(args: WhatIfArguments, output: NodeJS.WritableStream = process.stdout): Promise<number> {
  const answer = await answerFor(args);
  output.write(args.json ? `${JSON.stringify(answer, null, 2)}\n` : `${formatAnswer(answer)}\n`);
  return 0;
}

async function answerFor(args: WhatIfArguments): Promise<WhatIfAnswer> {
  const [{ answerWhatIf }, { whatIfNetwork }, { readLayout }, links, { cardNamed }, { rooflineCosts }] =
    await Promise.all([
      import('../simulate/whatif.js'),
      import('../simulate/whatif-network.js'),
      import('../network/layout.js'),
      import('../simulate/links.js'),
      import('../simulate/cards.js'),
      import('../simulate/roofline.js'),
    ]);
  const network = whatIfNetwork(args);
  const card = cardNamed(args.card);
  const costs = args.profile === undefined ? rooflineCosts(card) : await costsOf(args.profile);
  const bandwidth =
    args.link !== undefined
      ? links.parseBandwidth(args.link)
      : args.profile === undefined
        ? card.link.bandwidth * 1e3
        : Infinity;
  const speed = { latency: links.parseDuration(args.latency), bandwidth };
  const name = `${links.formatBandwidth(bandwidth)} a link, ${args.latency} latency, ${args.wiring === 'one-stream' ? 'one copy at a time a device' : 'links used side by side'}`;
  const topology =
    args.wiring === 'one-stream'
      ? links.sharedSlots(args.devices, speed, name)
      : links.allToAll(args.devices, speed, name);
  return answerWhatIf({
    network,
    options: {
      derivative: args.derivative,
      derivativeTerms: 'once',
      widening: 'copies',
      batchNorm: args['batch-norm'],
      batchNormEvaluation: 'batch',
    },
    batch: args.batch,
    devices: args.devices,
    topology,
    costs,
    how: { order: args.order },
    deviceBytes: args.profile === undefined ? card.memory * 2 ** 30 : undefined,
    layout: args.layout === undefined ? undefined : readLayout(args.layout, network, 'once'),
  });
}

async function costsOf(path: string) {
  const [{ readOperationTimes }, { measuredCosts }] = await Promise.all([
    import('../simulate/operation-times-file.js'),
    import('../simulate/measured-costs.js'),
  ]);
  return measuredCosts(readOperationTimes(path));
}

function formatAnswer({ baseline, rows, limitPct, search, costs, links }: WhatIfAnswer): string {
  const percent = (value: number): string => `${value.toFixed(1)} %`;
  const cells = rows.map(({ what, rsPct, intervalPct, milliseconds, peakBytes, fits, busy, layout }) => [
    what,
    percent(rsPct),
    `${intervalPct[0].toFixed(1)} to ${intervalPct[1].toFixed(1)}`,
    `${milliseconds.toFixed(1)} ms`,
    `${formatBytes(peakBytes)}${fits === false ? ', too much' : ''}`,
    busy.map((share) => `${Math.round(100 * share)}`).join('/'),
    layout,
  ]);
  const header = ['', 'RS', '95 %', 'step', 'memory', 'busy %', 'layout'];
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    `Projected, not measured: ${costs}; ${links}.`,
    `Baseline: the WRN on one device, ${baseline.milliseconds.toFixed(1)} ms a step, ${formatBytes(baseline.peakBytes)}.`,
    '',
    line(header),
    ...cells.map(line),
    '',
    `No layout of the operator on these devices can save more than ${percent(limitPct)}: its longest chain of operations and its work, with free links.`,
    ...(search === null ? [] : [`Search: ${search.method} (${search.tried} layouts).`]),
    'The intervals cover the operation costs alone, not the model.',
  ].join('\n');
}

export const whatifCommand: CommandModule<object, WhatIfArguments> = {
  command: 'whatif',
  describe: 'Project the speed-up on devices and links that are not here, and find the best layout',
  builder: (yargs) =>
    yargs
      .option('devices', { type: 'number', default: 4, describe: 'How many devices' })
      .option('link', { type: 'string', describe: 'Bandwidth of a link in one direction: 36GB/s, 200Gbit/s, free' })
      .option('latency', { type: 'string', default: '5us', describe: 'Latency of a transfer: 5us' })
      .option('wiring', {
        choices: ['all-to-all', 'one-stream'] as const,
        default: 'all-to-all' as const,
        describe: 'Whether a device sends to several at once',
      })
      .option('network', { type: 'string', default: 'warpnet1', describe: 'warpnet1, warpnet2 or wrn' })
      .option('K', { type: 'number', default: 2, describe: 'Units a warp layer' })
      .option('Nwarp', { type: 'number', default: 6, describe: 'Warp layers a stage' })
      .option('kw', { type: 'number', default: 4, describe: 'Width factor' })
      .option('batch', { type: 'number', default: 128, describe: 'Images a step' })
      .option('classes', { type: 'number', default: 10, describe: 'Classes' })
      .option('card', {
        type: 'string',
        default: 'p100',
        describe: 'Card that operations are priced for: p100, v100, h100 …',
      })
      .option('profile', { type: 'string', describe: 'Price operations by a measured profile instead of a card' })
      .option('derivative', {
        choices: derivativeReadings,
        default: 'R1' as const,
        describe: 'How F’ is evaluated (A1)',
      })
      .option('batch-norm', {
        choices: ['fused', 'moments'] as const,
        default: 'fused' as const,
        describe: 'Batch norm kernels (A8)',
      })
      .option('layout', { type: 'string', describe: "Also project this layout: [F1] [F2, F2'x1]" })
      .option('order', {
        choices: ['program', 'ready', 'critical-path'] as const,
        default: 'program' as const,
        describe: 'Order of the operations on a device',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' }),
  handler: async (args) => {
    process.exitCode = await whatif(args);
  },
};
