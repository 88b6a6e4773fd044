// Opens the client to a Letta server, whichever home the agent has. Nothing above this file knows which one it is.
import { Letta } from '@letta-ai/letta-client';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export type Home =
  /** The server inside the extension, reached by its `fetch`. */
  | { kind: 'embedded'; fetch: Fetch }
  /** `url` without `/v1`. `fetch` only for tests. */
  | { kind: 'selfHosted'; url: string; apiKey?: string; fetch?: Fetch }
  | { kind: 'cloud'; apiKey: string; fetch?: Fetch };

/** What this extension never asks of a home; the bundle is built without the code of it (`esbuild.mjs`). */
type NeverAsked =
  | 'accessTokens'
  | 'archives'
  | 'environments'
  | 'folders'
  | 'mcpServers'
  | 'passages'
  | 'steps'
  | 'tags'
  | 'templates';
type NeverAskedOfAgents = 'archives' | 'files' | 'folders' | 'identities' | 'schedule';

export type LettaClient = Omit<Letta, NeverAsked | 'agents'> & { agents: Omit<Letta['agents'], NeverAskedOfAgents> };

export interface Connection {
  client: LettaClient;
  kind: Home['kind'];
  /** Names the home in files that remember something per home: `embedded`, `cloud`, or the address. */
  homeKey: string;
}

/** Never resolved by anything: the fetch of the embedded server answers it. */
const EMBEDDED_URL = 'http://letta.embedded';
export const CLOUD_URL = 'https://api.letta.com';

const trimmed = (url: string): string => url.trim().replace(/\/+$/, '').replace(/\/v1$/, '');

/** Names a home: `embedded`, `cloud`, or the address. */
export const homeKeyOf = (kind: Home['kind'], url: string): string => (kind === 'selfHosted' ? trimmed(url) : kind);

/**
 * Opens a connection; asks nothing of the server yet. Key and address come from the arguments alone: what the
 * environment holds is offered to the person elsewhere, never taken silently.
 */
export function connect(home: Home): Connection {
  const url = home.kind === 'embedded' ? EMBEDDED_URL : home.kind === 'cloud' ? CLOUD_URL : trimmed(home.url);
  const client = new Letta({
    baseURL: url,
    apiKey: home.kind === 'embedded' ? null : (home.apiKey ?? null),
    logLevel: 'off',
    ...(home.fetch ? { fetch: home.fetch } : {}),
  });
  return { client, kind: home.kind, homeKey: homeKeyOf(home.kind, url) };
}

/**
 * Whether a block can be kept to local models: only where the prompt is put together on this computer. Other servers keep
 * the mark and heed it not.
 */
export function keepsLocal(connection: Pick<Connection, 'kind'>): boolean {
  return connection.kind === 'embedded';
}

/** Whether other windows write to the same database, and what they change can be heard of. */
export const sharesDatabase = ({ kind }: Pick<Connection, 'kind'>): boolean => kind === 'embedded';

/** `for_model` where nobody can say which model it is: the embedded server takes it for one elsewhere. */
export const UNKNOWN_MODEL = 'unknown';

/** In a block's metadata: it goes to no model but local ones. */
export const LOCAL_ONLY = 'local_only';

/** Request options of everything that changes something: sent once, so that nothing happens twice. */
export const ONCE = { maxRetries: 0 } as const;
