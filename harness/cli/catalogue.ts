/** All commands, but for those that papers bring. What a command does is loaded when it is called, and not before. */
import type { CommandEntry } from './command.js';
import { reproduceCommand } from './commands/reproduce.js';

export const catalogue: readonly CommandEntry[] = [
  {
    synopsis: '$0 [tables..]',
    description: 'Run what the tables need and is not there yet, and write the reports',
    tensorFlow: true,
    load: () => reproduceCommand,
  },
  {
    synopsis: 'run <file>',
    description: 'The same for a matrix file of your own',
    tensorFlow: true,
    load: async () => (await import('./commands/run.js')).runCommand,
  },
  {
    synopsis: 'plan [tables..]',
    description: 'Say what would run, what is reused, why each, and what it will take',
    tensorFlow: false,
    load: async () => (await import('./commands/plan.js')).planCommand,
  },
  {
    synopsis: 'status [tables..]',
    description: 'Say how the runs stand, also while another process works on them',
    tensorFlow: false,
    load: async () => (await import('./commands/status.js')).statusCommand,
  },
  {
    synopsis: 'wait [tables..]',
    description: 'Wait until nothing of it runs or is queued; exit code 2 where something failed',
    tensorFlow: false,
    load: async () => (await import('./commands/wait.js')).waitCommand,
  },
  {
    synopsis: 'cancel [tables..]',
    description: 'Take jobs back from the Slurm queue; what runs writes a checkpoint first',
    tensorFlow: false,
    load: async () => (await import('./commands/cancel.js')).cancelCommand,
  },
  {
    synopsis: 'retry [ids..]',
    description: 'Run again what failed; jobs named by their id also when they are done',
    tensorFlow: true,
    load: async () => (await import('./commands/retry.js')).retryCommand,
  },
  {
    synopsis: 'report [tables..]',
    description: 'Write the reports again from what has been measured',
    tensorFlow: false,
    load: async () => (await import('./commands/report.js')).reportCommand,
  },
  {
    synopsis: 'clean [what..]',
    description: 'Say what can be deleted, and delete it with --yes',
    tensorFlow: false,
    load: async () => (await import('./commands/clean.js')).cleanCommand,
  },
  {
    synopsis: 'import <folder>',
    description: 'Take over finished runs made on another machine, from its folder or a bundle',
    tensorFlow: false,
    load: async () => (await import('./commands/import.js')).importCommand,
  },
  {
    synopsis: 'data [names..]',
    description: 'Say which data sets are here, or fetch some: data cifar10',
    tensorFlow: false,
    load: async () => (await import('./commands/data.js')).dataCommand,
  },
  {
    synopsis: 'doctor',
    description: 'Say what is there, what is missing and how to get it',
    tensorFlow: false,
    load: async () => (await import('./commands/doctor.js')).doctorCommand,
  },
  {
    synopsis: 'gpu-check',
    description:
      'Check the GPUs here against the CPU, in at most ten minutes; exit code 1 where one fails or there is none',
    tensorFlow: true,
    load: async () => (await import('./commands/gpu-check.js')).gpuCheckCommand,
  },
  {
    synopsis: 'setup',
    description: "Set up what is missing: TensorFlow's library and the addon of tfjs-node-gpu",
    tensorFlow: false,
    load: async () => (await import('./commands/setup.js')).setupCommand,
  },
  {
    synopsis: 'bench [names..]',
    description: 'Measure the engine against Keras, PyTorch and eager tfjs, side by side on this machine',
    tensorFlow: true,
    load: async () => (await import('./commands/bench.js')).benchCommand,
  },
  {
    synopsis: 'validate-projection [tables..]',
    description: 'Measure layouts that fit this machine and compare each with its projection',
    tensorFlow: true,
    load: async () => (await import('./commands/validate-projection.js')).validateProjectionCommand,
  },
];
