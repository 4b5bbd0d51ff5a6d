/**
 * A worker that does what it is told. With FAKE_WORKER_SOCKET it says hello there and obeys one command a line, answering
 * each; without, it takes FAKE_WORKER_STEPS steps, goes on from its checkpoint, and writes a result that depends on nothing else,
 * except that with FAKE_WORKER_DISTURBED others disturb the first attempt at a timing.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = process.argv[2] ?? '';
/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const job = read('cell.json');
const execution = read('execution.json');

/** @param {object} event */
const tell = (event) =>
  appendFileSync(
    join(folder, 'events.jsonl'),
    `${JSON.stringify({ ...event, at: new Date().toISOString(), attempt: execution.attempt })}\n`,
  );

/**
 * @param {string} name
 * @param {unknown} value
 */
function writeWhole(name, value) {
  const path = join(folder, name);
  const file = openSync(`${path}.fake.tmp`, 'w');
  writeSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  fsyncSync(file);
  renameSync(`${path}.fake.tmp`, path);
}

const evaluation = { step: 1, epoch: 1, errorPct: 50, top5ErrorPct: 10, sampledErrorPct: null, loss: 1 };
const times = {
  hardware: { kind: 'cpu', model: 'cpu' },
  operations: [{ signature: 'Relu|4>4', type: 'Relu', bytes: 32, flops: 0, count: 1, times: [1] }],
  beyond: [1],
  gaps: [1],
  effects: null,
};
const result = () => ({
  kind: job.kind,
  schema: 1,
  id: job.id,
  numericsVersion: 1,
  finishedAt: '2000-01-01T00:00:00.000Z',
  wallSeconds: 1,
  attempts: 1,
  environment: {
    host: 'host',
    os: 'linux',
    cpu: 'cpu',
    cores: 2,
    memoryBytes: 1,
    gpus: [],
    driver: null,
    node: 'v20',
    tensorflow: '0',
    engine: 'traced',
    devices: 'cpu',
    deterministic: false,
    tf32: false,
    gitCommit: null,
    gitDirty: null,
  },
  peakMemoryBytes: 1,
  energyJoules: null,
  ...(job.kind === 'error'
    ? {
        parameters: 1,
        trainImages: 1,
        validationImages: 1,
        last: evaluation,
        best: evaluation,
        evaluations: [evaluation],
        finalLoss: 1,
      }
    : job.kind === 'operations'
      ? { hardware: job.hardware, otherLoad: null, times }
      : {
          hardware: job.hardware,
          ...(process.env['FAKE_WORKER_DISTURBED'] && execution.attempt === 1 ? { otherLoad: 0.5 } : {}),
          rows: job.rows.map((/** @type {{row: string, layout: string}} */ { row, layout }) => ({
            row,
            layout,
            parameters: 1,
            milliseconds: [2, 1],
            rounds: [1, 1],
            compileSeconds: 1,
            busySeconds: null,
          })),
        }),
});

/** @param {object} more */
const failure = (more) => ({
  kind: 'problem',
  code: 'FAKE',
  message: 'told to fail',
  hint: null,
  exitCode: null,
  signal: null,
  logTail: [],
  at: new Date().toISOString(),
  attempt: execution.attempt,
  ...more,
});

/** @type {Record<string, (command: any) => object | void>} */
const actions = {
  event: ({ event }) => tell(event),
  write: ({ name, value }) => writeWhole(name, value),
  result: () => writeWhole('result.json', result()),
  failure: ({ failure: more }) => writeWhole('failure.json', failure(more)),
  log: ({ text }) => void writeSync(2, text),
  print: ({ bytes }) => {
    const line = `${'x'.repeat(99)}\n`.repeat(10_000);
    for (let done = 0; done < bytes; done += line.length) writeSync(1, line);
    writeSync(1, 'the very last line\n');
  },
  /** A grandchild that leaves the process group, ignores SIGTERM and never ends by itself. */
  fork: () => {
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    return { pid: child.pid };
  },
  'ignore SIGTERM': () => void process.on('SIGTERM', () => undefined),
  'checkpoint on SIGTERM': () =>
    void process.on('SIGTERM', () => {
      writeWhole('checkpoint.safetensors', 'stopped');
      tell({ type: 'stopped', step: 1 });
      process.exit(130);
    }),
  environment: () => ({
    cuda: process.env.CUDA_VISIBLE_DEVICES,
    affinity: /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1],
    execution,
  }),
  exit: ({ code }) => process.exit(code),
};

if (process.env.FAKE_WORKER_SOCKET) {
  const socket = createConnection(process.env.FAKE_WORKER_SOCKET);
  /** @param {object} message */
  const say = (message) => socket.write(`${JSON.stringify(message)}\n`);
  say({ hello: job.id, pid: process.pid, attempt: execution.attempt });
  for await (const line of createInterface({ input: socket })) {
    const command = JSON.parse(line);
    say({ did: command.do, ...(actions[command.do]?.(command) ?? {}) });
  }
} else {
  const steps = Number(process.env.FAKE_WORKER_STEPS ?? 3);
  // `WarpNet1` fails every job of such a network.
  if (process.env.FAKE_WORKER_FAILS && job.title.includes(process.env.FAKE_WORKER_FAILS)) {
    writeWhole('failure.json', failure({}));
    process.exit(3);
  }
  // FAKE_WORKER_DIES is a seed: a third of the attempts end by a kill, at one of five places.
  const seed = process.env.FAKE_WORKER_DIES;
  const lot = seed
    ? createHash('sha256').update(`${seed} ${job.id} ${execution.attempt}`).digest()
    : Buffer.alloc(2, 255);
  const diesAt = (lot[0] ?? 255) < 85 ? (lot[1] ?? 0) % 5 : -1;
  /** @param {number} place */
  const mayDie = (place) => {
    if (place === diesAt) process.kill(process.pid, 'SIGKILL');
  };
  const checkpoint = join(folder, 'checkpoint.safetensors');
  mayDie(0);
  tell({ type: 'phase', phase: 'training' });
  for (let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0; step < steps; step++) {
    tell({ type: 'step', step: step + 1, steps, loss: 1, learningRate: 0.1, millisecondsPerStep: 1 });
    if (step === 1) mayDie(1);
    writeWhole('checkpoint.safetensors', String(step + 1));
  }
  if (diesAt === 2) appendFileSync(join(folder, 'events.jsonl'), '{"type":"ste');
  mayDie(2);
  if (diesAt === 3) appendFileSync(join(folder, 'result.json.1.tmp'), '{"kind":"er');
  mayDie(3);
  writeWhole('result.json', result());
  mayDie(4);
  tell({ type: 'finished' });
  process.exit(0);
}
