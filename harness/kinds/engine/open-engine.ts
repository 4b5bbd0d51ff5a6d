/** Opens the engine that an execution names. Each is imported only when it is the one: start-up counts. */
import type { Engine } from '../../engine/engine.js';
import type { EngineDevices } from '../../engine/traced/index.js';
import { parseDevices } from '../../plan/devices.js';
import { Problem } from '../../core/problem.js';
import type { Execution } from '../../store/execution.js';
import { visibleGpus } from './gpus.js';

type EngineChoice = Pick<Execution, 'devices' | 'engine' | 'deterministic' | 'tf32'>;

/** `tensorflow` is the version of what computes. @throws Problem DEVICES_TOO_FEW, LIBRARY_MISSING, LIBRARY_UNREADABLE, ADDON_MISSING */
export async function openEngine(
  choice: EngineChoice,
): Promise<{ readonly engine: Engine; readonly tensorflow: string }> {
  const { deterministic, tf32 } = choice;
  if (choice.engine === 'traced') {
    const [{ openTracedEngine }, devices] = await Promise.all([
      import('../../engine/traced/index.js'),
      tracedDevices(choice.devices),
    ]);
    const engine = openTracedEngine({ devices, deterministic, tf32 });
    return { engine, tensorflow: engine.version };
  }
  const { openPlainEngine } = await import('../../engine/plain/plain-engine.js');
  const engine = await openPlainEngine({
    backend: choice.engine === 'eager' ? 'tensorflow' : 'cpu',
    gpu: choice.devices.startsWith('gpu'),
    deterministic,
    tf32,
  });
  return { engine, tensorflow: await plainVersion() };
}

/** tfjs-node-gpu's binding knows the library it is linked to; tfjs's own JavaScript backend has no TensorFlow. */
async function plainVersion(): Promise<string> {
  const { backend, version_core: version } = await import('@tensorflow/tfjs-core');
  const { binding } = backend() as { binding?: { TF_Version?: string } };
  return binding?.TF_Version ?? `none (tfjs ${version})`;
}

/** GPUs by their CUDA numbers and free memory. */
async function tracedDevices(text: string): Promise<EngineDevices> {
  const selection = parseDevices(text);
  if (selection.kind === 'cpu' || selection.kind === 'cores') return selection;
  const { gpus: found, trouble } = await visibleGpus(text);
  const gpus = found.map(({ index, model, freeMebibytes = Number.NaN }) => ({ index, model, freeMiB: freeMebibytes }));
  if (selection.kind === 'gpus') {
    if (gpus.length === 0)
      throw new Problem('DEVICES_TOO_FEW', trouble ?? 'nvidia-smi lists no GPU', 'Use --devices cpu or cpu:2.');
    return { kind: 'gpu', cards: gpus, logicalPerCard: 1 };
  }
  const { cards, logicalPerCard } = selection;
  // Without nvidia-smi a card may still be there; its memory only matters where it is cut.
  const cardOf = (index: number) =>
    gpus.find((gpu) => gpu.index === index) ?? { index, model: 'unknown', freeMiB: Number.NaN };
  const chosen = cards.map(cardOf);
  if (logicalPerCard > 1 && chosen.some(({ freeMiB }) => Number.isNaN(freeMiB)))
    throw new Problem(
      'DEVICES_TOO_FEW',
      `nvidia-smi does not tell the free memory of "${text}"`,
      'Use whole cards: gpu:0,1.',
    );
  return { kind: 'gpu', cards: chosen, logicalPerCard };
}
