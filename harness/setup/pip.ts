/** pip as a downloader: one wheel at a time, named exactly, checked by hash; whatever Python there is, none runs afterwards. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../core/problem.js';
import type { Environment } from './native-library.js';
import type { Wheel } from './wheels.js';

export type Command = readonly [program: string, ...before: string[]];

const candidates: readonly Command[] = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']];

/** The first pip that answers; undefined where there is none. */
export async function findPip(
  environment: Environment = process.env,
): Promise<{ command: Command; version: string } | undefined> {
  for (const command of candidates) {
    const [program, ...before] = command;
    try {
      const { stdout } = await promisify(execFile)(program, [...before, '--version'], { env: { ...environment } });
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
  const last = output.trim().split('\n').slice(-3).join('\n');
  if (/DO NOT MATCH THE HASHES/i.test(output)) return wrongHash(wheel);
  if (/No space left on device|\[Errno 28\]|Disk quota exceeded|\[Errno 122\]/.test(output)) return diskFull(folder);
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
 * @param withoutPip downloads it where it can; pip is asked where it cannot
 * @throws Problem PIP_MISSING, WHEEL_HASH, DISK_FULL, DOWNLOAD_FAILED, WHEEL_NOT_OFFERED, PIP_FAILED
 */
export async function obtainWheel(
  download: Download,
  withoutPip: (download: Download) => Promise<boolean> = async () => false,
): Promise<string> {
  const { wheel, downloads, progress } = download;
  const kept = join(downloads, wheel.file);
  const size = await stat(kept).then(
    (s) => s.size,
    () => 0,
  );
  if (size !== wheel.bytes || (await sha256(kept)) !== wheel.sha256) {
    if (await withoutPip(download)) {
      progress(wheel.bytes);
      return kept;
    }
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
  await mkdir(temporary, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
  const [program, ...before] = pip.command;
  const child = spawn(program, [...before, ...downloadArguments(wheel, requirements, folder)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // pip writes to its temporary folder first: put beside the target it is on the same disk, and its growth is the progress.
    env: { ...environment, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: '0' },
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
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
  if (code !== 0) throw failure(output, wheel, scratch);
  return join(folder, wheel.file);
}
