// How far a request to an endpoint goes: told by the host in its address alone, never by looking names up.
import { isLoopback } from '../loopback.ts';

/**
 * - `computer`: a loopback name or address.
 * - `network`: an address that is not routed on the internet (RFC 1918, IPv6 unique local), a name ending in `.local`, or
 *   the name by which a container reaches the computer it runs on.
 * - `remote`: everything else, names that cannot be told and odd spellings of addresses included.
 */
export type Reach = 'computer' | 'network' | 'remote';

const CONTAINER_HOSTS = new Set(['host.docker.internal', 'host.containers.internal']);

export function reachOf(baseUrl: string): Reach {
  if (!URL.canParse(baseUrl)) return 'remote';
  const host = new URL(baseUrl).hostname.toLowerCase();
  if (isLoopback(host) || host.endsWith('.localhost')) return 'computer';
  if (CONTAINER_HOSTS.has(host) || host.endsWith('.local') || isPrivateAddress(host)) return 'network';
  return 'remote';
}

function isPrivateAddress(host: string): boolean {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/.exec(host);
  if (v4) {
    const [a, b] = [Number(v4[1]), Number(v4[2])];
    return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
  }
  return /^\[f[cd][0-9a-f]{2}:/.test(host);
}

/** Models that a local server only passes on: Ollama names those it runs on its own computers so. */
const PASSED_ON = /[:-]cloud$/i;

/** Whether a model runs where the person's own computers are, as far as its address and name tell. */
export function isLocalModel(baseUrl: string, id: string): boolean {
  return reachOf(baseUrl) !== 'remote' && !PASSED_ON.test(id);
}
