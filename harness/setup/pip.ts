/** pip as a downloader: one wheel at a time, named exactly, checked by hash; whatever Python there is, none runs afterwards. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { otherCache } from './native-library.js';
import { makeFolder } from '../core/files/make-folder.js';
import { Problem } from '../core/problem.js';
import type { Environment } from './native-library.js';
import type { Wheel } from './wheels.js';

const mostWords = 100_000;

export type Command = readonly [program: string, ...before: string[]];

const candidates: readonly Command[] = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']];

/** What says where packages come from and how they are reached; other options of the caller's would change what is downloaded. */
const ofTheIndex = [
  ...['index_url', 'extra_index_url', 'find_links', 'no_index', 'trusted_host', 'cert', 'client_cert', 'proxy'],
  ...[
    'config_file',
    'keyring_provider',
    'use_feature',
    'timeout',
    'default_timeout',
    'retries',
    'cache_dir',
    'no_cache_dir',
  ],
];

/** pip's environment: the caller's, without those of its options (PIP_CONSTRAINT, PIP_PROGRESS_BAR …) that are about other work. */
export const environmentOfPip = (environment: Environment): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^PIP_/i.test(name) || ofTheIndex.includes(name.slice('PIP_'.length).toLowerCase()),
    ),
  ),
  PIP_REQUIRE_VIRTUALENV: '0',
});

const answerMilliseconds = 30_000;

