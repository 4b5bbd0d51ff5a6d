/**
 * A scheduler in a process of its own, to be killed: `node scheduler-process.mjs '{"root": …}'`. Uses the compiled program.
 * `killAt` names a step of a job's life; `killAfter` is how many times it is passed before.
 */
/**
 * A module of the compiled program.
 * @param {string} path
 */
const built = (path) => import(new URL(`../../../../dist/harness/${path}`, import.meta.url).href);

const [{ Allocator }, { Interruption, interruptOnSignals }, { LocalExecutor }, { runSchedule }, { RunStore }] =
  await Promise.all([
    built('run/devices/allocator.js'),
    built('run/schedule/interruption.js'),
    built('run/local/local-executor.js'),
    built('run/schedule/scheduler.js'),
    built('store/store.js'),
  ]);

const { root, jobs, slots, worker, killAt, killAfter = 0, attempts = 1, execution } = JSON.parse(process.argv[2] ?? '');

let passed = 0;
/** @param {string} step */
const onStep = (step) => {
  if (step === killAt && passed++ === killAfter) process.kill(process.pid, 'SIGKILL');
};

const executor = new LocalExecutor({ worker, onStep });
const interruption = new Interruption();
interruptOnSignals(interruption);
const outcome = await runSchedule({
  jobs,
  store: new RunStore(root, null, {
    onStep,
    endLeftovers: (/** @type {object} */ lease) => executor.endLeftovers(lease),
  }),
  executor,
  allocator: new Allocator(slots, 2 ** 30),
  policy: { attempts, backoffSeconds: 0, timeoutSeconds: 600, silenceSeconds: 600, graceSeconds: 600 },
  placement: () => ({
    want: { slots: 1, alone: false, memoryBytes: 1 },
    devices: () => 'cpu:1',
    pinned: false,
    hardware: null,
  }),
  execution: (/** @type {object} */ _cell, /** @type {string} */ devices, /** @type {number} */ attempt) => ({
    ...execution,
    devices,
    attempt,
  }),
  secondsOf: () => 1,
  interruption,
  keepGoing: true,
  tell: (/** @type {{type: string, job?: {id: string}}} */ event) =>
    process.stdout.write(`${JSON.stringify({ type: event.type, job: event.job?.id })}\n`),
});
process.stdout.write(
  `${JSON.stringify({ done: outcome.done, failed: [...outcome.failed.keys()], unfinished: outcome.unfinished })}\n`,
);
process.exit(0);
