import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addonReady, setUpAddon, type AddonPlaces } from '../../../harness/setup/addon.js';
import { nativeLibrary, type NativeLibrary } from '../../../harness/setup/native-library.js';
import { platformProblem } from '../../../harness/setup/platform.js';
import { Problem } from '../../../harness/core/problem.js';
import { setUpLibrary, wantedSet } from '../../../harness/setup/set-up.js';
import { keptOfWheel, readWheelCatalogue } from '../../../harness/setup/wheels.js';
import { makeWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(() => {
  workshop = makeWorkshop();
});
afterEach(() => {
  workshop.remove();
});

const oneCard = '#!/bin/sh\necho "0, GPU-1234, Tesla P100-SXM2-16GB, 16384, 535.54.03"\n';

describe('which library is set up', () => {
  const setUp = (more?: Record<string, string>): Promise<NativeLibrary> =>
    setUpLibrary(workshop.environment(more), workshop.progress, {
      link: join(workshop.folder, 'native', 'tensorflow'),
      catalogue: () => workshop.catalogue,
    });

  it('the CPU set without a GPU, and the clone’s link leads to it', async () => {
    const library = await setUp();
    expect(library.folder).toBe(join(workshop.cache, 'tensorflow-9.8.7-cpu', 'tensorflow'));
    expect(library).toMatchObject({ version: '9.8.7', source: 'project' });
    expect(readlinkSync(join(workshop.folder, 'native', 'tensorflow'))).toBe(library.folder);
  });

  it('the GPU set where nvidia-smi lists a GPU', async () => {
    workshop.program('nvidia-smi', oneCard);
    expect((await setUp()).folder).toContain('tensorflow-9.8.7-gpu');
    expect(workshop.pipCalls()).toEqual(['tensorflow==9.8.7', 'nvidia-cublas-cu12==12.1']);
  });

  it('the GPU set when a GPU has come since the CPU set was installed', async () => {
    await setUp();
    workshop.program('nvidia-smi', oneCard);
    expect((await setUp()).folder).toContain('tensorflow-9.8.7-gpu');
  });

  it('the GPU set stays where no GPU is seen, as on a cluster’s login node', async () => {
    await setUp({ WARPNET_TENSORFLOW_SET: 'gpu' });
    expect((await setUp()).folder).toContain('tensorflow-9.8.7-gpu');
  });

  it('what WARPNET_TENSORFLOW names is used and nothing is downloaded', async () => {
    const mine = join(workshop.folder, 'mine');
    mkdirSync(mine);
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) writeFileSync(join(mine, name), '');
    expect(await setUp({ WARPNET_TENSORFLOW: mine })).toMatchObject({ folder: mine });
    await expect(setUp({ WARPNET_TENSORFLOW: '/nowhere' })).rejects.toMatchObject({ code: 'TENSORFLOW_FOLDER' });
    expect(workshop.pipCalls()).toEqual([]);
  });

  describe('an active virtual environment', () => {
    /** With a TensorFlow of that version. */
    const environmentWith = (version: string): string => {
      const root = join(workshop.folder, 'venv');
      const packages = join(root, 'lib', 'python3.12', 'site-packages');
      mkdirSync(join(packages, 'tensorflow'), { recursive: true });
      mkdirSync(join(packages, `tensorflow_cpu-${version}.dist-info`));
      for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
        writeFileSync(join(packages, 'tensorflow', name), '');
      return root;
    };
    const offers = () => workshop.said.filter((line) => line.includes('WARPNET_TENSORFLOW='));

    it('with the same TensorFlow is offered before the download, with the variable that takes it', async () => {
      await setUp({ VIRTUAL_ENV: environmentWith('9.8.7') });
      expect(offers()).toEqual([
        expect.stringMatching(/TensorFlow 9\.8\.7 too: WARPNET_TENSORFLOW=\S+venv\S+tensorflow uses it/),
      ]);
      expect(workshop.said.indexOf(offers()[0] ?? '')).toBeLessThan(
        workshop.said.findIndex((line) => line.startsWith('downloading')),
      );
    });

    it('with another version, or without CUDA where there is a GPU, is not', async () => {
      await setUp({ VIRTUAL_ENV: environmentWith('9.8.6') });
      workshop.program('nvidia-smi', oneCard);
      await setUp({ VIRTUAL_ENV: environmentWith('9.8.7') });
      expect(offers()).toEqual([]);
    });
  });

  it('a second clone finds in the cache what the first one downloaded', async () => {
    await setUp();
    await setUpLibrary(workshop.environment({ FAKE_PIP: 'offline' }), workshop.progress, {
      link: join(workshop.folder, 'second-clone', 'native', 'tensorflow'),
      catalogue: () => workshop.catalogue,
    });
    expect(existsSync(join(workshop.folder, 'second-clone', 'native', 'tensorflow', 'libtensorflow_cc.so.2'))).toBe(
      true,
    );
  });

  it('a driver without a card does not make it the GPU set', async () => {
    workshop.program('nvidia-smi', '#!/bin/sh\necho "No devices were found"\nexit 6\n');
    expect(await wantedSet(workshop.environment())).toBe('cpu');
  });

  it('an nvidia-smi that fails is told, in its words, with the way to the GPU set', async () => {
    workshop.program('nvidia-smi', '#!/bin/sh\necho "Failed to initialize NVML: Unknown Error"\nexit 255\n');
    const told: Problem[] = [];
    expect(await wantedSet(workshop.environment(), { warn: (problem) => told.push(problem) })).toBe('cpu');
    expect(told).toMatchObject([
      {
        code: 'GPUS_UNKNOWN',
        message: expect.stringContaining('Failed to initialize NVML: Unknown Error') as string,
        hint: expect.stringContaining('WARPNET_TENSORFLOW_SET=gpu') as string,
      },
    ]);
    expect((await setUp()).folder).toContain('tensorflow-9.8.7-cpu');
    expect(workshop.said).toContain('warning GPUS_UNKNOWN');
  });

  it('a card that is lost is still a card', async () => {
    workshop.program('nvidia-smi', '#!/bin/sh\necho "0, GPU-1, Card X, ERR!, 535.54"\n');
    expect(await wantedSet(workshop.environment())).toBe('gpu');
  });

  it('WARPNET_TENSORFLOW_SET is taken at its word, and checked', async () => {
    workshop.program('nvidia-smi', oneCard);
    expect(await wantedSet(workshop.environment({ WARPNET_TENSORFLOW_SET: 'cpu' }))).toBe('cpu');
    await expect(wantedSet(workshop.environment({ WARPNET_TENSORFLOW_SET: 'tpu' }))).rejects.toMatchObject({
      code: 'TENSORFLOW_SET',
    });
  });
});

