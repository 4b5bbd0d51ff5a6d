/** `setup`: TensorFlow's library and the addon. npm's packages and the compiled program are there when this runs. */
import { exitCodes } from '../../core/exit-codes.js';
import { setUpTensorFlow } from '../../setup/set-up.js';
import { command } from '../command.js';

/** @throws Problem what `setUpTensorFlow` throws */
export const setupCommand = command({
  positionals: {},
  options: {},
  run: async (_, { environment, output }) => {
    const { library, addon } = await setUpTensorFlow({ addon: true, again: true }, environment);
    const version = library.version === undefined ? '' : ` ${library.version}`;
    output.write(`TensorFlow${version} in ${library.folder}\n`);
    output.write(addon ? 'ready, without the addon of tfjs-node-gpu\n' : 'ready\n');
    return exitCodes.done;
  },
});
