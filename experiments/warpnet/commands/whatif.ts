/** `whatif`: the projected speed-up on devices and links that are not here, and the best layout for them. */
import { command, type ArgumentsOf } from '../../../harness/cli/command.js';
import { pick } from '../../../harness/cli/options.js';
import { exitCodes } from '../../../harness/core/exit-codes.js';
import { formatBytes } from '../../../harness/core/format-bytes.js';
import { cardNamed } from '../../../harness/project/costs/cards.js';
import type { CostTable } from '../../../harness/project/costs/costs.js';
import { measuredCosts } from '../../../harness/project/costs/measured-costs.js';
import { readOperationTimes } from '../../../harness/project/costs/operation-times-file.js';
import { rooflineCosts } from '../../../harness/project/costs/roofline.js';
import {
  allToAll,
  formatBandwidth,
  parseBandwidth,
  parseDuration,
  sharedSlots,
} from '../../../harness/project/schedule/links.js';
import { whatIfNetwork } from '../../../harness/project/whatif/whatif-network.js';
import { answerWhatIf, type WhatIfAnswer } from '../../../harness/project/whatif/whatif.js';
import { readLayout } from '../layouts/layout.js';
import { derivativeReadings } from '../model/options.js';

const options = {
  devices: { type: 'number', default: 4, describe: 'How many devices' },
  link: { type: 'string', describe: 'Bandwidth of a link in one direction: 36GB/s, 200Gbit/s, free' },
  latency: { type: 'string', default: '5us', describe: 'Latency of a transfer: 5us' },
  wiring: {
    choices: ['all-to-all', 'one-stream'] as const,
    default: 'all-to-all' as const,
    describe: 'Whether a device sends to several at once',
  },
  network: { type: 'string', default: 'warpnet1', describe: 'warpnet1, warpnet2 or wrn' },
  K: { type: 'number', default: 2, describe: 'Units a warp layer' },
  Nwarp: { type: 'number', default: 6, describe: 'Warp layers a stage' },
  kw: { type: 'number', default: 4, describe: 'Width factor' },
  batch: { type: 'number', default: 128, describe: 'Images a step' },
  classes: { type: 'number', default: 10, describe: 'Classes' },
  card: { type: 'string', default: 'p100', describe: 'Card that operations are priced for: p100, v100, h100 …' },
  profile: { type: 'string', describe: 'Price operations by a measured profile instead of a card' },
  derivative: { choices: derivativeReadings, default: 'R1' as const, describe: 'How F’ is evaluated (A1)' },
  'batch-norm': {
    choices: ['fused', 'moments'] as const,
    default: 'fused' as const,
    describe: 'Batch norm kernels (A8)',
  },
  layout: { type: 'string', describe: "Also project this layout: [F1] [F2, F2'x1]" },
  order: {
    choices: ['program', 'ready', 'critical-path'] as const,
    default: 'program' as const,
    describe: 'Order of the operations on a device',
  },
  ...pick('json'),
} as const;

type WhatIfArguments = ArgumentsOf<typeof options>;

export const whatifCommand = command({
  positionals: {},
  options,
  run: (args, { output }) => {
    const answer = answerFor(args);
    output.write(args.json ? `${JSON.stringify(answer, null, 2)}\n` : `${formatAnswer(answer)}\n`);
    return exitCodes.done;
  },
});

/** @throws Problem for what cannot be read */
function answerFor(args: WhatIfArguments): WhatIfAnswer {
  const network = whatIfNetwork(args);
  const card = cardNamed(args.card);
  const costs: CostTable =
    args.profile === undefined ? rooflineCosts(card) : measuredCosts(readOperationTimes(args.profile));
  const known = args.profile === undefined ? card.link.bandwidth * 1e3 : Infinity;
  const bandwidth = args.link === undefined ? known : parseBandwidth(args.link);
  const speed = { latency: parseDuration(args.latency), bandwidth };
  const oneStream = args.wiring === 'one-stream';
  const name = `${formatBandwidth(bandwidth)} a link, ${args.latency} latency, ${oneStream ? 'one copy at a time a device' : 'links used side by side'}`;
  return answerWhatIf({
    network,
    options: {
      derivative: args.derivative,
      derivativeTerms: 'once',
      widening: 'copies',
      batchNorm: args.batchNorm,
      batchNormEvaluation: 'batch',
    },
    batch: args.batch,
    devices: args.devices,
    topology: (oneStream ? sharedSlots : allToAll)(args.devices, speed, name),
    costs,
    how: { order: args.order },
    deviceBytes: args.profile === undefined ? card.memory * 2 ** 30 : undefined,
    layout: args.layout === undefined ? undefined : readLayout(args.layout, network, 'once'),
  });
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
