/** The driver's own word on whether CUDA can be used. */
import koffi from 'koffi';
import { openForGood } from '../../setup/shared-library.js';

const driver = 'libcuda.so.1';

/** Why the driver does not start: it is missing, or `cuInit` fails; undefined where it starts. */
export function driverComplaint(): string | undefined {
  const missing = openForGood(driver);
  if (missing !== undefined) return `NVIDIA's driver is not here: ${missing}`;
  const library = koffi.load(driver);
  const code = Number(library.func('int cuInit(unsigned int flags)')(0));
  if (code === 0) return undefined;
  const name: [string | null] = [null];
  library.func('int cuGetErrorName(int error, _Out_ const char** name)')(code, name);
  return `NVIDIA's driver answers cuInit with ${name[0] ?? 'error'} (${code})`;
}
