/** Opens shared libraries for the rest of the process's life. */
import koffi, { type KoffiFunc } from 'koffi';

/** dlfcn.h of Linux. */
const flags = { now: 0x2, global: 0x100, noDelete: 0x1000 } as const;

interface DynamicLinker {
  readonly dlopen: KoffiFunc<(path: string, flags: number) => unknown>;
  readonly dlerror: KoffiFunc<() => unknown>;
}

let linker: DynamicLinker | undefined;

function dynamicLinker(): DynamicLinker {
  if (linker === undefined) {
    const process = koffi.load(null);
    linker = {
      dlopen: process.func('void* dlopen(const char* path, int flags)'),
      dlerror: process.func('const char* dlerror()'),
    };
  }
  return linker;
}

/**
 * Opens a library and never unloads it: koffi closes at exit what it opened itself, and TensorFlow's threads do not survive that.
 * Once it is open, whoever asks for its soname by a bare name gets it, whatever their RUNPATH and LD_LIBRARY_PATH say.
 * @param symbols `global`: later libraries find its symbols
 * @returns the dynamic linker's complaint; undefined where it opened
 */
export function openForGood(path: string, symbols: 'global' | 'local' = 'local'): string | undefined {
  const { dlopen, dlerror } = dynamicLinker();
  const scope = symbols === 'global' ? flags.global : 0;
  return dlopen(path, flags.now | flags.noDelete | scope) ? undefined : String(dlerror());
}
