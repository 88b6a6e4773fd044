// The endpoints a registry knows: from settings, from the environment, and local servers on their default ports.

/** An OpenAI-compatible endpoint as settings give it. `baseUrl` with its version part, e.g. `http://localhost:8000/v1`. */
export interface EndpointConfig {
  name: string;
  baseUrl: string;
  apiKey?: string;
  /** How long a model may send nothing before it is given up. Absent: as long as the engine's default. */
  timeoutSeconds?: number | undefined;
}

/** What an endpoint needs beside the common protocol. */
export type EndpointKind = 'generic' | 'openai' | 'anthropic' | 'gemini' | 'ollama' | 'lmstudio';

export interface Endpoint extends EndpointConfig {
  kind: EndpointKind;
  /** Found by looking at a default port: nobody asked for it, so it gets less time to answer. */
  probed: boolean;
}

const KIND_BY_HOST: Record<string, EndpointKind> = {
  'api.openai.com': 'openai',
  'api.anthropic.com': 'anthropic',
  'generativelanguage.googleapis.com': 'gemini',
};
const KIND_BY_PORT: Record<string, EndpointKind> = { '11434': 'ollama', '1234': 'lmstudio' };

function kindOf(baseUrl: string): EndpointKind {
  if (!URL.canParse(baseUrl)) return 'generic';
  const url = new URL(baseUrl);
  return KIND_BY_HOST[url.hostname] ?? KIND_BY_PORT[url.port] ?? 'generic';
}

function endpoint(name: string, baseUrl: string, apiKey: string | undefined, probed = false): Endpoint {
  const base = baseUrl.trim().replace(/\/+$/, '');
  const key = apiKey?.trim();
  return { name, baseUrl: base, kind: kindOf(base), probed, ...(key ? { apiKey: key } : {}) };
}

/** Names are those of Letta's own handles, so that an agent keeps its model when it moves home. */
function fromEnvironment(env: Record<string, string | undefined>): Endpoint[] {
  const found: Endpoint[] = [];
  if (env.OPENAI_API_KEY || env.OPENAI_BASE_URL) {
    found.push(endpoint('openai', env.OPENAI_BASE_URL || 'https://api.openai.com/v1', env.OPENAI_API_KEY));
  }
  if (env.ANTHROPIC_API_KEY) {
    found.push(endpoint('anthropic', 'https://api.anthropic.com/v1', env.ANTHROPIC_API_KEY));
  }
  if (env.GEMINI_API_KEY) {
    const base = 'https://generativelanguage.googleapis.com/v1beta/openai';
    found.push(endpoint('google_ai', base, env.GEMINI_API_KEY));
  }
  if (env.OPENROUTER_API_KEY) {
    found.push(endpoint('openrouter', 'https://openrouter.ai/api/v1', env.OPENROUTER_API_KEY));
  }
  return found;
}

function localServers(): Endpoint[] {
  return [
    endpoint('ollama', 'http://127.0.0.1:11434/v1', undefined, true),
    endpoint('lmstudio', 'http://127.0.0.1:1234/v1', undefined, true),
  ];
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
    ...settings.map(({ name, baseUrl, apiKey, timeoutSeconds }) => ({
      ...endpoint(name, baseUrl, apiKey),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
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
