import type { CommandModule } from 'yargs';
import { setUpTensorFlow } from '../setup/set-up.js';

/** `reproduce setup`: npm's packages and the compiled program are there when this runs; it sees to the rest. */
export const setupCommand: CommandModule = {
  command: 'setup',
  describe: "Set up what is missing: TensorFlow's library and the addon of tfjs-node-gpu",
  handler: async () => {
    const { library, addon } = await setUpTensorFlow(process.env, undefined, true);
    const version = library.version === undefined ? '' : ` ${library.version}`;
    process.stdout.write(`TensorFlow${version} in ${library.folder}\n`);
    process.stdout.write(addon ? 'ready, without the addon of tfjs-node-gpu\n' : 'ready\n');
  },
};
