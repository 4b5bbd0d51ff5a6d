/** The GPUs that a worker runs on, as nvidia-smi tells of them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseDevices } from '../../plan/devices.js';

export interface Gpu {
  /** Among the visible cards: CUDA's number. */
  readonly index: number;
  readonly uuid: string;
  readonly model: string;
  readonly driver: string;
  /** Free memory, MiB. */
  readonly freeMiB: number;
}

/**
 * The cards named by a `--devices` text (`gpu`, `gpu:0,2`), counted among those that CUDA_VISIBLE_DEVICES shows. Empty on CPU,
 * and where nvidia-smi is missing or silent.
 */
export async function visibleGpus(devices: string): Promise<Gpu[]> {
  const selection = parseDevices(devices);
  if (selection.kind === 'cpu' || selection.kind === 'cores') return [];
  const visible = await listGpus(process.env['CUDA_VISIBLE_DEVICES']);
  return selection.kind === 'gpus' ? visible : selection.cards.flatMap((card) => visible[card] ?? []);
}

async function listGpus(visibleDevices: string | undefined): Promise<Gpu[]> {
  // nvidia-smi takes no notice of the variable, but its `-i` takes the same indices and UUIDs.
  const chosen = visibleDevices === undefined ? [] : ['-i', visibleDevices];
  if (visibleDevices === '') return [];
  const query = ['--query-gpu=uuid,name,driver_version,memory.free', '--format=csv,noheader,nounits', ...chosen];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 20_000 });
    const gpus = stdout
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [uuid, model, driver, free] = line.split(', ');
        return uuid !== undefined && model !== undefined && driver !== undefined
          ? [{ uuid, model, driver, freeMiB: Number(free) }]
          : [];
      });
    return inOrderOf(gpus, visibleDevices).map((gpu, index) => ({ index, ...gpu }));
  } catch {
    return [];
  }
}

/** nvidia-smi lists by bus; CUDA numbers its devices in the order of the variable. */
function inOrderOf<G extends { readonly uuid: string }>(gpus: readonly G[], visibleDevices: string | undefined): G[] {
  const names = visibleDevices?.split(',') ?? [];
  if (!names.every((name) => name.startsWith('GPU-'))) return [...gpus];
  const place = (gpu: G) => names.findIndex((name) => gpu.uuid.startsWith(name));
  return [...gpus].sort((a, b) => place(a) - place(b));
}
