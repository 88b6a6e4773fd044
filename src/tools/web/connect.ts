// A connection to the very address that was checked: the name is resolved here, and never again on the way.
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { WebError } from './web-error.ts';

export interface Resolving {
  /** All addresses of a host name. Rejects where there is none. */
  resolve(host: string): Promise<readonly string[]>;
  /** `own`: this computer or a private network; `nowhere`: no server's address. */
  addressKind(address: string): 'public' | 'own' | 'nowhere';
}

/** Addresses that are tried, one after the other, and how long each. */
const MAX_ADDRESSES = 4;
const CONNECT_MS = 8_000;

const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/**
 * A socket to the URL's host, with TLS where the URL says so. No proxy is asked: it would resolve the name once more.
 * @param own whether it may be an address of this computer or its network
 * @throws WebError; the signal's reason when it is aborted
 */
export async function connectTo(deps: Resolving, url: URL, own: boolean, signal: AbortSignal): Promise<Socket> {
  const addresses = await checkedAddresses(deps, url, own);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  let failure = '';
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    signal.throwIfAborted();
    let socket: Socket | undefined;
    try {
      socket = await opened(netConnect({ host: address, port }), 'connect', signal);
      const reached = deps.addressKind(socket.remoteAddress ?? '');
      if (reached !== deps.addressKind(address)) throw new Error('the connection went to another address');
      return url.protocol === 'https:' ? await secured(socket, bareHost(url), signal) : socket;
    } catch (error) {
      socket?.destroy();
      signal.throwIfAborted();
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  throw new WebError('unreachable', `${url.host} could not be reached: ${failure}. Fetch connects without a proxy.`);
}

async function checkedAddresses(deps: Resolving, url: URL, own: boolean): Promise<readonly string[]> {
  const host = bareHost(url);
  const name = host.replace(/\.$/, '');
  const addresses = isIP(host) === 0 ? await deps.resolve(name).catch(() => []) : [host];
  if (addresses.length === 0) throw new WebError('unreachable', `There is no host named ${name}. Check the address.`);
  for (const address of addresses) {
    const kind = deps.addressKind(address);
    if (kind === 'public' || (kind === 'own' && own)) continue;
    const what = kind === 'own' ? 'in a private network' : 'no address of a web server';
    throw new WebError('private', `${host} is at ${address}, which is ${what}. It is not loaded.`);
  }
  return addresses;
}

function secured(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const servername = isIP(host) === 0 ? { servername: host.replace(/\.$/, '') } : {};
  const options = { socket, host, ALPNProtocols: ['http/1.1'], ...servername };
  return opened(tlsConnect(options), 'secureConnect', signal);
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error('no answer in time')), CONNECT_MS);
    const onAbort = () => fail(new Error('stopped'));
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', fail);
    };
    const fail = (error: Error) => {
      settle();
      // A destroyed socket may still have something to say.
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', fail);
    socket.once(event, () => {
      settle();
      resolve(socket);
    });
  });
}
