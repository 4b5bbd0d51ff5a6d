/** `data`: what data sets are here; `data NAME`: fetch one. */
import { resolve } from 'node:path';
import { formatBytes } from '../../core/format-bytes.js';
import type { DownloadProgress } from '../../../datasets/download/download.js';
import { fetchDataset } from '../../../datasets/fetch.js';
import { datasetStatus, type DatasetStatus } from '../../../datasets/status.js';
import { exitCodes } from '../../core/exit-codes.js';
import { Problem } from '../../core/problem.js';
import { inWorkplace } from '../../core/project.js';
import { TransferLine } from '../../core/transfer-line.js';
import type { Surroundings } from '../../run/surroundings.js';
import { command, type ArgumentsOf } from '../command.js';
import { pick } from '../options/options.js';

const positionals = {
  names: { type: 'string', array: true, describe: 'cifar10, cifar100, stl10, fashion-mnist, imagenet32' },
} as const;
const options = {
  mirror: {
    type: 'string',
    array: true,
    describe: 'Fetch from the folder at this address instead (https://…/ or file:///…/); several are tried in turn',
  },
  force: { type: 'boolean', default: false, describe: 'Fetch again what is here' },
  quiet: { type: 'boolean', default: false, describe: 'No progress' },
  ...pick('data-cache', 'json'),
} as const;

export const dataCommand = command({
  positionals,
  options,
  run: async (args, surroundings) => {
    const cacheFolder = resolve(args.dataCache ?? inWorkplace('datasets', 'cache'));
    const names = args.names ?? [];
    if (names.length > 0) return fetchAll(names, cacheFolder, args, surroundings);
    const status = await datasetStatus(cacheFolder);
    surroundings.output.write(`${args.json ? JSON.stringify(status, null, 2) : formatStatus(status)}\n`);
    return exitCodes.done;
  },
});

/** A paragraph a data set: its state, where it is, and the way to get what is missing. */
export function formatStatus(status: readonly DatasetStatus[]): string {
  const width = Math.max(...status.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 11);
  return status
    .map(({ name, available, description, folder, bytes, checksum, missing }) => {
      const lines = [`${available ? 'here   ' : 'missing'}  ${name.padEnd(width)}  ${description}`];
      if (available && folder !== null) lines.push(`${indent}${folder} (${formatBytes(bytes)})`);
      if (checksum !== null) lines.push(`${indent}checksum ${checksum.slice(0, 16)}`);
      if (missing !== null) lines.push(`${indent}-> ${missing}`);
      return lines.join('\n');
    })
    .join('\n');
}

/** Shows how far each file is, and what it waits for. */
export function downloadPrinter(line: TransferLine): (progress: DownloadProgress & { readonly file: string }) => void {
  return ({ file, received, total, retry }) => {
    if (!retry) line.show({ label: file, done: received, total });
    else line.say(`${file}: ${retry.reason}; again in ${Math.max(1, Math.round(retry.inMilliseconds / 1000))} s`);
  };
}

/** Fetches one after the other; Ctrl-C stops, and what has come stays for the next time. @returns the exit code */
async function fetchAll(
  names: readonly string[],
  cacheFolder: string,
  { mirror, force, quiet, json }: ArgumentsOf<typeof options>,
  { output, messages }: Surroundings,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Problem('INTERRUPTED', 'Stopped; the next call goes on from here'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  const line = new TransferLine(messages);
  const shown = quiet || json ? {} : { progress: downloadPrinter(line), preparing: preparingPrinter(line) };
  const results: unknown[] = [];
  try {
    for (const name of names) {
      const fetched = await fetchDataset(name, {
        cacheFolder,
        mirrors: mirror ?? [],
        force,
        signal: stop.signal,
        notice: (text) => {
          line.say(text);
        },
        ...shown,
      });
      results.push({ name, ...fetched });
      const { already, folder, checksum } = fetched;
      if (!json)
        output.write(
          `${name}: ${already ? 'already here' : 'fetched'}, ${folder}, checksum ${checksum.slice(0, 16)}\n`,
        );
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    line.say('\nStopped; the next call goes on from here.');
    return exitCodes.interrupted;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
  if (json) output.write(`${JSON.stringify(results, null, 2)}\n`);
  return exitCodes.done;
}

function preparingPrinter(line: TransferLine): (images: number) => void {
  let printed = 0;
  return (images) => {
    if (images - printed < 100_000) return;
    printed = images;
    line.say(`imagenet32: ${images.toLocaleString('en-US')} images prepared`);
  };
}
