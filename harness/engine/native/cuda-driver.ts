/** The driver's own word on whether CUDA can be used. */
import koffi from 'koffi';
import { openForGood } from '../../setup/shared-library.js';

const driver = 'libcuda.so.1';

/** Whether a card can read another's memory directly, by their CUDA numbers; undefined where the driver does not tell. */
export function hasPeerAccess(from: number, to: number): boolean | undefined {
  if (driverComplaint() !== undefined) return undefined;
  const library = koffi.load(driver);
  const device = (ordinal: number): number => {
    const found: [number] = [0];
    library.func('int cuDeviceGet(_Out_ int* device, int ordinal)')(found, ordinal);
    return found[0];
  };
  const can: [number] = [0];
  const ask = library.func('int cuDeviceCanAccessPeer(_Out_ int* can, int device, int peer)');
  return Number(ask(can, device(from), device(to))) === 0 ? can[0] === 1 : undefined;
}

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