describe('the addon', () => {
  let places: AddonPlaces;
  let library: NativeLibrary;
  /** Stands in for g++: notes its call and writes what it is asked to write. */
  const compiler =
    '#!/bin/sh\necho "$@" >> "$FAKE_WHEELS/compiler.log"\nwhile [ "$1" != -o ]; do shift; done\necho built > "$2"\n';
  const compilerCalls = (): number =>
    readFileSync(join(workshop.wheels, 'compiler.log'), 'utf8').trim().split('\n').length;
  const setUp = (more?: Record<string, string>, again = true): Promise<Problem | undefined> =>
    setUpAddon(library, places, workshop.environment(more), workshop.progress, again);

  beforeEach(async () => {
    const clone = join(workshop.folder, 'clone');
    places = {
      package: join(clone, 'tfjs-node-gpu'),
      headers: join(clone, 'headers'),
      cache: workshop.cache,
      failure: join(clone, 'native', 'addon-failure.txt'),
    };
    mkdirSync(join(places.package, 'binding'), { recursive: true });
    for (const source of ['tfjs_backend.cc', 'tfjs_binding.cc'])
      writeFileSync(join(places.package, 'binding', source), source);
    library = await setUpLibrary(workshop.environment(), workshop.progress, {
      link: join(clone, 'native', 'tensorflow'),
      catalogue: () => workshop.catalogue,
    });
  });

  it('is built once, loads the library by its folder, and another clone copies it', async () => {
    workshop.program('g++', compiler);
    expect(await setUp()).toBeUndefined();
    expect(addonReady(library, places)).toBe(true);
    expect(readFileSync(join(places.package, 'lib', 'napi-v8', 'tfjs_binding.node'), 'utf8')).toBe('built\n');
    expect(readlinkSync(join(places.package, 'deps', 'lib'))).toBe(library.folder);
    const calls = compilerCalls();
    const other = { ...places, package: join(workshop.folder, 'other-clone') };
    mkdirSync(join(other.package, 'binding'), { recursive: true });
    for (const source of ['tfjs_backend.cc', 'tfjs_binding.cc'])
      writeFileSync(join(other.package, 'binding', source), source);
    expect(await setUpAddon(library, other, workshop.environment(), workshop.progress, false)).toBeUndefined();
    expect(addonReady(library, other)).toBe(true);
    expect(compilerCalls()).toBe(calls);
  });

  it('without a compiler is a warning that names what is lost and the package to install', async () => {
    expect(await setUp()).toMatchObject({
      code: 'ADDON_NOT_BUILT',
      message: expect.stringMatching(/g\+\+.*--engine eager/) as string,
      hint: expect.stringContaining('apt-get install g++') as string,
    });
    expect(addonReady(library, places)).toBe(false);
  });

  it('that failed is not tried at every run, but again by `make setup`', async () => {
    workshop.program(
      'g++',
      '#!/bin/sh\necho x >> "$FAKE_WHEELS/compiler.log"\necho "binding.cc:1: error: no" >&2\nexit 1\n',
    );
    expect(await setUp()).toMatchObject({ message: expect.stringContaining('error: no') as string });
    const calls = compilerCalls();
    expect(await setUp({}, false)).toBeUndefined();
    expect(compilerCalls()).toBe(calls);
    await setUp({}, true);
    expect(compilerCalls()).toBeGreaterThan(calls);
  });

  it('follows when another library is named', async () => {
    workshop.program('g++', compiler);
    await setUp();
    const other = join(workshop.folder, 'other');
    mkdirSync(join(other, 'include', 'tensorflow', 'c'), { recursive: true });
    writeFileSync(join(other, 'include', 'tensorflow', 'c', 'c_api.h'), '');
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) writeFileSync(join(other, name), '');
    const named = nativeLibrary({ WARPNET_TENSORFLOW: other }, 'none');
    if (named instanceof Problem) throw named;
    expect(addonReady(named, places)).toBe(false);
    await setUpAddon(named, places, workshop.environment(), workshop.progress, false);
    expect(readlinkSync(join(places.package, 'deps', 'lib'))).toBe(other);
  });
});

