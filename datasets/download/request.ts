/** One HTTP request for a file or the rest of it, with a watch on stalls, and a verdict on what the server answered. */
import type { IncomingMessage } from 'node:http';
import { Problem } from '../../harness/core/problem.js';
import { get } from './http-get.js';

/** What may go away by itself: trying again makes sense. */
export class TemporaryFailure extends Error {
  constructor(
    message: string,
    /** As long as the server asked to wait. */
    readonly waitMilliseconds?: number,
  ) {
    super(message);
  }
}

export interface FileRequest {
  readonly url: string;
  /** Where to go on; undefined: from the start. */
  readonly from: { readonly byte: number; readonly validator: string; readonly total: number | null } | undefined;
  readonly stallMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

export type FileResponse =
  /** Everything is there already. */
  | { readonly kind: 'complete'; close(): void }
  | {
      readonly kind: 'body';
      /** True: the bytes follow those that are there; false: they are the file from its start. */
      readonly resumed: boolean;
      /** Bytes of the whole file; null where the server does not tell. */
      readonly total: number | null;
      readonly validator: string | undefined;
      body(): AsyncGenerator<Buffer, void>;
      close(): void;
    };

const temporaryStatus = new Set([408, 425, 429, 500, 502, 503, 504]);

/** @throws TemporaryFailure, Problem DOWNLOAD_REFUSED */
export async function requestFrom({ url, from, stallMilliseconds, signal }: FileRequest): Promise<FileResponse> {
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  signal?.addEventListener('abort', cancel, { once: true });
  let stalled = false;
  const watch = setTimeout(() => {
    stalled = true;
    stop.abort();
  }, stallMilliseconds);
  const close = (): void => {
    clearTimeout(watch);
    signal?.removeEventListener('abort', cancel);
    stop.abort();
  };
  const failure = (error: unknown): Error =>
    stalled
      ? new TemporaryFailure(`nothing came for ${stallMilliseconds / 1000} s`)
      : new TemporaryFailure(reasonOf(error));
  try {
    signal?.throwIfAborted();
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (from) {
      headers['range'] = `bytes=${from.byte}-`;
      headers['if-range'] = from.validator;
    }
    const response = await get(url, headers, stop.signal).catch((error: unknown) => {
      throw error instanceof Problem ? error : failure(error);
    });
    // Its errors arrive through the iteration below; an abort before that must not count as unhandled.
    response.on('error', () => undefined);
    const verdict = judge(url, response, from);
    if (verdict === 'complete') return { kind: 'complete', close };
    return {
      kind: 'body',
      ...verdict,
      close,
      async *body() {
        try {
          for await (const chunk of response) {
            watch.refresh();
            yield chunk as Buffer;
          }
        } catch (error) {
          throw error instanceof Problem ? error : failure(error);
        }
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

function judge(
  url: string,
  { statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  from: FileRequest['from'],
): 'complete' | { resumed: boolean; total: number | null; validator: string | undefined } {
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const etag = header('etag');
  // If-Range takes no weak ETags.
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : header('last-modified');
  if (statusCode === 206 && from) {
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(header('content-range') ?? '');
    if (!range || Number(range[1]) !== from.byte || (from.total !== null && Number(range[2]) !== from.total))
      throw new StartOver(`the server sent another range than was asked for (${header('content-range') ?? 'none'})`);
    return { resumed: true, total: Number(range[2]), validator: from.validator };
  }
  if (statusCode === 200) {
    // Whatever the server calls its encoding (`x-gzip` of a .gz file, say), the raw bytes are kept: the checksum judges them.
    const length = header('content-length');
    return { resumed: false, total: length === undefined ? null : Number(length), validator };
  }
  if (statusCode === 416 && from) {
    const total = /^bytes \*\/(\d+)$/.exec(header('content-range') ?? '')?.[1];
    if (Number(total) === from.byte) return 'complete';
    throw new StartOver('the server has another file than the one begun');
  }
  if (temporaryStatus.has(statusCode))
    throw new TemporaryFailure(`status ${statusCode}`, retryAfter(header('retry-after')));
  if (statusCode === 407)
    throw new Problem(
      'DOWNLOAD_REFUSED',
      `The proxy wants a name and a password for ${url} (status 407)`,
      "Put them in the proxy's address: HTTPS_PROXY=http://name:password@proxy:port",
    );
  throw new Problem(
    'DOWNLOAD_REFUSED',
    `${url} answered with status ${statusCode}`,
    'Name another mirror with --mirror URL, or fetch the file by other means and name its folder: --mirror file:///…/',
  );
}

/** What is there cannot be gone on from. */
export class StartOver extends TemporaryFailure {}

/** Seconds, or a date. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return reasons[code] ?? (error.message !== '' ? error.message : code);
}
