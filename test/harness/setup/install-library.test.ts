import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installLibrary, wholeInstallation } from '../../../harness/setup/install-library.js';
import { makeWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(() => {
  workshop = makeWorkshop();
});
afterEach(() => {
  workshop.remove();
});

const library = 'tensorflow/libtensorflow_cc.so.2';

describe('installing the library', () => {
  it('keeps what is needed of the wheel under its version, and nothing else', async () => {
    const folder = await installLibrary(workshop.installation());
    expect(folder).toBe(join(workshop.cache, 'tensorflow-9.8.7-cpu'));
    expect(readFileSync(join(folder, library), 'utf8')).toBe('the library '.repeat(50_000));
    expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual([
      'installed.json',
      'tensorflow',
      'tensorflow/include',
      'tensorflow/include/tensorflow',
      'tensorflow/include/tensorflow/c',
      'tensorflow/include/tensorflow/c/c_api.h',
      library,
      'tensorflow/libtensorflow_framework.so.2',
    ]);
    expect(readdirSync(join(workshop.cache, 'downloads'))).toEqual([]);
    expect(readdirSync(workshop.cache).filter((name) => name.startsWith('.half'))).toEqual([]);
  });

  it('puts NVIDIA’s libraries beside TensorFlow’s, where its RUNPATH looks, and keeps programs executable', async () => {
    const folder = await installLibrary(workshop.installation('gpu'));
    expect(existsSync(join(folder, 'tensorflow', '..', 'nvidia', 'cublas', 'lib', 'libcublas.so.12'))).toBe(true);
    expect(statSync(join(folder, 'nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).not.toBe(0);
    expect(existsSync(join(folder, 'nvidia/cublas/include'))).toBe(false);
  });

  it('names the wheel’s own tags to pip, so that any Python’s pip takes it', async () => {
    await installLibrary(workshop.installation('gpu'));
    const [tensorflow = '', cublas = ''] = readFileSync(join(workshop.wheels, 'calls.log'), 'utf8').split('\n');
    expect(tensorflow).toContain(
      '--platform=manylinux_2_27_x86_64 --python-version=311 --implementation=cp --abi=cp311',
    );
    expect(cublas).toContain('--platform=manylinux2014_x86_64 --platform=manylinux_2_17_x86_64 --python-version=3 ');
    for (const call of [tensorflow, cublas]) expect(call).toContain('--no-deps --only-binary=:all:');
    expect(tensorflow).toContain(
      `tensorflow==9.8.7 --hash=sha256:${workshop.catalogue.sets.gpu[0]?.sha256 ?? ''}`.split(' ')[0],
    );
    expect(tensorflow).toContain('--require-hashes');
  });

  it('downloads nothing the second time', async () => {
    await installLibrary(workshop.installation());
    await installLibrary(workshop.installation('cpu', { FAKE_PIP: 'offline' }));
    expect(workshop.pipCalls()).toEqual(['tensorflow-cpu==9.8.7']);
  });

  it('installs again what something cut short afterwards', async () => {
    const folder = await installLibrary(workshop.installation());
    writeFileSync(join(folder, library), 'short');
    expect(wholeInstallation(folder)).toBe(false);
    await installLibrary(workshop.installation());
    expect(readFileSync(join(folder, library), 'utf8')).toBe('the library '.repeat(50_000));
  });
});

describe('what goes wrong', () => {
  it.each([
    ['refused-hash', 'WHEEL_HASH'],
    ['altered', 'WHEEL_HASH'],
    ['full', 'DISK_FULL'],
    ['offline', 'DOWNLOAD_FAILED'],
    ['absent', 'WHEEL_NOT_OFFERED'],
  ])('pip %s is one error %s with a way out, and nothing half done stays', async (mode, code) => {
    const failing = installLibrary(workshop.installation('cpu', { FAKE_PIP: mode }));
    await expect(failing).rejects.toMatchObject({
      name: 'Problem',
      code,
      hint: expect.stringMatching(/.{20}/) as string,
    });
    expect(existsSync(join(workshop.cache, 'tensorflow-9.8.7-cpu'))).toBe(false);
    expect(readdirSync(workshop.cache)).toEqual(['downloads']);
    expect(readdirSync(join(workshop.cache, 'downloads'))).toEqual([]);
  });

  it('no pip at all is an error that says how to get one', async () => {
    rmSync(join(workshop.folder, 'bin', 'pip3'));
    await expect(installLibrary(workshop.installation())).rejects.toMatchObject({
      code: 'PIP_MISSING',
      hint: expect.stringContaining('python3-pip') as string,
    });
  });

  it('a disk with too little room is refused before the first byte, in numbers', async () => {
    const huge = workshop.installation();
    const cpu = huge.catalogue.sets.cpu.map((wheel) => ({ ...wheel, unpackedBytes: 1e18 }));
    const refused = installLibrary({
      ...huge,
      catalogue: { ...huge.catalogue, sets: { ...huge.catalogue.sets, cpu } },
    });
    await expect(refused).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringContaining('1000000 TB') as string,
    });
    expect(workshop.pipCalls()).toEqual([]);
  });

  it('a disk that fills while unpacking is an error, and the downloaded wheel is kept for the next time', ({
    skip,
  }) => {
    mkdirSync(workshop.cache);
    // Room for the wheel and not for what is in it, though the catalogue promises that there is.
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', workshop.cache]).status === 0;
    if (!mounted) skip('a file system of its own cannot be mounted here');
    const cpu = workshop.catalogue.sets.cpu.map((wheel) => ({ ...wheel, unpackedBytes: 1 }));
    const catalogue = { ...workshop.catalogue, sets: { ...workshop.catalogue.sets, cpu } };
    return installLibrary({ ...workshop.installation(), catalogue })
      .then(
        () => expect.unreachable('600 kB do not fit into 400'),
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'DISK_FULL' });
          expect(readdirSync(join(workshop.cache, 'downloads'))).toHaveLength(1);
          expect(readdirSync(workshop.cache).filter((name) => name.startsWith('.half'))).toEqual([]);
        },
      )
      .finally(() => spawnSync('umount', [workshop.cache]));
  });

  it('a cache that cannot be a folder is named, with the variable that moves it', async () => {
    writeFileSync(workshop.cache, 'a file');
    await expect(installLibrary(workshop.installation())).rejects.toMatchObject({
      code: 'FILE_TROUBLE',
      message: expect.stringContaining(workshop.cache) as string,
      hint: expect.stringContaining('WARPNET_CACHE') as string,
    });
  });
});

