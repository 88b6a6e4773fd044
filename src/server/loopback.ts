// Who may speak to a server that asks for no token: programs of this computer, not the web pages in its browser.

/** True for a host name or address that only this computer reaches. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Why a request must be refused where no token protects the server, or null. A page in a browser names its own origin,
 * and one that pointed its domain at 127.0.0.1 names that domain as the host. A page of another port may be anybody's.
 */
export function refusal(request: Request): string | null {
  const { hostname, origin: own } = new URL(request.url);
  if (!isLoopback(hostname)) {
    return `This server answers to loopback names only, not to ${hostname}. Start it with a token to use it under another name.`;
  }
  const origin = request.headers.get('origin');
  if (origin === null || origin === own) return null;
  return `Requests from the web page ${origin} are refused while the server asks for no token. Start it with one to use it from there.`;
}
