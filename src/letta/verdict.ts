// Whether a Letta server answers at an address: eight verdicts, each with what the person can do.
import { t } from '../protocol/l10n.ts';

export type Verdict = 'ok' | 'refused' | 'dns' | 'tls' | 'timeout' | 'unauthorized' | 'notLetta' | 'tooOld';

export interface Checked {
  verdict: Verdict;
  /** In words for the person; of `ok`, what answers there. */
  message: string;
}

export interface ServerAddress {
  /** With or without `/v1`. */
  url: string;
  key?: string | undefined;
  /** Letta Cloud says nothing of itself without a key. */
  cloud?: boolean;
}

export interface CheckOptions {
  /** Milliseconds for each of the questions. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 5_000;
const TLS = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|EPROTO/;
const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const LATE = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/**
 * Asks a server what it is, without the key, and then with it for what only an agent's owner may read. A key never goes to what
 * is no Letta server, nor to where that redirects to. Never rejects, save when the signal is aborted.
 */
export async function checkServer(
  { url, key, cloud = false }: ServerAddress,
  options: CheckOptions = {},
): Promise<Checked> {
  const base = url.trim().replace(/\/+$/, '').replace(/\/v1$/, '');
  const ask = (path: string, withKey: boolean) => get(`${base}${path}`, withKey ? key : undefined, options);
  try {
    let version = '';
    if (!cloud) {
      const health = await ask('/v1/health/', false);
      const known = versionOf(health);
      if (health.status === 401 || health.status === 403) return verdict('unauthorized', base, key);
      if (known === undefined)
        return verdict('notLetta', base, key, t('It answers with HTTP {0}.', String(health.status)));
      version = known;
    }
    const agents = await ask('/v1/agents/?limit=1', true);
    if (agents.status === 401 || agents.status === 403) return verdict('unauthorized', base, key);
    if (!agents.ok || !Array.isArray(agents.body))
      return verdict('notLetta', base, key, t('It answers with HTTP {0}.', String(agents.status)));
    // What threads are kept in came late; asked for nobody's, a server that has it says anything but this.
    const threads = await ask('/v1/conversations/?limit=1', true);
    if (threads.status === 404 || threads.status === 405) return verdict('tooOld', base, key, version);
    return { verdict: 'ok', message: t('Letta {0} answers at {1}.', version, base).replace('  ', ' ') };
  } catch (error) {
    options.signal?.throwIfAborted();
    return verdict(verdictOf(error), base, key);
  }
}

interface Answer {
  status: number;
  ok: boolean;
  body: unknown;
}

async function get(
  url: string,
  key: string | undefined,
  { timeoutMs = TIMEOUT_MS, signal }: CheckOptions,
): Promise<Answer> {
  const late = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, {
    headers: { accept: 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    signal: signal ? AbortSignal.any([signal, late]) : late,
    // One of the two forms of an address is a redirect on some servers; with a key only at the same place.
    redirect: key ? 'manual' : 'follow',
  });
  const [, place] = response.status >= 300 && response.status < 400 ? ['', response.headers.get('location')] : [];
  if (key && place) {
    const next = new URL(place, url);
    if (next.host === new URL(url).host && next.href !== url)
      return get(next.href, key, { timeoutMs, ...(signal ? { signal } : {}) });
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, ok: response.ok, body };
}

function versionOf({ ok, body }: Answer): string | undefined {
  if (!ok || typeof body !== 'object' || body === null || !('version' in body)) return undefined;
  return typeof body.version === 'string' ? body.version : undefined;
}

function verdictOf(error: unknown): Exclude<Verdict, 'ok'> {
  if (error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')) return 'timeout';
  const codes = codesOf(error);
  if (codes.some((code) => DNS.has(code))) return 'dns';
  if (codes.some((code) => TLS.test(code))) return 'tls';
  if (codes.some((code) => LATE.has(code))) return 'timeout';
  return 'refused';
}

/** Of an error and what is behind it: `fetch` hides why, and where a name has several addresses each has its own. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}

function verdict(kind: Exclude<Verdict, 'ok'>, url: string, key: string | undefined, detail = ''): Checked {
  return { verdict: kind, message: WORDS[kind](url, key, detail) };
}

const WORDS: Record<Exclude<Verdict, 'ok'>, (url: string, key: string | undefined, detail: string) => string> = {
  refused: (url) => t('Nothing answers at {0}. Start the server, or check its port.', url),
  dns: (url) => t('There is no host named {0}. Check the address, and that you are in the right network.', hostOf(url)),
  tls: (url) =>
    t('The secure connection to {0} failed. Check its certificate, and whether the server speaks https at all.', url),
  timeout: (url) =>
    t('{0} does not answer in time. Check the address, a proxy or a firewall between, and try again.', url),
  unauthorized: (url, key) =>
    key ? t('{0} refuses this key. Check it, or get a new one.', url) : t('{0} asks for a key. Enter it.', url),
  notLetta: (url, _, detail) => t('What answers at {0} is no Letta server. {1} Check address and port.', url, detail),
  tooOld: (url, _, version) =>
    t(
      'The Letta server at {0} is too old: it keeps no conversations. Update it.',
      version ? `${url} (${version})` : url,
    ),
};

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
