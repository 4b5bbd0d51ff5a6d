/** `node probe.js FILE`, run by a job: writes down what its node has. All cores count, not only those of this job. */
import { cpus, totalmem } from 'node:os';
import { writeAtomically } from '../../../core/files/atomic-write.js';
import { visibleAmong } from '../../../setup/visible-cards.js';
import { readGraphicsCards } from '../../../core/process/graphics-cards.js';
import { detectHardware } from '../../devices/machine.js';

const [{ cpu }, reading] = await Promise.all([detectHardware(), readGraphicsCards()]);
// What the job was given says nothing of the node.
const { cards, trouble } = visibleAmong(reading, undefined);
const gpus = cards.map(({ index, uuid, model, memoryMebibytes, driver, computeCapability }) => ({
  ...{ index, uuid, model, memoryMebibytes, driver },
  ...(computeCapability === undefined ? {} : { computeCapability }),
}));
const node = { cpu, cores: cpus().length, memoryBytes: totalmem(), gpus, gpuTrouble: trouble ?? null };
writeAtomically(process.argv[2] ?? '', `${JSON.stringify(node, null, 1)}\n`);