describe('several processes', () => {
  let server: Server;
  let pips: Socket[];
  let started: Promise<Socket>;
  beforeEach(async () => {
    pips = [];
    server = createServer();
    started = new Promise((resolve) => {
      server.on('connection', (socket) => {
        pips.push(socket);
        socket.once('data', () => {
          resolve(socket);
        });
      });
    });
    server.listen(join(workshop.folder, 'pip.socket'));
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const pip of pips) pip.destroy();
    server.close();
  });

  const script = fileURLToPath(new URL('install-process.mjs', import.meta.url));
  interface SetUp {
    readonly child: ChildProcess;
    readonly lines: string[];
    /** Resolves when a line that matches was printed. */
    until(pattern: RegExp): Promise<string>;
  }
  function start(mode: string): SetUp {
    const child = spawn(process.execPath, [script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...workshop.environment({ FAKE_PIP: mode, FAKE_PIP_SOCKET: join(workshop.folder, 'pip.socket') }),
        INSTALLATION: JSON.stringify({ catalogue: workshop.catalogue, cache: workshop.cache }),
      },
    });
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => lines.push(line));
    const until = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        await once(reader, 'line');
      }
    };
    return { child, lines, until };
  }

  it('the second of two waits, says so, and uses what the first one installed', async () => {
    const first = start('held');
    const pip = await started;
    const second = start('ok');
    expect(await second.until(/waiting/)).toContain(`process ${first.child.pid ?? 0}`);
    pip.write('go');
    expect(await first.until(/installed|failed/)).toMatch(/^installed/);
    expect(await second.until(/installed|failed/)).toMatch(/^installed/);
    expect(workshop.pipCalls()).toHaveLength(1);
  });

  it('one that is killed half-way leaves neither a lock nor a library, and the next one starts clean', async () => {
    const killed = start('held');
    await started;
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    expect(readdirSync(workshop.cache).some((name) => name.startsWith('.half'))).toBe(true);
    const next = start('ok');
    expect(await next.until(/installed|failed/)).toMatch(/^installed/);
    expect(next.lines.some((line) => line.includes('waiting'))).toBe(false);
    expect(readdirSync(workshop.cache).filter((name) => name.startsWith('.half'))).toEqual([]);
    expect(wholeInstallation(join(workshop.cache, 'tensorflow-9.8.7-cpu'))).toBe(true);
  });

  it('of several wheels the finished ones are not downloaded again', async () => {
    // The first wheel came before an interruption; the second did not.
    const [tensorflow] = workshop.catalogue.sets.gpu;
    mkdirSync(join(workshop.cache, 'downloads'), { recursive: true });
    writeFileSync(
      join(workshop.cache, 'downloads', tensorflow?.file ?? ''),
      readFileSync(join(workshop.wheels, tensorflow?.file ?? '')),
    );
    await installLibrary(workshop.installation('gpu'));
    expect(workshop.pipCalls()).toEqual(['nvidia-cublas-cu12==12.1']);
  });

  it('a finished wheel that was damaged since is downloaded again', async () => {
    const [wheel] = workshop.catalogue.sets.cpu;
    mkdirSync(join(workshop.cache, 'downloads'), { recursive: true });
    writeFileSync(join(workshop.cache, 'downloads', wheel?.file ?? ''), Buffer.alloc(wheel?.bytes ?? 0));
    await installLibrary(workshop.installation());
    expect(workshop.pipCalls()).toHaveLength(1);
  });
});
