/** Schedules trivial cells in a process of its own, so that its memory can be measured: `schedule.js ROOT CELLS SLOTS`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Allocator } from '../../harness/schedule/allocator.js';
import { Interruption } from '../../harness/schedule/interruption.js';
import { LocalExecutor } from '../../harness/schedule/local-executor.js';
import { runSchedule } from '../../harness/schedule/scheduler.js';
import { RunStore } from '../../harness/result/store.js';
import { trivialCell, trivialResult } from './trivial-cells.js';

const [root = '', cells = '500', slots = '2'] = process.argv.slice(2);

/** As little as a worker can do: it takes the result that lies ready for it. */
writeFileSync(join(root, 'worker.sh'), 'mv "$1/ready.json" "$1/result.json"\n');
const executor = new LocalExecutor({ worker: ['/bin/sh', join(root, 'worker.sh')] });
const store = new RunStore(join(root, 'runs'), {
  onStep: (step, id) => {
    if (step === 'prepared') writeFileSync(join(store.folder(id), 'ready.json'), JSON.stringify(trivialResult(id)));
  },
});

const began = performance.now();
const { done } = await runSchedule({
  cells: Array.from({ length: Number(cells) }, (_, index) => trivialCell(index)),
  store,
  executor,
  allocator: new Allocator(
    Array.from({ length: Number(slots) }, (_, index) => ({ name: `${root}-${index}`, gpu: null, core: null })),
    2 ** 40,
  ),
  policy: { attempts: 1, backoffSeconds: 0, timeoutSeconds: 600, silenceSeconds: 600, graceSeconds: 10 },
  placement: () => ({ want: { slots: 1, alone: false, memoryBytes: 1 }, devices: () => 'cpu:1', pinned: false }),
  execution: (_, devices, attempt) => ({
    devices,
    engine: 'traced',
    attempt,
    dataCache: root,
    checkpointSeconds: 0,
    deterministic: false,
    tf32: false,
    trace: false,
    tensorboard: false,
  }),
  interruption: new Interruption(),
  keepGoing: true,
  tell: () => undefined,
});
const milliseconds = performance.now() - began;
const peakKibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
process.stdout.write(`${JSON.stringify({ done: done.length, milliseconds, peakBytes: peakKibibytes * 1024 })}\n`);
