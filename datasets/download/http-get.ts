/**
 * A GET request with Node's own client, redirects followed, through the proxies of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and
 * NO_PROXY: plain addresses in absolute form, as proxies such as squid want them, and only TLS in a tunnel. (undici 7, the last
 * one for Node 20, dies of an assertion on answers with Content-Length and `Connection: close`: nodejs/undici#5360.)
 */
import { get as getPlain, type Agent, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { Problem } from '../../harness/core/problem.js';

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * The answer of the server that the redirects lead to, whatever its status; its body is yet to be read.
 * @throws Problem DOWNLOAD_REFUSED, PROXY_UNUSABLE; what the connection throws
 */
export async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let followed = 0; ; followed++) {
    const response = await once(address, headers, signal);
    const { location } = response.headers;
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    if (followed === mostRedirects) throw refused(url, `redirects more than ${mostRedirects} times`);
    if (!URL.canParse(location, address.href)) throw refused(url, 'redirects to what is no address');
    address = new URL(location, address);
    if (address.protocol !== 'http:' && address.protocol !== 'https:')
      throw refused(url, `redirects to ${address.protocol}`);
  }
}

const refused = (url: string, what: string): Problem =>
  new Problem('DOWNLOAD_REFUSED', `${url} ${what}`, 'Name another mirror with --mirror URL.');

function once(address: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
  const agent = agentFor(address);
  return new Promise((resolve, reject) => {
    const request = address.protocol === 'https:' ? getSecure : getPlain;
    // No connection is kept: one file is one request.
    request(address, { headers: { connection: 'close', ...headers }, signal, agent: agent ?? false }, resolve).on(
      'error',
      reject,
    );
  });
}

/** @throws Problem PROXY_UNUSABLE */
function agentFor(address: URL): Agent | undefined {
  const proxy = getProxyForUrl(address.href);
  if (proxy === '') return undefined;
  if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol))
    throw new Problem(
      'PROXY_UNUSABLE',
      `The proxy for ${address.protocol}//${address.host} has an address that cannot be used`,
      'HTTP_PROXY, HTTPS_PROXY and ALL_PROXY name proxies as http://host:port (SOCKS is not supported); NO_PROXY lists hosts to reach without one.',
    );
  return address.protocol === 'https:' ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy);
}
