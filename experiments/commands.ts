/** Commands that papers bring. The program's help lists them, so nothing of them is loaded before it is called. */
import type { CommandEntry } from '../harness/cli/command.js';

export const commands: readonly CommandEntry[] = [
  {
    synopsis: 'fit',
    description: 'Explain WarpNet’s printed speed-ups by a simulation of the authors’ machine',
    tensorFlow: false,
    load: async () => (await import('./warpnet/commands/fit.js')).fitCommand,
  },
  {
    synopsis: 'whatif',
    description: 'Project WarpNet’s speed-up on devices and links that are not here, and find the best layout',
    tensorFlow: false,
    load: async () => (await import('./warpnet/commands/whatif.js')).whatifCommand,
  },
  {
    synopsis: 'capacity',
    description: 'The deepest RevNet and the largest batch that fit a memory, with stored and with rebuilt activations',
    tensorFlow: false,
    load: async () => (await import('./revnet/commands/capacity.js')).capacityCommand,
  },
];
