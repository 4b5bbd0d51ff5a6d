/** A place to set up in: small wheels, a fake pip and nvidia-smi on a PATH of its own, a cache. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import type { Installation } from '../../../harness/setup/install-library.js';
import type { LibrarySet } from '../../../harness/setup/native-library.js';
import type { Progress } from '../../../harness/setup/progress.js';
import type { Wheel, WheelCatalogue } from '../../../harness/setup/wheels.js';
import { which } from '../../tools.js';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const cpuFiles = {
  'tensorflow/libtensorflow_cc.so.2': text('the library '.repeat(50_000)),
  'tensorflow/libtensorflow_framework.so.2': text('the framework'),
  'tensorflow/include/tensorflow/c/c_api.h': text('// header'),
  'tensorflow/python/big.py': text('not kept'),
};
const gpuFiles = {
  'nvidia/cublas/lib/libcublas.so.12': text('cublas'),
  'nvidia/cublas/include/cublas.h': text('not kept'),
  'nvidia/cuda_nvcc/bin/ptxas': text('#!/bin/true'),
};

export interface Workshop {
  readonly folder: string;
  readonly cache: string;
  readonly wheels: string;
  readonly catalogue: WheelCatalogue;
  /** What set-up said. */
  readonly said: string[];
  readonly progress: Progress;
  environment(more?: Record<string, string>): Record<string, string>;
  installation(set?: LibrarySet, more?: Record<string, string>): Installation;
  /** Writes an executable that the environment's PATH finds. */
  program(name: string, script: string): void;
  /** Requirements that pip was asked for, in order. */
  pipCalls(): string[];
  remove(): void;
}

/** Makes a workshop; the caller removes it. */
export function makeWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'set-up-'));
  const [wheels, programs, cache] = [join(folder, 'wheels'), join(folder, 'bin'), join(folder, 'cache')];
  mkdirSync(wheels);
  mkdirSync(programs);
  const wheel = (requirement: string, tags: string, files: Record<string, Uint8Array>): Wheel => {
    const bytes = zipSync(files);
    const file = `${requirement.replaceAll('-', '_').replace('==', '-')}-${tags}.whl`;
    writeFileSync(join(wheels, file), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { requirement, file, sha256, bytes: bytes.length, unpackedBytes: 700_000 };
  };
  const catalogue: WheelCatalogue = {
    tensorflow: '9.8.7',
    sets: {
      cpu: [wheel('tensorflow-cpu==9.8.7', 'cp311-cp311-manylinux_2_27_x86_64', cpuFiles)],
      gpu: [
        wheel('tensorflow==9.8.7', 'cp311-cp311-manylinux_2_27_x86_64', cpuFiles),
        wheel('nvidia-cublas-cu12==12.1', 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64', gpuFiles),
      ],
    },
  };
  const program = (name: string, script: string): void => {
    writeFileSync(join(programs, name), script);
    chmodSync(join(programs, name), 0o755);
  };
  program('pip3', `#!/bin/sh\nexec ${process.execPath} ${here('fake-pip.mjs')} "$@"\n`);
  for (const tool of ['sh', 'flock']) symlinkSync(which(tool) ?? tool, join(programs, tool));
  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    PATH: programs,
    HOME: folder,
    WARPNET_CACHE: cache,
    FAKE_WHEELS: wheels,
    ...more,
  });
  const said: string[] = [];
  const progress: Progress = {
    step: (words) => said.push(words),
    bytes: () => undefined,
    warn: ({ code }) => said.push(`warning ${code}`),
  };
  return {
    ...{ folder, cache, wheels, catalogue, said, progress, environment, program },
    installation: (set = 'cpu', more) => ({ catalogue, set, cache, environment: environment(more), progress }),
    pipCalls: () => {
      const log = join(wheels, 'calls.log');
      if (!existsSync(log)) return [];
      return readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0] ?? '');
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
