/** `capacity`: the deepest RevNet and the largest batch whose training step fits a memory, by backward pass. */
import { command } from '../../../harness/cli/command.js';
import { pick } from '../../../harness/cli/options/options.js';
import { exitCodes } from '../../../harness/core/exit-codes.js';
import { formatBytes } from '../../../harness/core/format-bytes.js';
import { Problem } from '../../../harness/core/problem.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { revnet } from '../index.js';
import { depth as depthSchema } from '../systems.js';

/** What a unit adds is the same for each in these two: the growth of checkpoints is no straight line. */
const backwardPasses = ['plain', 'reversible-4N'] as const;

const wholeNumber = (name: string, value: number, most: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Problem('CAPACITY_INVALID', `--${name} ${value} is not a whole number from 1 to ${most}`);
};

/** Bytes of `2GB`, `500MB`. @throws Problem CAPACITY_INVALID */
export function parseMemory(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([MGT])B$/u.exec(text.trim()) ?? [];
  const factor = { M: 1e6, G: 1e9, T: 1e12 }[unit];
  if (number === undefined || factor === undefined)
    throw new Problem('CAPACITY_INVALID', `--memory ${text} is not an amount of memory`, 'Such as 500MB, 2GB, 16GB.');
  return Number(number) * factor;
}

export const capacityCommand = command({
  positionals: {},
  options: {
    memory: { type: 'string', default: '2GB', describe: 'Memory of the device: 500MB, 2GB' },
    batch: { type: 'number', default: 100, describe: 'Images a step, where the depth is looked for' },
    depth: { type: 'number', default: 110, describe: 'Layers of the RevNet, where the batch is looked for' },
    ...pick('json'),
  },
  run: async (args, { output }) => {
    const bytes = parseMemory(args.memory);
    const batch = wholeNumber('batch', args.batch, 65_536);
    const parsed = depthSchema.safeParse(args.depth);
    if (!parsed.success)
      throw new Problem('CAPACITY_INVALID', `--depth ${args.depth}: ${parsed.error.issues[0]?.message ?? ''}`);
    const [{ capacityOf }] = await Promise.all([import('../capacity/capacity.js'), revnet.loadModels()]);
    const protocol = new ExperimentFolder(revnet).protocol('paper');
    const found = backwardPasses.map((backward) => ({
      backward,
      ...capacityOf({ ...protocol, backward }, { bytes, batch, depth: parsed.data }),
    }));
    if (args.json) output.write(`${JSON.stringify({ bytes, batch, depth: parsed.data, found }, null, 2)}\n`);
    else {
      const [first] = found;
      const cells = found.map(({ backward, layers, units, largestBatch }) => [
        backward,
        layers === null ? 'none' : `${layers} (${units} units a stage)`,
        largestBatch === null ? 'none' : String(largestBatch),
      ]);
      const header = ['backward pass', `layers at batch ${batch}`, `batch at ${parsed.data} layers`];
      const widths = header.map((title, column) =>
        Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
      );
      const line = (row: readonly string[]): string =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd();
      output.write(
        [
          `What fits ${formatBytes(bytes)}: tensors alive in program order, weights, momentum and running statistics; kernels’ scratch and the program itself come on top.`,
          '',
          line(header),
          ...cells.map(line),
          '',
          `Depths beyond ${first?.traced ?? 0} units a stage follow from a straight line: what a unit adds is the same for each.`,
          '',
        ].join('\n'),
      );
    }
    return exitCodes.done;
  },
});
