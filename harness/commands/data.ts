/** `data`: what data sets are here; `data NAME`: fetch one. */
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { DownloadProgress } from '../../datasets/download.js';
import type { DatasetStatus } from '../../datasets/status.js';
import { formatBytes } from '../core/format-bytes.js';
import { Problem } from '../problem.js';
import { inProject } from '../project.js';

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

type FileProgress = DownloadProgress & { readonly file: string };

/** One line that is drawn over and over on a terminal; elsewhere a line every tenth of the file. */
export function progressPrinter(
  output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
  now: () => number = () => performance.now(),
): (progress: FileProgress) => void {
  let file = '';
  let startedAt = 0;
  let startedWith = 0;
  let drawnAt = -Infinity;
  let tenth = -1;
  return ({ file: name, received, total, retry }) => {
    if (name !== file) {
      file = name;
      startedAt = now();
      startedWith = received;
      tenth = -1;
      drawnAt = -Infinity;
    }
    if (retry) {
      const seconds = Math.max(1, Math.round(retry.inMilliseconds / 1000));
      output.write(`${output.isTTY ? '\r\x1b[K' : ''}${file}: ${retry.reason}; again in ${seconds} s\n`);
      return;
    }
    const share = total === null || total === 0 ? null : received / total;
    const done = share !== null && share >= 1;
    const step = share === null ? Math.floor(received / 10_000_000) : Math.floor(share * 10);
    if (output.isTTY ? now() - drawnAt < 100 && !done : step === tenth) return;
    tenth = step;
    drawnAt = now();
    const seconds = (now() - startedAt) / 1000;
    const rate = seconds > 0.5 ? (received - startedWith) / seconds : 0;
    const parts = [
      `${file}: ${formatBytes(received)}`,
      ...(total === null ? [] : [`of ${formatBytes(total)} (${Math.floor((share ?? 0) * 100)} %)`]),
      ...(rate > 0 ? [`at ${formatBytes(rate)}/s`] : []),
      ...(rate > 0 && total !== null && !done ? [`${Math.ceil((total - received) / rate)} s left`] : []),
    ];
    output.write(output.isTTY ? `\r\x1b[K${parts.join(' ')}${done ? '\n' : ''}` : `${parts.join(' ')}\n`);
  };
}

interface DataArguments {
  readonly names?: readonly string[] | undefined;
  readonly mirror?: readonly string[] | undefined;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly dataCache?: string | undefined;
}

async function list(cacheFolder: string, json: boolean): Promise<void> {
  const { datasetStatus } = await import('../../datasets/status.js');
  const status = await datasetStatus(cacheFolder);
  process.stdout.write(`${json ? JSON.stringify(status, null, 2) : formatStatus(status)}\n`);
}

/** Fetches one after the other; Ctrl-C stops, and what has come stays for the next time. @returns the exit code */
async function fetchAll(names: readonly string[], cacheFolder: string, options: DataArguments): Promise<number> {
  const { fetchDataset } = await import('../../datasets/fetch.js');
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Problem('INTERRUPTED', 'Stopped; the next call goes on from here'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const quiet = options.quiet || options.json;
  const print = quiet ? undefined : progressPrinter(process.stderr);
  const results: unknown[] = [];
  try {
    for (const name of names) {
      const fetched = await fetchDataset(name, {
        cacheFolder,
        mirrors: options.mirror ?? [],
        force: options.force,
        signal: stop.signal,
        ...(print ? { progress: print } : {}),
        notice: (text) => void process.stderr.write(`${text}\n`),
        ...(quiet ? {} : { preparing: preparingPrinter(process.stderr) }),
      });
      results.push({ name, ...fetched });
      if (!options.json)
        process.stdout.write(
          `${name}: ${fetched.already ? 'already here' : 'fetched'}, ${fetched.folder}, checksum ${fetched.checksum.slice(0, 16)}\n`,
        );
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write('\nStopped; the next call goes on from here.\n');
    return 130;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  return 0;
}

function preparingPrinter(output: Pick<NodeJS.WriteStream, 'write'>): (images: number) => void {
  let printed = 0;
  return (images) => {
    if (images - printed < 100_000) return;
    printed = images;
    output.write(`imagenet32: ${images.toLocaleString('en-US')} images prepared\n`);
  };
}

export const dataCommand: CommandModule<object, DataArguments> = {
  command: 'data [names..]',
  describe: 'Say which data sets are here, or fetch some: data cifar10',
  builder: (yargs) =>
    yargs
      .positional('names', {
        type: 'string',
        array: true,
        describe: 'cifar10, cifar100, stl10, fashion-mnist, imagenet32',
      })
      .option('mirror', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'Fetch from the folder at this address instead (https://…/ or file:///…/); several are tried in turn',
      })
      .option('force', { type: 'boolean', default: false, describe: 'Fetch again what is here' })
      .option('data-cache', { type: 'string', describe: 'Where downloaded data sets are kept (datasets/cache/)' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' }),
  handler: async (args) => {
    const cacheFolder = resolve(args.dataCache ?? inProject('datasets', 'cache'));
    const names = args.names ?? [];
    if (names.length === 0) await list(cacheFolder, args.json);
    else process.exitCode = await fetchAll(names, cacheFolder, args);
  },
};
