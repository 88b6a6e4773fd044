// The endpoints a registry knows: from settings, from the environment, and local servers on their default ports.

/** Wire formats that an endpoint may name; without one the address tells, and what it does not tell is OpenAI-compatible. */
export const PROVIDER_TYPES = ['openai', 'anthropic', 'google_ai', 'openrouter', 'ollama', 'lmstudio'] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

/** An endpoint as settings give it. `baseUrl` with its version part, e.g. `http://localhost:8000/v1`. */
export interface EndpointConfig {
  name: string;
  baseUrl: string;
  /** Whose wire format it speaks. */
  providerType?: ProviderType | undefined;
  /** Made through the API, with a key of the person's own. */
  byok?: boolean | undefined;
  apiKey?: string;
  /** How long a model may send nothing before it is given up. Absent: as long as the engine's default. */
  timeoutSeconds?: number | undefined;
}

/** `generic`: OpenAI-compatible, and nothing more is known of it. */
export type EndpointKind = ProviderType | 'generic';

export interface Endpoint extends EndpointConfig {
  kind: EndpointKind;
  /** Found by looking at a default port: nobody asked for it, so it gets less time to answer. */
  probed: boolean;
}

const KIND_BY_HOST: Record<string, EndpointKind> = {
  'api.openai.com': 'openai',
  'api.anthropic.com': 'anthropic',
  'generativelanguage.googleapis.com': 'google_ai',
  'openrouter.ai': 'openrouter',
};
const KIND_BY_PORT: Record<string, EndpointKind> = { '11434': 'ollama', '1234': 'lmstudio' };

function kindOf(baseUrl: string, given: ProviderType | undefined): EndpointKind {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const told = KIND_BY_HOST[url?.hostname ?? ''] ?? KIND_BY_PORT[url?.port ?? ''];
  // Only OpenAI itself has all of its own API; whoever else takes its name has the part that all endpoints have.
  if (given === 'openai') return told === 'openai' ? 'openai' : 'generic';
  return given ?? told ?? 'generic';
}

/** Whether a header can carry it. Errors repeat a header that they cannot send, so nothing else is ever put into one. */
export function isKey(key: string): boolean {
  return /^[\x21-\x7e]*$/.test(key);
}

function endpoint(
  { name, baseUrl, apiKey, providerType, byok }: Omit<EndpointConfig, 'apiKey'> & { apiKey?: string | undefined },
  probed = false,
): Endpoint {
  const base = baseUrl.trim().replace(/\/+$/, '');
  const given = apiKey?.trim() ?? '';
  const key = isKey(given) ? given : '';
  const kind = kindOf(base, providerType);
  // Gemini's own API stands beside the OpenAI-compatible one, whose address people know too.
  const own = kind === 'google_ai' ? base.replace(/\/openai$/, '') : base;
  return { name, baseUrl: own, kind, probed, ...(key ? { apiKey: key } : {}), ...(byok ? { byok } : {}) };
}

/** The Letta API's name for an endpoint's wire format. */
export function providerTypeOf({ kind }: Pick<Endpoint, 'kind'>): string {
  return kind === 'generic' ? 'openai' : kind;
}

/** Where an endpoint has what only OpenAI's format knows: vectors. */
export function compatibleUrl({ kind, baseUrl }: Pick<Endpoint, 'kind' | 'baseUrl'>): string {
  return kind === 'google_ai' ? `${baseUrl}/openai` : baseUrl;
}

/** Where a provider is found unless somebody says otherwise. */
export const DEFAULT_BASE_URLS: Readonly<Record<ProviderType, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google_ai: 'https://generativelanguage.googleapis.com/v1beta',
  openrouter: 'https://openrouter.ai/api/v1',
  ollama: 'http://127.0.0.1:11434/v1',
  lmstudio: 'http://127.0.0.1:1234/v1',
};

/** Names are those of Letta's own handles, so that an agent keeps its model when it moves home. */
function fromEnvironment(env: Record<string, string | undefined>): Endpoint[] {
  const found: Endpoint[] = [];
  const add = (name: ProviderType, apiKey: string | undefined, baseUrl = DEFAULT_BASE_URLS[name]) =>
    found.push(endpoint({ name, baseUrl, apiKey }));
  if (env.OPENAI_API_KEY || env.OPENAI_BASE_URL) add('openai', env.OPENAI_API_KEY, env.OPENAI_BASE_URL || undefined);
  if (env.ANTHROPIC_API_KEY) add('anthropic', env.ANTHROPIC_API_KEY);
  if (env.GEMINI_API_KEY) add('google_ai', env.GEMINI_API_KEY);
  if (env.OPENROUTER_API_KEY) add('openrouter', env.OPENROUTER_API_KEY);
  return found;
}

function localServers(): Endpoint[] {
  return (['ollama', 'lmstudio'] as const).map((name) => endpoint({ name, baseUrl: DEFAULT_BASE_URLS[name] }, true));
}

/**
 * All endpoints by name, settings first: a name in the settings wins over the environment's, that over a local server's.
 */
export function collectEndpoints(
  settings: readonly EndpointConfig[],
  env: Record<string, string | undefined>,
  probeLocal: boolean,
): Map<string, Endpoint> {
  const all = [
    ...settings.map((config) => ({
      ...endpoint(config),
      ...(config.timeoutSeconds === undefined ? {} : { timeoutSeconds: config.timeoutSeconds }),
    })),
    ...fromEnvironment(env),
    ...(probeLocal ? localServers() : []),
  ];
  const byName = new Map<string, Endpoint>();
  for (const entry of all) {
    // A local server that settings name already would be listed twice.
    const doubled = entry.probed && [...byName.values()].some((other) => sameServer(other, entry));
    if (!byName.has(entry.name) && !doubled) byName.set(entry.name, entry);
  }
  return byName;
}

function sameServer(a: Endpoint, b: Endpoint): boolean {
  const plain = (url: string) => url.replace('//localhost', '//127.0.0.1');
  return plain(a.baseUrl) === plain(b.baseUrl);
}
