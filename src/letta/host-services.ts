// What the embedded server asks of this host: the host's end of `src/server/host-port.ts`.
import type { MessagePort } from 'node:worker_threads';

export interface Asked {
  /** Fires when the server does not want the answer any more. */
  signal: AbortSignal;
  /** Sends a piece ahead of the answer. */
  part(part: unknown): void;
}

/** By what is asked. Rejections reach the server with their message, and their `reason` where they have one. */
export type HostServices = Record<string, (body: unknown, asked: Asked) => Promise<unknown>>;

type Question = { type: 'ask'; id: number; what: string; body: unknown } | { type: 'drop'; id: number };

export function serveHost(port: MessagePort, services: HostServices): void {
  const running = new Map<number, AbortController>();
  port.on('message', async (message: Question) => {
    const { id } = message;
    if (message.type === 'drop') return running.get(id)?.abort();
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const service = services[message.what];
      if (!service) throw new Error(`This host does not do ${message.what}.`);
      const part = (piece: unknown) => port.postMessage({ type: 'part', id, part: piece });
      const value = await service(message.body, { signal: controller.signal, part });
      port.postMessage({ type: 'done', id, value: value ?? null });
    } catch (error) {
      const reason = error instanceof Error && 'reason' in error ? String(error.reason) : undefined;
      const text = error instanceof Error ? error.message : String(error);
      port.postMessage({ type: 'failed', id, message: text, ...(reason ? { reason } : {}) });
    } finally {
      running.delete(id);
    }
  });
  port.unref();
}

/** Keeps what the server wants kept for as long as this process lives. */
export function inMemory(): HostServices {
  let secret: unknown = null;
  return {
    'vault.read': async () => secret,
    'vault.write': async (next) => {
      secret = next;
    },
  };
}
