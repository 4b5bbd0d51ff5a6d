/**
 * By hand, on a machine with g++ and TensorFlow's GPU wheels, with or without a card:
 *
 *   node test/gpu/open-libraries.mjs <folder with tensorflow/ and nvidia/>
 *
 * TensorFlow opens NVIDIA's libraries once a driver tells of a card. So a pretended driver does (unless --driver own names the real
 * one), and a process asks TensorFlow for its devices, with and without the libraries opened before, with and without another
 * libcudnn.so.9 in LD_LIBRARY_PATH. TensorFlow's own log says which libraries it got, the dynamic linker's from where. The pretended
 * driver can do no more than count, and the process may end in an error after that.
 * Exit code: 0 where all of them open, in the wheels' own folders.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('list-devices.mjs', import.meta.url));
const [wheels = '', ...options] = process.argv.slice(2);
const ownDriver = options.join(' ') === '--driver own';
const scratch = mkdtempSync(join(tmpdir(), 'open-libraries-'));

/** @param {string} folder @param {string} soname @param {string} source */
function compile(folder, soname, source) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${soname}.cc`);
  writeFileSync(file, source);
  execFileSync('g++', ['-shared', '-fPIC', `-Wl,-soname,${soname}`, '-o', join(folder, soname), file]);
}

try {
  const drivers = join(scratch, 'driver');
  const old = join(scratch, 'old');
  const fake = fileURLToPath(new URL('pretended-driver.cc', import.meta.url));
  compile(drivers, 'libcuda.so.1', readFileSync(fake, 'utf8'));
  compile(
    drivers,
    'libnvidia-ml.so.1',
    'extern "C" { int nvmlInit_v2() { return 0; } int nvmlShutdown() { return 0; } }',
  );
  compile(old, 'libcudnn.so.9', 'extern "C" unsigned long cudnnGetVersion() { return 9000; }');

  /** @param {string} title @param {readonly string[]} words @param {readonly string[]} folders @returns whether all opened in the wheels' folder */
  const look = (title, words, folders) => {
    const { stdout, stderr } = spawnSync(process.execPath, [child, ...words], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: {
        ...process.env,
        WARPNET_TENSORFLOW: resolve(wheels),
        TF_CPP_MIN_LOG_LEVEL: '0',
        TF_CPP_MAX_VLOG_LEVEL: '1',
        LD_DEBUG: 'libs',
        LD_LIBRARY_PATH: [...folders, ...(ownDriver ? [] : [drivers])].join(':'),
      },
    });
    const said = stderr.split('\n').flatMap((line) => {
      const [, words] =
        /\] ((?:Successfully opened|Could not load) dynamic library '?lib(?:cud|cub|cuf|cus).*)/.exec(line) ?? [];
      return words && !words.includes('libcuda.so') ? [words.slice(0, 160)] : [];
    });
    const gaveUp = stderr.includes('Cannot dlopen some GPU libraries');
    const loaded = [...stderr.matchAll(/calling init: (\/\S*\/lib(?:cudart|cudnn|cub|cuf|cus|cupti|nv[rJ])\S*)/g)];
    const strange = loaded.flatMap(([, file = '']) => (file.startsWith(`${resolve(wheels)}/`) ? [] : [file]));
    console.log(`\n${title}`);
    for (const line of said) console.log(`  ${line}`);
    console.log(
      `  ${gaveUp ? 'Cannot dlopen some GPU libraries: skipping registering GPU devices' : 'all of them open'}`,
    );
    for (const line of new Set(strange)) console.log(`  not of the wheels: ${line.replace(scratch, '')}`);
    for (const line of stdout.split('\n').filter((line) => line.startsWith('opened '))) console.log(`  ${line}`);
    return said.length > 0 && !gaveUp && strange.length === 0;
  };
  look('As TensorFlow opens them', [], []);
  look('As TensorFlow opens them, another cuDNN in LD_LIBRARY_PATH', [], [old]);
  const after = look('Opened before TensorFlow', ['first'], []);
  const cudnn = look('Opened before TensorFlow, another cuDNN in LD_LIBRARY_PATH', ['first'], [old]);
  process.exitCode = after && cudnn ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true });
}
