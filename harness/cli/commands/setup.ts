import type { CommandModule } from 'yargs';

/**
 * npm's packages and the compiled program are there when this runs; it sees to TensorFlow's library and the addon.
 * @throws Problem what `setUpTensorFlow` throws
 */
export async function setUp(output: NodeJS.WritableStream = process.stdout): Promise<void> {
  const { setUpTensorFlow } = await import('../../setup/set-up.js');
  const { library, addon } = await setUpTensorFlow(process.env, undefined, true);
  const version = library.version === undefined ? '' : ` ${library.version}`;
  output.write(`TensorFlow${version} in ${library.folder}\n`);
  output.write(addon ? 'ready, without the addon of tfjs-node-gpu\n' : 'ready\n');
}

export const setupCommand: CommandModule = {
  command: 'setup',
  describe: "Set up what is missing: TensorFlow's library and the addon of tfjs-node-gpu",
  handler: () => setUp(),
};