describe('platforms', () => {
  it.each([
    ['linux', 'x64', '2.36', true],
    ['linux', 'x64', '2.27', true],
    ['linux', 'x64', '2.17', false],
    ['linux', 'x64', undefined, false],
    ['linux', 'arm64', '2.36', false],
    ['darwin', 'arm64', undefined, false],
    ['win32', 'x64', undefined, false],
  ] as const)('%s %s with glibc %s: supported is %s', (system, architecture, glibc, supported) => {
    const problem = platformProblem({ system, architecture, glibc });
    expect(problem === undefined).toBe(supported);
    if (problem) expect(problem.hint).toContain('--engine cpu');
  });
});

describe('the pinned wheels', () => {
  it('are TensorFlow’s own and-cuda extra for GPUs without NCCL and cuRAND, one for CPUs, each with a hash and a size', () => {
    const { tensorflow, sets } = readWheelCatalogue();
    expect(sets.cpu.map((wheel) => wheel.requirement)).toEqual([`tensorflow-cpu==${tensorflow}`]);
    const names = sets.gpu.map((wheel) => wheel.requirement.split('==')[0]);
    const extra = 'cublas cuda-cupti cuda-nvcc cuda-nvrtc cuda-runtime cudnn cufft cusolver cusparse nvjitlink';
    expect(names).toEqual(['tensorflow', ...extra.split(' ').map((name) => `nvidia-${name}-cu12`)]);
    for (const wheel of [...sets.cpu, ...sets.gpu]) expect(wheel.file).toMatch(/manylinux.*x86_64\.whl$/);
  });

  it.each([
    ['tensorflow/libtensorflow_cc.so.2', true],
    ['tensorflow/include/tensorflow/c/eager/c_api.h', true],
    ['tensorflow/include/xla/tsl/c/tsl_status.h', true],
    ['tensorflow/include/external/eigen/Eigen/Core', false],
    ['tensorflow/python/_pywrap_tensorflow_internal.so', false],
    ['nvidia/cudnn/lib/libcudnn.so.9', true],
    ['nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc', true],
    ['nvidia/cudnn/include/cudnn.h', false],
  ])('of them %s is kept: %s', (path, kept) => {
    expect(keptOfWheel(path)).toBe(kept);
  });
});
