// Gets what is at a URL: addresses and permission checked at every hop, bounded in time and size, without cookies or credentials.
import { ClientRequest, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { connectTo, type Resolving } from './connect.ts';
import { WebError } from './web-error.ts';

export interface WebDeps extends Resolving {
  /** What the rules say of loading a URL; `ask`: the person would be asked. */
  judge(url: string): Promise<{ decision: 'allow' | 'ask' | 'deny'; reason: string }>;
  /** Whether the URL itself names this computer or a private network: who allowed it knew. */
  namesPrivate(url: URL): boolean;
}

export interface Got {
  /** Where it was found in the end. */
  url: string;
  /** Media type, lower case, without parameters; '' where it was not said. */
  type: string;
  charset: string;
  bytes: Uint8Array;
  /** There was more than `MAX_BYTES`. */
  cut: boolean;
}

/** Read of a page, decompressed. */
export const MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** For everything together, redirects included. */
const WHOLE_MS = 30_000;

const HEADERS = {
  accept: 'text/html, application/xhtml+xml, text/markdown, text/plain;q=0.9, application/json;q=0.9, */*;q=0.1',
  'accept-encoding': 'gzip, br, deflate',
  'user-agent': 'letta-vscode (community)',
};

/** @throws WebError; the signal's reason when it is aborted */
export async function get(deps: WebDeps, address: string, signal: AbortSignal, wholeMs = WHOLE_MS): Promise<Got> {
  const timeout = AbortSignal.timeout(wholeMs);
  try {
    return await follow(deps, address, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) throw new WebError('slow', `${address} did not answer in ${Math.round(wholeMs / 1000)} s.`);
    if (error instanceof WebError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new WebError('broken', `The connection to ${address} broke: ${message}. Try again.`);
  }
}

async function follow(deps: WebDeps, address: string, signal: AbortSignal): Promise<Got> {
  const first = parseUrl(address);
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await request(deps, url, signal);
    const { statusCode = 0, headers, statusMessage = '' } = response;
    if (REDIRECTS.has(statusCode) && headers.location !== undefined) {
      response.destroy();
      const next = parseUrl(headers.location, url);
      await mayFollow(deps, first, url, next);
      url = next;
      continue;
    }
    if (statusCode < 200 || statusCode > 299) {
      response.destroy();
      throw new WebError('status', `${url.href} answered ${statusCode} ${statusMessage}.`.replace(' .', '.'));
    }
    return { url: url.href, ...contentType(headers['content-type']), ...(await body(response)) };
  }
  throw new WebError('redirected', `${address} redirects more than ${MAX_REDIRECTS} times.`);
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new WebError('bad-url', `${text.slice(0, 300)} is no http(s) address.`);
  }
  if (base && (url.username !== '' || url.password !== '')) {
    throw new WebError('bad-url', `${base.host} redirects to an address with a password in it. It is not followed.`);
  }
  return url;
}

/**
 * The host that was allowed may send on within itself; another one needs a rule, for nobody was asked about it. Rules that
 * refuse count everywhere.
 * @throws WebError
 */
async function mayFollow(deps: WebDeps, first: URL, from: URL, to: URL): Promise<void> {
  const verdict = await deps.judge(to.href);
  if (verdict.decision === 'allow') return;
  if (verdict.decision === 'deny') {
    throw new WebError('denied', `${from.href} redirects to ${to.href}, which is refused: ${verdict.reason}`);
  }
  const same = to.host === first.host && (to.protocol === first.protocol || to.protocol === 'https:');
  // What a rule has allowed reaches as far as the rule does; what the person has allowed reaches the whole host.
  const byPerson = (await deps.judge(first.href)).decision === 'ask';
  if (same && byPerson) return;
  throw new WebError(
    'redirected',
    `${from.href} redirects to ${to.href}. Call Fetch with that address if it is what you need.`,
  );
}

async function request(deps: WebDeps, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const socket = await connectTo(deps, url, deps.namesPrivate(url), signal);
  return new Promise((resolve, reject) => {
    const onAbort = () => socket.destroy(new Error('stopped'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', onAbort));
    // The class itself: what VS Code puts in place of `http.request` may send it through a proxy.
    const sent = new ClientRequest({
      method: 'GET',
      host: url.hostname,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...HEADERS },
      createConnection: () => socket,
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end();
  });
}

function contentType(header = ''): { type: string; charset: string } {
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  const charset = parameters.map((each) => /^\s*charset\s*=\s*"?([\w:.-]+)/.exec(each)?.[1]).find(Boolean) ?? '';
  return { type: type.trim(), charset };
}

/** A page that unpacks to more than it should is read so far and no further. */
async function body(response: IncomingMessage): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decompressed(response) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) break;
  }
  response.destroy();
  const cut = size > MAX_BYTES;
  return { bytes: new Uint8Array(Buffer.concat(chunks).subarray(0, MAX_BYTES)), cut };
}

function decompressed(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return response;
  const decoders: Record<string, (() => ReturnType<typeof createGunzip>) | undefined> = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  const decoder = decoders[encoding]?.();
  if (!decoder) throw new WebError('not-text', `The page is packed as ${encoding}, which cannot be read.`);
  response.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => response.destroy());
  return response.pipe(decoder);
}
