/** A real pip against package indexes that do not answer as they should. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentOfPip, findPip, obtainWheel } from '../../../harness/setup/pip.js';

const wheel = {
  requirement: 'tensorflow-cpu==2.21.0',
  file: 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
  sha256: '0'.repeat(64),
  bytes: 1,
  unpackedBytes: 1,
};

let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pip-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  server.close();
});

async function obtained(answer: RequestListener, more: NodeJS.ProcessEnv = {}): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const environment = {
    ...process.env,
    PIP_INDEX_URL: `http://user:secret@127.0.0.1:${port}/simple`,
    PIP_RETRIES: '0',
    PIP_CONFIG_FILE: '/dev/null',
    ...more,
  };
  return obtainWheel({
    wheel,
    downloads: folder,
    scratch: join(folder, 'scratch'),
    environment,
    progress: () => undefined,
  });
}

const page =
  (text: string, type = 'text/html'): RequestListener =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);
const status =
  (code: number): RequestListener =>
  (_, response) =>
    void response.writeHead(code).end();

describe.runIf(await findPip())('an index', () => {
  it.each([
    ['wants credentials', status(401), 'INDEX_REFUSED', /401 .*Unauthorized/],
    ['refuses', status(403), 'INDEX_REFUSED', /403 .*Forbidden/],
    ['is broken', status(500), 'INDEX_REFUSED', /too many 500 error/],
    ['shows a login page', page('<form>Sign in</form>'), 'INDEX_REFUSED', /lists no file/],
    ['answers something else', page('{}', 'application/json'), 'INDEX_REFUSED', /Content-Type: application\/json/],
    [
      'has other versions',
      page('<a href="tensorflow_cpu-1.0-py3-none-any.whl">tensorflow_cpu-1.0-py3-none-any.whl</a>'),
      'WHEEL_NOT_OFFERED',
      /2\.21\.0/,
    ],
  ])('that %s is told from one that offers less', async (_, answer, code, words) => {
    const failed = obtained(answer);
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(words) as string });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('secret') as string });
  });

  it('is asked whatever other work the caller has set pip up for', async () => {
    const other = { PIP_CONSTRAINT: '/nowhere.txt', PIP_REQUIREMENT: '/nowhere.txt', PIP_PROGRESS_BAR: 'no such bar' };
    await expect(obtained(status(403), other)).rejects.toMatchObject({ code: 'INDEX_REFUSED' });
  });
});

it('pip keeps what says where packages come from, and nothing that changes what is done', () => {
  const kept = { PATH: '/bin', PIP_INDEX_URL: 'https://index', PIP_CERT: '/ca.pem', HTTPS_PROXY: 'http://proxy' };
  server = createServer();
  expect(environmentOfPip({ ...kept, PIP_TARGET: '/x', PIP_USER: '1', PIP_NO_BINARY: ':all:' })).toEqual({
    ...kept,
    PIP_REQUIRE_VIRTUALENV: '0',
  });
});
