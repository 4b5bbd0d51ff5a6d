/** What a server sends in place of the file. */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { download } from '../../datasets/download/download.js';
import { fileServer } from './support/file-server.js';
import { expectSound, file, options } from './support/download-options.js';

describe('what is not the file', () => {
  it('refuses a page that is served in place of the file', async () => {
    const server = await fileServer(Buffer.from('<html>please log in</html>'));
    await expect(download(await options(server))).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('announces 26 bytes') as string,
    });
  });

  it('refuses garbage of the right length and leaves nothing under the file’s name', async () => {
    const server = await fileServer(randomBytes(file.length));
    const wanted = await options(server);
    await expect(download(wanted)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    expect(await readdir(join(wanted.target, '..'))).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('notices a length that is a lie, too long or too short', async () => {
    const server = await fileServer(file);
    server.script.push(
      // Announces all, sends half, and ends the connection properly.
      (_request, response) => {
        response.writeHead(200, { 'content-length': file.length, etag: '"a"' });
        response.write(file.subarray(0, 150_000), () => response.socket?.end());
      },
      // Announces nothing and sends more than there should be.
      (_request, response) => {
        response.writeHead(200, { etag: '"a"' }).end(Buffer.concat([file, file]));
      },
    );
    const wanted = await options(server);
    await expect(download(wanted)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('more than') as string,
    });
    await download(wanted);
    await expectSound(wanted);
  });
});
