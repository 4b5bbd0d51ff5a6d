import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { download } from '../../datasets/download/download.js';
import { fileServer } from './support/file-server.js';
import { expectSound, file, options } from './support/download-options.js';

describe('download behind a proxy', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** A proxy as squid is by default: plain addresses in absolute form; no tunnel to a port that is not for TLS. */
  async function startProxy() {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.end(file);
    });
    server.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url ?? ''}`);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('asks HTTP_PROXY for a plain address in absolute form, and goes past it for the hosts in NO_PROXY', async () => {
    const origin = await fileServer(file);
    const proxy = await startProxy();
    vi.stubEnv('http_proxy', proxy.address);
    vi.stubEnv('no_proxy', '127.0.0.1');
    const through = await options({ address: 'http://data.invalid:8080/', clientHas: () => undefined });
    await download(through);
    await expectSound(through);
    expect(proxy.asked).toEqual(['GET http://data.invalid:8080/file.bin']);
    const past = await options(origin);
    await download(past);
    await expectSound(past);
    expect(proxy.asked).toHaveLength(1);
  });

  it('asks HTTPS_PROXY for a tunnel to a TLS server, and tells what the proxy answered', async () => {
    const proxy = await startProxy();
    vi.stubEnv('https_proxy', proxy.address);
    const wanted = await options({ address: 'https://data.invalid/', clientHas: () => undefined });
    await expect(download(wanted)).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
      message: expect.stringContaining('status 403') as string,
    });
    expect(proxy.asked).toEqual(['CONNECT data.invalid:443']);
  });

  it('names the way out when the proxy is of a kind that cannot be used', async () => {
    vi.stubEnv('http_proxy', 'socks5://127.0.0.1:1080');
    const wanted = await options({ address: 'http://data.invalid/', clientHas: () => undefined });
    await expect(download(wanted)).rejects.toMatchObject({ code: 'PROXY_UNUSABLE' });
  });
});
