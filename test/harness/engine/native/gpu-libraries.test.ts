import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeUnopened, gpuLibraries } from '../../../../harness/engine/native/gpu-libraries.js';
import { inProject } from '../../../../harness/core/project.js';
import { missingTool } from '../../../tools.js';

let folder: string;
let tensorflow: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gpu-libraries-')));
  tensorflow = join(folder, 'wheels', 'tensorflow');
  mkdirSync(tensorflow, { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The files of pip's wheels, by package. */
const wheels: Readonly<Record<string, readonly string[]>> = {
  cublas: ['libcublas.so.12', 'libcublasLt.so.12', 'libnvblas.so.12'],
  cuda_cupti: ['libcupti.so.12', 'libcheckpoint.so'],
  cuda_nvrtc: ['libnvrtc.so.12', 'libnvrtc.alt.so.12', 'libnvrtc-builtins.so.12.9'],
  cuda_runtime: ['libcudart.so.12'],
  cudnn: ['libcudnn.so.9', 'libcudnn_adv.so.9', 'libcudnn_graph.so.9', 'libcudnn_ops.so.9'],
  cufft: ['libcufft.so.11'],
  cusolver: ['libcusolver.so.11', 'libcusolverMg.so.11'],
  cusparse: ['libcusparse.so.12'],
  nvjitlink: ['libnvJitLink.so.12'],
};
/** In the order in which they have to be opened. */
const inOrder = [
  ...['libcudart.so.12', 'libnvJitLink.so.12', 'libnvrtc.so.12', 'libcublasLt.so.12', 'libcublas.so.12'],
  ...['libcufft.so.11', 'libcusparse.so.12', 'libcusolver.so.11'],
  ...['libcudnn_graph.so.9', 'libcudnn_ops.so.9', 'libcudnn_adv.so.9', 'libcudnn.so.9', 'libcupti.so.12'],
];
const pathOf = (file: string): string => {
  const [name] = Object.entries(wheels).find(([, files]) => files.includes(file)) ?? [];
  return join(folder, 'wheels', 'nvidia', name ?? '', 'lib', file);
};

function placeAll(write: (path: string, file: string) => void): void {
  for (const file of Object.values(wheels).flat()) {
    mkdirSync(join(pathOf(file), '..'), { recursive: true });
    write(pathOf(file), file);
  }
}

describe("NVIDIA's libraries", () => {
  it('are found beside TensorFlow by absolute path, what a library needs before it', () => {
    placeAll((path) => {
      writeFileSync(path, '');
    });
    expect(gpuLibraries(tensorflow)).toEqual(inOrder.map(pathOf));
  });

  it('are none beside the CPU wheel, and that is said', () => {
    expect(gpuLibraries(tensorflow)).toEqual([]);
    expect(describeUnopened(tensorflow, [])).toEqual([expect.stringContaining(join(folder, 'wheels', 'nvidia'))]);
  });
});

it('a library that TensorFlow needs and that is not there is named', () => {
  placeAll((path) => {
    if (!path.includes('cusolver')) writeFileSync(path, '');
  });
  expect(describeUnopened(tensorflow, [])).toEqual([`${join(folder, 'wheels', 'nvidia')} lacks libcusolver`]);
});

/** In a process of its own: opens the libraries, then what a third library asks for by its bare name, then asks the driver. */
const probe = `
const [tensorflow, third] = process.argv.slice(1);
const { openGpuLibraries, describeUnopened } = await import(${JSON.stringify(inProject('dist/harness/engine/native/gpu-libraries.js'))});
const { driverComplaint } = await import(${JSON.stringify(inProject('dist/harness/engine/native/cuda-driver.js'))});
const { default: koffi } = await import(${JSON.stringify(inProject('node_modules/koffi/index.js'))});
const unopened = openGpuLibraries(tensorflow);
const whose = koffi.load(third).func('const char* whose()')();
console.log(JSON.stringify({ unopened, said: describeUnopened(tensorflow, unopened), whose, driver: driverComplaint() ?? null }));
`;

describe.skipIf(missingTool('compiler'))('opened before TensorFlow', { timeout: 120_000 }, () => {
  const compile = (path: string, source: string, soname: string): void => {
    mkdirSync(join(path, '..'), { recursive: true });
    execFileSync('g++', ['-x', 'c++', '-shared', '-fPIC', `-Wl,-soname,${soname}`, '-o', path, '-'], { input: source });
  };
  /** Tells its path when it is opened, so that the order shows. */
  const library = (path: string, answer: string): string =>
    `#include <cstdio>
     __attribute__((constructor)) static void opened() { std::fputs("open ${path}\\n", stderr); }
     extern "C" const char *answer() { return "${answer}"; }`;
  const third = (): string => join(folder, 'third', 'libthird.so');

  interface Probed {
    readonly order: readonly string[];
    readonly unopened: readonly { readonly path: string; readonly reason: string }[];
    readonly said: readonly string[];
    readonly whose: string;
    readonly driver: string | null;
  }

  function run(): Probed {
    const script = `${JSON.stringify(process.execPath)} --input-type=module -e "$PROBE" "$1" "$2" 2>"$3"; cat "$3" >&2`;
    const errors = join(folder, 'errors');
    const stdout = execFileSync('/bin/sh', ['-c', script, 'probe', tensorflow, third(), errors], {
      encoding: 'utf8',
      env: { ...process.env, PROBE: probe, LD_LIBRARY_PATH: join(folder, 'old') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const order = execFileSync('grep', ['^open ', errors], { encoding: 'utf8' }).trim().split('\n');
    return { ...(JSON.parse(stdout) as Omit<Probed, 'order'>), order: order.map((line) => line.slice('open '.length)) };
  }

  beforeEach(() => {
    placeAll((path, file) => {
      if (inOrder.includes(file)) compile(path, library(path, 'wheel'), file);
    });
    const old = join(folder, 'old');
    compile(join(old, 'libcudnn.so.9'), library('old', 'an older one'), 'libcudnn.so.9');
    compile(
      join(old, 'libcuda.so.1'),
      `extern "C" int cuInit(unsigned) { return 803; }
       extern "C" int cuGetErrorName(int, const char **name) { *name = "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"; return 0; }`,
      'libcuda.so.1',
    );
    compile(
      third(),
      `#include <dlfcn.h>
       extern "C" const char *whose() {
         void *library = dlopen("libcudnn.so.9", RTLD_NOW);
         return library ? reinterpret_cast<const char *(*)()>(dlsym(library, "answer"))() : dlerror();
       }`,
      'libthird.so',
    );
  });

  it('each opens once, in order, and a bare name then means ours and not the one in LD_LIBRARY_PATH', () => {
    const { order, unopened, said, whose } = run();
    expect(order).toEqual(inOrder.map(pathOf));
    expect({ unopened, said, whose }).toEqual({ unopened: [], said: [], whose: 'wheel' });
  });

  it('one that does not open is named with the reason of the dynamic linker, and the others are opened all the same', () => {
    writeFileSync(pathOf('libcusolver.so.11'), 'not a library');
    const { order, said, whose } = run();
    expect(said).toEqual([expect.stringMatching(/^libcusolver\.so\.11 does not open: .*(file too short|invalid ELF header)/)]);
    expect(order).toHaveLength(inOrder.length - 1);
    expect(whose).toBe('wheel');
  });

  it('the driver says itself why it does not start', () => {
    expect(run().driver).toBe("NVIDIA's driver answers cuInit with CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)");
  });
});