/** The first pip that answers; undefined where there is none. */
export async function findPip(
  environment: Environment = process.env,
): Promise<{ command: Command; version: string } | undefined> {
  for (const command of candidates) {
    const [program, ...before] = command;
    try {
      const options = {
        env: environmentOfPip(environment),
        timeout: answerMilliseconds,
        killSignal: 'SIGKILL',
      } as const;
      const { stdout } = await promisify(execFile)(program, [...before, '--version'], options);
      return { command, version: /^pip (\S+)/.exec(stdout)?.[1] ?? 'unknown' };
    } catch {
      continue;
    }
  }
  return undefined;
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** pip's arguments: the wheel's own tags are named, so that any Python's pip takes it. */
function downloadArguments(wheel: Wheel, requirements: string, folder: string): string[] {
  const [python = '', abi = '', platforms = ''] = wheel.file
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  const cpython = /^cp3\d+$/.exec(python)?.[0];
  return [
    ...[
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--no-input',
      '--progress-bar=off',
      '--disable-pip-version-check',
      // Otherwise it does not say that an index refused it.
      ...['--verbose', '--verbose'],
    ],
    ...platforms.split('.').map((platform) => `--platform=${platform}`),
    ...[
      `--python-version=${cpython?.slice(2) ?? '3'}`,
      '--implementation=cp',
      `--abi=${cpython === undefined ? 'none' : abi}`,
    ],
    ...['--require-hashes', `--requirement=${requirements}`, `--dest=${folder}`],
  ];
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries.map((entry) =>
    stat(join(entry.parentPath, entry.name)).then(
      (s) => (s.isFile() ? s.size : 0),
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** What pip's last words mean. */
function failure(output: string, wheel: Wheel, folder: string): Problem {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => line.startsWith('ERROR:'));
  const last = (errors.length > 0 ? errors : lines).slice(-3).join('\n');
  if (/DO NOT MATCH THE HASHES/i.test(output)) return wrongHash(wheel);
  if (/No space left on device|\[Errno 28\]|Disk quota exceeded|\[Errno 122\]/.test(output)) return diskFull(folder);
  const refused = refusalOf(output);
  if (refused !== undefined) return indexRefused(refused);
  if (
    /Retrying \(|NewConnectionError|Name or service not known|name resolution|timed out|ProxyError|SSLError|Max retries/i.test(
      output,
    )
  )
    return new Problem(
      'DOWNLOAD_FAILED',
      `pip could not reach its package index for ${wheel.requirement}:\n${last}`,
      'Check the network, or tell pip of your proxy or mirror (`pip config`, HTTPS_PROXY), and run the command again: finished wheels are kept. On a machine without a network let WARPNET_TENSORFLOW name an unpacked wheel.',
    );
  if (/No matching distribution|Could not find a version/.test(output) && listsNothing(output))
    return indexRefused('its page lists no file at all, as that of a login or a proxy would');
  if (/No matching distribution|Could not find a version/.test(output))
    return new Problem(
      'WHEEL_NOT_OFFERED',
      `the package index of this pip does not offer ${wheel.file}`,
      'Use an index that mirrors the whole of PyPI (`pip config get global.index-url` tells which is used), or let WARPNET_TENSORFLOW name an unpacked wheel.',
    );
  return new Problem(
    'PIP_FAILED',
    `pip could not download ${wheel.requirement}:\n${last}`,
    'Run the command again: finished wheels are kept. A very old pip can be renewed with `python3 -m pip install --user --upgrade pip`.',
  );
}

const indexRefused = (words: string): Problem =>
  new Problem(
    'INDEX_REFUSED',
    `pip's package index does not answer as one: ${words}`,
    'See `pip config list` for the index and its credentials, and ask its owner; or use another index (PIP_INDEX_URL), or let WARPNET_TENSORFLOW name an unpacked wheel.',
  );

/** How an index refused, in pip's words; undefined where they say nothing of that. */
function refusalOf(output: string): string | undefined {
  const said =
    /Could not fetch URL \S+: (?:[a-z ]+: )?(\d{3} .*?)(?: - skipping)?$/m.exec(output)?.[1] ??
    /(too many \d{3} error responses)/.exec(output)?.[1] ??
    /(HTTP error \d{3} while getting \S+)/.exec(output)?.[1] ??
    /(Skipping page \S+ because .*)/.exec(output)?.[1];
  return said === undefined ? undefined : withoutCredentials(said);
}

/** Of each file that an index lists pip tells, whether it fits or not. */
const listsNothing = (output: string): boolean =>
  /Fetching project page/.test(output) && !/Found link|Skipping link: (?!not a file)/.test(output);

const withoutCredentials = (text: string): string => text.replace(/(:\/\/)[^/\s@]+@/g, '$1');

const wrongHash = (wheel: Wheel): Problem =>
  new Problem(
    'WHEEL_HASH',
    `${wheel.file} is not the file that was pinned: its SHA-256 differs`,
    'A proxy or mirror may have altered or cut it. Nothing was kept; run the command again, or use another index.',
  );

export const diskFull = (folder: string): Problem =>
  new Problem(
    'DISK_FULL',
    `the disk is full (${folder})`,
    'Make room there, or let WARPNET_CACHE name a folder on a larger disk, and run the command again.',
  );

export interface Download {
  readonly wheel: Wheel;
  /** Where finished wheels lie. */
  readonly downloads: string;
  /** A folder of this attempt's own; its rest is the caller's to delete. */
  readonly scratch: string;
  readonly environment: Environment;
  readonly progress: (bytes: number) => void;
}

/**
 * Returns the path of a wheel whose SHA-256 was just checked, downloaded unless an earlier attempt did.
 * @throws Problem PIP_MISSING, WHEEL_HASH, DISK_FULL, DOWNLOAD_FAILED, WHEEL_NOT_OFFERED, PIP_FAILED
 */
export async function obtainWheel(download: Download): Promise<string> {
  const { wheel, downloads, progress } = download;
  const kept = join(downloads, wheel.file);
  const size = await stat(kept).then(
    (s) => s.size,
    () => 0,
  );
  if (size !== wheel.bytes || (await sha256(kept)) !== wheel.sha256) {
    const fresh = await fetchWheel(download);
    if ((await sha256(fresh)) !== wheel.sha256) throw wrongHash(wheel);
    await rename(fresh, kept);
  }
  progress(wheel.bytes);
  return kept;
}

async function fetchWheel({ wheel, scratch, environment, progress }: Download): Promise<string> {
  const pip = await findPip(environment);
  if (!pip)
    throw new Problem(
      'PIP_MISSING',
      "Python's pip is needed to download TensorFlow's library, and was not found (python3 -m pip, pip3, pip)",
      'Install it (Debian, Ubuntu: apt-get install python3-pip) and run the command again, or let WARPNET_TENSORFLOW name an unpacked wheel.',
    );
  const folder = join(scratch, wheel.file.replace(/\.whl$/, ''));
  const temporary = join(folder, 'temporary');
  makeFolder(temporary, otherCache);
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
  const [program, ...before] = pip.command;
  const child = spawn(program, [...before, ...downloadArguments(wheel, requirements, folder)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // pip writes to its temporary folder first: put beside the target it is on the same disk, and its growth is the progress.
    env: { ...environmentOfPip(environment), TMPDIR: temporary },
  });
  let [output, last] = ['', ''];
  const collect = (chunk: Buffer): void => {
    // The refusal of an index stands at the beginning, the reason of a failure at the end.
    output = output.length < mostWords ? output + chunk.toString() : output;
    last = (last + chunk.toString()).slice(-mostWords);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const watch = setInterval(() => {
    void bytesIn(folder).then((bytes) => {
      progress(Math.min(bytes, wheel.bytes - 1));
    });
  }, 250);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).finally(() => {
    clearInterval(watch);
  });
  if (code !== 0) throw failure(`${output}\n${last}`, wheel, scratch);
  return join(folder, wheel.file);
}
