/** A local HTTP server that serves one file and misbehaves as told. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';

export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** Answers one request; the default is `serve`. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, server: FileServer) => void;

export class FileServer {
  readonly requests: SeenRequest[] = [];
  /** One for each request to come; when they are used up, `serve` answers. */
  readonly script: Behaviour[] = [];
  private readonly server: Server;
  private waiting: { readonly bytes: number; readonly response: ServerResponse } | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(public file: Buffer) {
    this.server = createServer((request, response) => {
      const { range, 'if-range': ifRange } = request.headers;
      this.requests.push({
        path: request.url ?? '',
        range,
        ifRange: Array.isArray(ifRange) ? ifRange[0] : ifRange,
      });
      (this.script.shift() ?? serve)(request, response, this);
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  get etag(): string {
    return `"${createHash('md5').update(this.file).digest('hex')}"`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Cuts a connection once the client has `bytes` of the file: what it has not read by then may be lost with it. */
  cutAt(bytes: number, response: ServerResponse): void {
    this.waiting = { bytes, response };
  }

  /** The client tells how much it has. */
  clientHas(bytes: number): void {
    if (this.waiting && bytes >= this.waiting.bytes) this.waiting.response.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const servers: FileServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

export async function fileServer(file: Buffer): Promise<FileServer> {
  const server = await new FileServer(file).start();
  servers.push(server);
  return server;
}

/** Serves the file as a good server does: ranges, If-Range, ETag. */
export const serve: Behaviour = (request, response, server) => {
  const { start, status, headers } = answer(request, server);
  response.writeHead(status, headers).end(server.file.subarray(start));
};

/** The first `count` bytes of what was asked for; once the client has them, the connection is cut. */
export const dropAfter =
  (count: number): Behaviour =>
  (request, response, server) => {
    const { start, status, headers } = answer(request, server);
    server.cutAt(start + count, response);
    response.writeHead(status, headers).write(server.file.subarray(start, start + count));
  };

/** The first `count` bytes, then nothing, for ever. */
export const stallAfter =
  (count: number): Behaviour =>
  (request, response, server) => {
    const { start, status, headers } = answer(request, server);
    response.writeHead(status, headers).write(server.file.subarray(start, start + count));
  };

/** The whole file, whatever range is asked for. */
export const ignoreRange: Behaviour = (_request, response, server) => {
  response.writeHead(200, { 'content-length': server.file.length, etag: server.etag }).end(server.file);
};

export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(code, headers).end('no');
  };

function answer(
  request: IncomingMessage,
  server: FileServer,
): { start: number; status: number; headers: Record<string, string | number> } {
  const { file, etag } = server;
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  const start = range && (ifRange === undefined || ifRange === etag) ? Number(range[1]) : 0;
  if (start === 0) return { start, status: 200, headers: { 'content-length': file.length, etag } };
  return {
    start,
    status: 206,
    headers: {
      'content-length': file.length - start,
      'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
      etag,
    },
  };
}
