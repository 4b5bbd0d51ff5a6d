/** The test's end of the socket that fake workers speak over: wait for one, tell it what to do, hear that it was done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const fakeWorkerCommand = [process.execPath, fileURLToPath(new URL('fake-worker.mjs', import.meta.url))];

export class FakeWorker {
  readonly #answers: Record<string, unknown>[] = [];
  #listener: (() => void) | null = null;
  /** Resolves when its process has closed the socket. */
  readonly gone: Promise<void>;

  constructor(
    readonly id: string,
    readonly pid: number,
    readonly attempt: number,
    private readonly socket: Socket,
  ) {
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Tells it to do something and resolves with its answer. */
  async do(action: string, details: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.socket.write(`${JSON.stringify({ do: action, ...details })}\n`);
    while (this.#answers.length === 0) await new Promise<void>((resolve) => (this.#listener = resolve));
    return this.#answers.shift() ?? {};
  }

  /** Tells it to end; there is no answer. */
  async exit(code: number): Promise<void> {
    this.socket.write(`${JSON.stringify({ do: 'exit', code })}\n`);
    await this.gone;
  }

  async succeed(): Promise<void> {
    await this.do('result');
    await this.exit(0);
  }

  hear(answer: Record<string, unknown>): void {
    this.#answers.push(answer);
    this.#listener?.();
  }
}

export class FakeWorkers {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake-'));
  readonly socketPath = join(this.folder, 'socket');
  readonly #server: Server;
  readonly #arrived: FakeWorker[] = [];
  readonly #sockets = new Set<Socket>();
  #listener: (() => void) | null = null;
  /** How many ever said hello. */
  count = 0;

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      let worker: FakeWorker | undefined;
      createInterface({ input: socket }).on('line', (line) => {
        const message = JSON.parse(line) as Record<string, unknown>;
        if (worker) {
          worker.hear(message);
          return;
        }
        worker = new FakeWorker(String(message['hello']), Number(message['pid']), Number(message['attempt']), socket);
        this.count++;
        this.#arrived.push(worker);
        this.#listener?.();
      });
    });
  }

  static async listen(): Promise<FakeWorkers> {
    const workers = new FakeWorkers();
    await new Promise<void>((resolve) => workers.#server.listen(workers.socketPath, resolve));
    return workers;
  }

  /** The next worker to say hello, of a job if one is named. */
  async next(id?: string): Promise<FakeWorker> {
    for (;;) {
      const index = this.#arrived.findIndex((worker) => id === undefined || worker.id === id);
      const [worker] = index < 0 ? [] : this.#arrived.splice(index, 1);
      if (worker) return worker;
      await new Promise<void>((resolve) => (this.#listener = resolve));
    }
  }

  get waiting(): number {
    return this.#arrived.length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
