import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../datasets/sets/checksum.js';
import { download, type DownloadProgress } from '../../datasets/download/download.js';
import { dropAfter, fileServer, ignoreRange, stallAfter, status, type Behaviour } from './support/file-server.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { expectSound, file, large, nobody, options } from './support/download-options.js';

describe('download', () => {
  it('fetches a file, tells how far it is, and asks for nothing when it is there', async () => {
    const server = await fileServer(file);
    const seen: DownloadProgress[] = [];
    const wanted = await options(server, { progress: (progress) => seen.push(progress) });
    await download(wanted);
    await expectSound(wanted);
    expect(seen.at(-1)).toMatchObject({ received: file.length, total: file.length });
    await download(wanted);
    expect(server.requests).toHaveLength(1);
  });

  it('goes on where the connection broke, and says which file it means', async () => {
    const server = await fileServer(file);
    server.script.push(dropAfter(100_000), dropAfter(50_000));
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(server.requests[1]?.ifRange).toBe(server.etag);
  });

  it('goes on in a later call after all attempts failed', async () => {
    const server = await fileServer(file);
    server.script.push(dropAfter(200_000), status(503), status(503));
    const wanted = await options(server, { attempts: 3 });
    await expect(download(wanted)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(existsSync(wanted.target)).toBe(false);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests.at(-1)?.range).toBe('bytes=200000-');
  });

  it('starts over when the file changes between two ranges', async () => {
    const older = randomBytes(file.length);
    const server = await fileServer(older);
    server.script.push((request, response, self) => {
      dropAfter(100_000)(request, response, self);
      self.file = file;
    });
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests[1]).toMatchObject({ range: 'bytes=100000-', ifRange: `"${md5(older)}"` });
  });

  it('fetches again from the start when a server glues two files together', async () => {
    const server = await fileServer(randomBytes(file.length));
    // The rest of another file, under the ETag that was asked for.
    server.script.push(
      (request, response, self) => {
        dropAfter(100_000)(request, response, self);
        self.file = file;
      },
      (request, response, self) => {
        const first = /\d+/.exec(request.headers.range ?? '')?.[0] ?? '0';
        response
          .writeHead(206, { 'content-range': `bytes ${first}-${file.length - 1}/${file.length}` })
          .end(self.file.subarray(Number(first)));
      },
    );
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests).toHaveLength(3);
  });

  it('copes with a server that knows no ranges', async () => {
    const server = await fileServer(file);
    server.script.push(dropAfter(100_000), ignoreRange);
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
  });

  it('starts over when the server answers with another range than asked for', async () => {
    const server = await fileServer(file);
    server.script.push(dropAfter(100_000), (_request, response) => {
      response.writeHead(206, { 'content-range': `bytes 5-${file.length - 1}/${file.length}` }).end(file.subarray(5));
    });
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests[2]?.range).toBeUndefined();
  });

  it('starts over when the server says that the range is beyond the end', async () => {
    const server = await fileServer(file);
    server.script.push(dropAfter(100_000), status(416, { 'content-range': 'bytes */70000' }));
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
  });

  it('keeps no part that it could not go on from', async () => {
    const server = await fileServer(file);
    // Neither ETag nor Last-Modified: the next attempt must not ask for a range.
    server.script.push((_request, response) => {
      server.cutAt(1000, response);
      response.writeHead(200, { 'content-length': file.length }).write(file.subarray(0, 1000));
    });
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests[1]?.range).toBeUndefined();
  });

  it('gives up a stalled connection and goes on', async () => {
    const server = await fileServer(file);
    server.script.push(stallAfter(100_000));
    const reasons: (string | undefined)[] = [];
    const wanted = await options(server, {
      stallMilliseconds: 150,
      progress: ({ retry }) => {
        if (retry) reasons.push(retry.reason);
      },
    });
    await download(wanted);
    await expectSound(wanted);
    expect(reasons).toEqual(['nothing came for 0.15 s']);
  });

  it('gives up a server that accepts and never answers', async () => {
    const server = await fileServer(file);
    server.script.push(
      () => undefined,
      () => undefined,
    );
    const wanted = await options(server, { stallMilliseconds: 100, attempts: 2 });
    await expect(download(wanted)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('nothing came') as string,
    });
  });

  it('waits and tries again when the server is busy, but not when the file is not there', async () => {
    const server = await fileServer(file);
    server.script.push(status(503), status(429, { 'retry-after': '0' }));
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);

    server.script.push(status(404));
    await expect(download(await options(server))).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
    expect(server.requests).toHaveLength(4);
  });

  it('tries the next mirror when one is of no use, and names all when none is', async () => {
    const bad = await fileServer(randomBytes(file.length));
    const good = await fileServer(file);
    const wanted = await options(bad, { urls: [`${bad.address}f`, `${good.address}f`] });
    await download(wanted);
    await expectSound(wanted);
    await expect(download(await options(bad, { urls: [`${bad.address}a`, `${bad.address}b`] }))).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/\/a .*\/b /) as string,
    });
  });

  it('names a server that is not there', async () => {
    const server = await fileServer(file);
    const wanted = await options(server, { attempts: 2 });
    await server.stop();
    await expect(download(wanted)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('connection was refused') as string,
    });
  });

  it('stops when told to, and a later call goes on', async () => {
    const server = await fileServer(file);
    server.script.push(stallAfter(120_000));
    const stop = new AbortController();
    const wanted = await options(server, {
      signal: stop.signal,
      progress: ({ received }) => {
        if (received === 120_000) stop.abort();
      },
    });
    await expect(download(wanted)).rejects.toMatchObject({ name: 'AbortError' });
    await download({ ...wanted, signal: undefined });
    await expectSound(wanted);
    expect(server.requests.at(-1)?.range).toBe('bytes=120000-');
  });

  it('fetches once when two want the same file at the same time', async () => {
    const server = await fileServer(file);
    const wanted = await options(server);
    await Promise.all([download(wanted), download(wanted), download(wanted)]);
    await expectSound(wanted);
    expect(server.requests).toHaveLength(1);
  });

  it('follows redirects', async () => {
    const server = await fileServer(file);
    server.script.push(status(302, { location: '/elsewhere' }));
    const wanted = await options(server);
    await download(wanted);
    await expectSound(wanted);
    expect(server.requests.map(({ path }) => path)).toEqual(['/file.bin', '/elsewhere']);
  });

  it('reads an answer that ends with its connection, as slowly as it likes', async () => {
    // Content-Length and `Connection: close`: the connection ends while bytes wait to be read.
    const server = await fileServer(large);
    const closing: Behaviour = (_request, response) => {
      response.writeHead(200, { 'content-length': large.length, connection: 'close' }).end(large);
    };
    for (let turn = 0; turn < 10; turn++) {
      server.script.push(closing);
      const wanted = await options(server, {
        size: large.length,
        attempts: 1,
        async verify(path) {
          return sha256(await readFile(path)) === sha256(large) ? undefined : 'wrong bytes';
        },
      });
      await download(wanted);
      expect((await readFile(wanted.target)).length).toBe(large.length);
    }
  });

  it.each(['gzip', 'x-gzip'])('keeps the bytes of a .gz file that is labelled %s as they are', async (encoding) => {
    const packed = gzipSync(file);
    const server = await fileServer(packed);
    server.script.push((_request, response) => {
      response.writeHead(200, { 'content-length': packed.length, 'content-encoding': encoding }).end(packed);
    });
    const wanted = await options(server, { size: packed.length, verify: async () => undefined });
    await download(wanted);
    expect((await readFile(wanted.target)).equals(packed)).toBe(true);
  });

  it('gives up a server that redirects for ever', async () => {
    const server = await fileServer(file);
    for (let turn = 0; turn < 10; turn++) server.script.push(status(302, { location: '/again' }));
    await expect(download(await options(server))).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
      message: expect.stringContaining('redirects more than 5 times') as string,
    });
    expect(server.requests).toHaveLength(6);
  });

  it('copies from a folder', async () => {
    const source = join(await temporaryFolder(), 'source.bin');
    await writeFile(source, file);
    const wanted = await options(nobody, { urls: [pathToFileURL(source).href] });
    await download(wanted);
    await expectSound(wanted);
    await expect(download(await options(nobody, { urls: [pathToFileURL(`${source}x`).href] }))).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
    });
  });
});

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
