/** The programs that are compared: the project first, then its peers. */
import { inProject } from '../harness/core/project.js';
import { lookForCards } from '../harness/setup/visible-cards.js';
import type { Contestant } from './compare.js';
import { peerNames } from './goals.js';

export const projectName = 'traced';

const inNode = (name: string, program: string, ...options: string[]): Contestant => ({
  name,
  command: (folder) => [process.execPath, inProject('dist', 'bench', 'programs', `${program}.js`), folder, ...options],
});

/** The step on the first GPU as it is, and with the kernels that `--deterministic` asks for. */
export async function gpuContestants(): Promise<readonly Contestant[]> {
  const names = [`${projectName} on gpu:0`, `${projectName} on gpu:0, deterministic`] as const;
  const { cards, trouble } = await lookForCards();
  if (cards.length === 0) return names.map((name) => ({ name, unavailable: trouble ?? 'nvidia-smi lists no GPU' }));
  return [inNode(names[0], 'traced', 'gpu:0'), inNode(names[1], 'traced', 'gpu:0', 'deterministic')];
}

/** `python`: the interpreter of the peers' environment, or why there is none. */
export function contestantsWith(
  python: { readonly python: string } | { readonly unavailable: string },
): readonly Contestant[] {
  // TensorFlow turns oneDNN on by itself on some Intel processors only; the project does on all.
  const withOneDnn = (name: string, contestant: Contestant): Contestant =>
    'unavailable' in contestant
      ? { ...contestant, name }
      : { name, command: (folder) => ['env', 'TF_ENABLE_ONEDNN_OPTS=1', ...contestant.command(folder)] };
  const inPython = (name: string, program: string, ...variant: string[]): Contestant =>
    'unavailable' in python
      ? { name, unavailable: python.unavailable }
      : {
          name,
          command: (folder) => [python.python, inProject('bench', 'python', `${program}.py`), folder, ...variant],
        };
  const [keras, kerasFused] = peerNames.keras;
  const [torch, torchChannelsLast, torchCompile] = peerNames.pytorch;
  return [
    inNode(projectName, 'traced'),
    inPython(keras, 'keras_step'),
    inPython(kerasFused, 'keras_step', 'fused'),
    withOneDnn(peerNames.kerasOneDnn[0], inPython(keras, 'keras_step')),
    inPython(torch, 'torch_step'),
    inPython(torchChannelsLast, 'torch_step', 'channels-last'),
    inPython(torchCompile, 'torch_step', 'compile'),
    inNode(peerNames.tfjs[0], 'eager-layers'),
    withOneDnn(peerNames.tfjsOneDnn[0], inNode(peerNames.tfjs[0], 'eager-layers')),
  ];
}
