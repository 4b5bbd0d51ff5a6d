/** Wheels from the index that pip names, in the project's own way: a download that was cut off goes on. */
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installLibrary, wholeInstallation } from '../../../harness/setup/install-library.js';
import { makeWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
let server: Server;
let index: string;
/** Path and Range of each request. */
let asked: string[];
/** The server sends so many bytes of a wheel, and ends the connection when the client has them: once. */
let cutAfter: number | undefined;
let cut: () => void;
/** What the index gives in place of the wheel. */
let altered: boolean;

beforeEach(async () => {
  workshop = makeWorkshop();
  [asked, cutAfter, altered] = [[], undefined, false];
  cut = () => undefined;
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`${path} ${request.headers.range ?? ''}`.trim());
    if (path.startsWith('/simple/')) {
      const links = readdirSync(workshop.wheels).map((file) => `<a href="../../files/${file}#sha256=0">${file}</a>`);
      response.end(`<html><a data-x="1" href="../../files/tensorflow_cpu-1.0.whl">old</a>${links.join('\n')}</html>`);
      return;
    }
    const bytes = altered
      ? Buffer.from('not the wheel')
      : readFileSync(join(workshop.wheels, path.split('/').at(-1) ?? ''));
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"1"',
      'content-length': bytes.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const end = cutAfter;
    cutAfter = undefined;
    if (end === undefined) response.end(bytes.subarray(from));
    else {
      cut = () => response.destroy();
      response.write(bytes.subarray(from, end));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`;
});
afterEach(() => {
  server.close();
  workshop.remove();
});

const install = (more: Record<string, string>) =>
  installLibrary({
    ...workshop.installation('cpu', more),
    progress: {
      ...workshop.progress,
      bytes: (label, done) => {
        if (label === 'downloaded' && done >= 300) cut();
      },
    },
  });
const wheelRequests = () => asked.filter((line) => line.startsWith('/files/'));

it('a wheel comes from the address that the index has, and pip downloads nothing', async () => {
  const folder = await install({ FAKE_PIP_CONFIG: `global.index-url='${index}'\n` });
  expect(wholeInstallation(folder)).toBe(true);
  expect(asked[0]).toBe('/simple/tensorflow-cpu/');
  expect(workshop.pipCalls()).toEqual([]);
});

it('a download that was cut off goes on where it was', async () => {
  cutAfter = 300;
  const folder = await install({
    FAKE_PIP_CONFIG: `:env:.index-url='${index}'\nglobal.index-url='http://127.0.0.1:1/'\n`,
  });
  expect(wholeInstallation(folder)).toBe(true);
  expect(wheelRequests().map((line) => line.split(' ')[1])).toEqual([undefined, 'bytes=300-']);
});

it.each([
  ['a pip that names no index', {}],
  ['an index with a name and a password', { FAKE_PIP_CONFIG: "global.index-url='https://me:secret@127.0.0.1/simple'" }],
  ['no index at all', { FAKE_PIP_CONFIG: "global.no-index='true'" }],
  ['an index that is not there', { FAKE_PIP_CONFIG: "global.index-url='http://127.0.0.1:1/simple'" }],
])('with %s pip downloads', async (_, more) => {
  expect(wholeInstallation(await install(more))).toBe(true);
  expect(workshop.pipCalls()).toEqual(['tensorflow-cpu==9.8.7']);
});

it('what the index gives under another SHA-256 is not taken', async () => {
  altered = true;
  const folder = await install({ FAKE_PIP_CONFIG: `global.index-url='${index}'` });
  expect(wholeInstallation(folder)).toBe(true);
  expect(workshop.pipCalls()).toEqual(['tensorflow-cpu==9.8.7']);
});
