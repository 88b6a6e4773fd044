// The embedded server in a worker thread of the extension host: opens the store, then answers what comes over the wire.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createServer } from './app.ts';
import { HostPort } from './host-port.ts';
import { createModelRegistry } from './models/create-model-registry.ts';
import { createHostModels } from './models/host-models.ts';
import type { Vault } from './models/providers.ts';
import { post, serveWire, type WireEndpoint } from './wire.ts';

if (parentPort === null) throw new Error('worker.ts runs in a worker thread; use cli.ts to start a server by itself.');
const port = parentPort;
const { dataDir, version, endpoints, services } = workerData as {
  dataDir: string;
  version: string;
  endpoints: WireEndpoint[];
  /** The other end is the host's `src/letta/host-services.ts`. */
  services: MessagePort;
};

try {
  const log = (line: string) => post(port, { type: 'log', line });
  const host = new HostPort(services);
  const injected = createHostModels((what, body, options) => host.ask(what, body, options));
  const models = createModelRegistry({ endpoints, env: process.env, injected, log });
  const vault: Vault = {
    read: async () => (await host.ask<string | null>('vault.read')) ?? undefined,
    write: (secret) => host.ask('vault.write', secret),
  };
  const migrating = () => post(port, { type: 'migrating' });
  const server = await createServer({ dataDir, models, vault, version, log, migrating, ownTools: 'ask' });
  serveWire(port, {
    fetch: (request) => server.fetch(request),
    configure: (next) => models.configure(next),
    close: () => server.close(),
  });
  post(port, { type: 'ready' });
} catch (error) {
  // A store that is corrupt, newer or locked says so by its reason; the host shows the message as it is.
  const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'internal';
  post(port, { type: 'failed', reason, message: error instanceof Error ? error.message : String(error) });
  port.close();
}
