// A server of a test on this computer alone: opened at a port, and ended with all that is still open.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `port` 0: a free one. @returns the port. @throws Error when it is taken */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Connections that are open are cut. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
