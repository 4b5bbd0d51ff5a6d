/** `node probe.js FILE`, run by a job: writes down what its node has. All cores count, not only those of this job. */
import { cpus, totalmem } from 'node:os';
import { writeAtomically } from '../../../core/files/atomic-write.js';
import { listGraphicsCards } from '../../../core/process/graphics-cards.js';
import { detectHardware } from '../../devices/machine.js';

const { cpu } = await detectHardware();
const node = { cpu, cores: cpus().length, memoryBytes: totalmem(), gpus: await listGraphicsCards() };
writeAtomically(process.argv[2] ?? '', `${JSON.stringify(node, null, 1)}\n`);
