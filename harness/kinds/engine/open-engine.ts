/** Opens the engine that an execution names. Each is imported only when it is the one: start-up counts. */
import { engineDevices } from '../../engine/devices/engine-devices.js';
import type { Engine } from '../../engine/engine.js';
import type { Execution } from '../../store/execution.js';

interface EngineChoice extends Pick<Execution, 'devices' | 'engine' | 'deterministic' | 'tf32'> {
  /** On CPUs; by default the fastest that there are. */
  readonly convolutions?: 'direct';
}

/** `tensorflow` is the version of what computes. @throws Problem DEVICES_TOO_FEW, LIBRARY_MISSING, LIBRARY_UNREADABLE, ADDON_MISSING */
export async function openEngine(
  choice: EngineChoice,
): Promise<{ readonly engine: Engine; readonly tensorflow: string }> {
  const { deterministic, tf32, convolutions } = choice;
  if (choice.engine === 'traced') {
    const [{ openTracedEngine }, devices] = await Promise.all([
      import('../../engine/traced/index.js'),
      engineDevices(choice.devices),
    ]);
    const engine = openTracedEngine({
      devices,
      deterministic,
      tf32,
      ...(convolutions === 'direct' && { winograd: undefined }),
    });
    return {
      engine,
      tensorflow: engine.winograd ? `${engine.version}, 3 x 3 convolutions by Winograd` : engine.version,
    };
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
