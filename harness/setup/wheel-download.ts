/**
 * Downloads a wheel from the address that pip's package index has for it: cut off, it goes on where it was, where pip begins anew.
 * pip says which index, the index which address, and the SHA-256 decides; where one of them cannot be had, pip downloads itself.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { download } from '../../datasets/download/download.js';
import { requestFrom } from '../../datasets/download/request.js';
import { Problem } from '../core/problem.js';
import { diskFull, findPip, sha256, type Download } from './pip.js';

const usualIndex = 'https://pypi.org/simple';

/** Settings of pip that name an index, the weightiest first. */
const settings = [':env:.index-url', 'download.index-url', 'global.index-url'];

/** An index lists all files of a project on one page. */
const mostBytes = 2 ** 25;
const stallMilliseconds = 30_000;

/** Whether the wheel is among the finished ones now. @throws Problem DISK_FULL */
export async function fetchFromIndex({ wheel, downloads, environment, progress }: Download): Promise<boolean> {
  const url = await addressOf(wheel, environment);
  if (url === undefined) return false;
  try {
    await download({
      urls: [url],
      target: join(downloads, wheel.file),
      size: wheel.bytes,
      verify: async (path) => ((await sha256(path)) === wheel.sha256 ? undefined : 'its SHA-256 differs'),
      progress: ({ received }) => {
        progress(Math.min(received, wheel.bytes - 1));
      },
    });
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'DISK_FULL') throw diskFull(downloads);
    return false;
  }
}

/** Where pip's index has the wheel; undefined where that cannot be found out without pip. */
async function addressOf(
  { file, requirement }: Download['wheel'],
  environment: Download['environment'],
): Promise<string | undefined> {
  const index = await indexOfPip(environment);
  if (index === undefined) return undefined;
  const [project = ''] = requirement.split('==');
  const page = `${index.replace(/\/+$/, '')}/${project}/`;
  const text = await textAt(page);
  const links = [...(text ?? '').matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi)];
  for (const [, link = ''] of links) {
    const address = link.replaceAll('&amp;', '&');
    if (!URL.canParse(address, page)) continue;
    const url = new URL(address, page);
    url.hash = '';
    if (decodeURIComponent(url.pathname.split('/').at(-1) ?? '') === file) return url.href;
  }
  return undefined;
}

/** Undefined where pip does not say, has none, or wants a name and a password for it. */
async function indexOfPip(environment: Download['environment']): Promise<string | undefined> {
  const pip = await findPip(environment);
  if (pip === undefined) return undefined;
  const [program, ...before] = pip.command;
  try {
    const options = { env: { ...environment }, timeout: 30_000 };
    const { stdout } = await promisify(execFile)(program, [...before, 'config', 'list'], options);
    const values = new Map(
      stdout.split('\n').flatMap((line) => {
        const [, name, value] = /^(\S+?)=['"](.*)['"]$/.exec(line.trim()) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value] as const];
      }),
    );
    if ([...values].some(([name, value]) => name.endsWith('.no-index') && !/^(0|false|no|off)$/i.test(value)))
      return undefined;
    const index = settings.flatMap((setting) => values.get(setting) ?? [])[0] ?? usualIndex;
    if (!URL.canParse(index)) return undefined;
    const { protocol, username } = new URL(index);
    return /^https?:$/.test(protocol) && username === '' ? index : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where it cannot be had, for whatever reason. */
async function textAt(url: string): Promise<string | undefined> {
  try {
    const response = await requestFrom({ url, from: undefined, stallMilliseconds, signal: undefined });
    try {
      if (response.kind === 'complete') return undefined;
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of response.body()) {
        size += part.length;
        if (size > mostBytes) return undefined;
        parts.push(part);
      }
      return Buffer.concat(parts).toString('utf8');
    } finally {
      response.close();
    }
  } catch {
    return undefined;
  }
}
