// A Letta server that is a file: it outlives the process that writes to it, and counts what was written.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../src/letta/connection.ts';
import type { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { MemoryStoreProxy } from '../../../src/memory/store-client.ts';

export const AGENT = 'agent-1';

export interface FileServer {
  connection: Connection;
  values(): Record<string, string>;
  /** As another client would. */
  set(label: string, value: string): void;
  /** Each write, `block-LABEL` or `archive`. */
  writes(): string[];
}

export interface Hooks {
  before?(): void;
  after?(): void;
}

export function fileServer(folder: string, initial: Record<string, string>, hooks: Hooks = {}): FileServer {
  const blocksPath = join(folder, 'blocks.json');
  const archivePath = join(folder, 'archive.json');
  const logPath = join(folder, 'writes.log');
  const read = <T>(path: string, otherwise: T): T =>
    existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : otherwise;
  const save = (path: string, value: unknown): void => {
    writeFileSync(`${path}.new`, JSON.stringify(value));
    renameSync(`${path}.new`, path);
  };
  if (!existsSync(blocksPath)) save(blocksPath, initial);
  const values = (): Record<string, string> => read(blocksPath, {});
  const block = (label: string) => ({ id: `block-${label}`, label, value: values()[label] ?? '', limit: 10_000 });
  const wrote = (what: string, change: () => void): void => {
    hooks.before?.();
    change();
    appendFileSync(logPath, `${what}\n`);
    hooks.after?.();
  };
  const client = {
    agents: {
      blocks: { list: async () => ({ items: Object.keys(values()).map(block) }) },
      passages: {
        list: async () => read<string[]>(archivePath, []).map((text) => ({ text })),
        create: async (_agent: string, { text }: { text: string }) =>
          wrote('archive', () => save(archivePath, [...read<string[]>(archivePath, []), text])),
      },
    },
    blocks: {
      retrieve: async (id: string) => block(id.replace('block-', '')),
      update: async (id: string, { value }: { value: string }) => {
        const label = id.replace('block-', '');
        wrote(id, () => save(blocksPath, { ...values(), [label]: value }));
        return block(label);
      },
    },
    conversations: { list: async () => [], messages: { list: async () => ({ items: [] }) } },
  };
  return {
    // Only what the memory room asks for.
    connection: { client, kind: 'embedded', homeKey: 'embedded' } as unknown as Connection,
    values,
    set: (label, value) => save(blocksPath, { ...values(), [label]: value }),
    writes: () => (existsSync(logPath) ? readFileSync(logPath, 'utf8').trimEnd().split('\n') : []),
  };
}

/** A store of this thread, answering as the one in the worker does. */
export function proxied(store: MemoryStore): MemoryStoreProxy {
  return new Proxy({} as MemoryStoreProxy, {
    get: (_, name) =>
      name === 'then'
        ? undefined
        : async (...args: unknown[]) =>
            (store[name as keyof MemoryStore] as (...args: unknown[]) => unknown).apply(store, structuredClone(args)),
  });
}
