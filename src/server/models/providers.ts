// Providers that were made through the API (Letta API: /v1/providers): kept with their keys in a vault, and nowhere else.
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { DEFAULT_BASE_URLS, type EndpointConfig, isKey, type ProviderType } from './endpoint.ts';

/** One secret text, kept by whoever runs this server. */
export interface Vault {
  /** Undefined where nothing was kept yet. */
  read(): Promise<string | undefined>;
  write(secret: string): Promise<void>;
}

const Kept = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  baseUrl: z.string(),
  apiKey: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type Provider = z.infer<typeof Kept>;

/** Letta's types whose endpoints speak OpenAI's format, and where they are. `''`: wherever one runs it. */
const COMPATIBLE: Readonly<Record<string, string>> = {
  deepseek: 'https://api.deepseek.com/v1',
  groq: 'https://api.groq.com/openai/v1',
  mistral: 'https://api.mistral.ai/v1',
  together: 'https://api.together.xyz/v1',
  xai: 'https://api.x.ai/v1',
  llamacpp: '',
  sglang: '',
  vllm: '',
};
const OTHER_NAMES: Readonly<Record<string, ProviderType>> = { lmstudio_openai: 'lmstudio' };
/** Servers of one's own, whose address is often given without its version part. */
const OWN_SERVERS = new Set(['ollama', 'lmstudio', 'llamacpp', 'sglang', 'vllm']);

export class ProviderError extends Error {
  override name = 'ProviderError';
  readonly reason: 'name_taken' | 'type_unknown' | 'address' | 'key';

  constructor(reason: ProviderError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ProviderInput {
  name: string;
  type: string;
  apiKey: string;
  baseUrl?: string | undefined;
}

/** The endpoint behind a provider. @throws ProviderError */
export function endpointOf({ name, type, apiKey: pasted, baseUrl }: ProviderInput): EndpointConfig {
  const apiKey = pasted.trim();
  if (!isKey(apiKey))
    throw new ProviderError(
      'key',
      'The `api_key` holds a line break, a space or a letter that no key has. Copy it once more, as a whole.',
    );
  const known = OTHER_NAMES[type] ?? type;
  const own = Object.hasOwn(DEFAULT_BASE_URLS, known) ? (known as ProviderType) : undefined;
  const standard = own ? DEFAULT_BASE_URLS[own] : COMPATIBLE[known];
  if (standard === undefined) {
    const types = [...Object.keys(DEFAULT_BASE_URLS), ...Object.keys(COMPATIBLE)].join(', ');
    throw new ProviderError('type_unknown', `No provider of the type "${type}" is supported. Supported are: ${types}.`);
  }
  const given = (baseUrl?.trim() || standard).replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.parse(given)?.protocol ?? ''))
    throw new ProviderError('address', 'The provider needs a `base_url` that begins with http:// or https://.');
  const versioned = OWN_SERVERS.has(known) && !/\/v\d+$/.test(given) ? `${given}/v1` : given;
  return { name, baseUrl: versioned, byok: true, ...(own ? { providerType: own } : {}), ...(apiKey ? { apiKey } : {}) };
}

export class Providers {
  private readonly vault: Vault;
  /** One change at a time: each reads all and writes all. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(vault: Vault) {
    this.vault = vault;
  }

  /** Oldest first. What cannot be read is as if it were not there. */
  async list(): Promise<Provider[]> {
    return (await this.read()).providers;
  }

  /** Entries of another form, as another version may have written them, stay as they are with every change. */
  private async read(): Promise<{ providers: Provider[]; others: unknown[] }> {
    const entries = parsed(await this.vault.read());
    const others = entries.filter((entry) => !Kept.safeParse(entry).success);
    const providers = entries.flatMap((entry) => Kept.safeParse(entry).data ?? []);
    return { providers, others };
  }

  async get(id: string): Promise<Provider | undefined> {
    return (await this.list()).find((provider) => provider.id === id);
  }

  async endpoints(): Promise<EndpointConfig[]> {
    return (await this.list()).flatMap((kept) => {
      try {
        // A key that was kept before keys were looked at is of no use.
        return [endpointOf({ ...kept, apiKey: isKey(kept.apiKey.trim()) ? kept.apiKey : '' })];
      } catch {
        // Of a type that this version does not know: it hides no other.
        return [];
      }
    });
  }

  /**
   * @param taken names of endpoints that are no providers
   * @throws ProviderError
   */
  create(input: ProviderInput, taken: (name: string) => boolean): Promise<Provider> {
    return this.change((all) => {
      if (taken(input.name) || all.some(({ name }) => name === input.name))
        throw new ProviderError('name_taken', `CONFLICT: A provider with the name ${input.name} exists already`);
      const at = Date.now();
      const { baseUrl } = endpointOf(input);
      const made = { ...input, baseUrl, id: `provider-${randomUUID()}`, createdAt: at, updatedAt: at };
      return [[...all, made], made];
    });
  }

  /**
   * A key goes to no other server than the one it was given for: whoever may change the address could read it there.
   * @returns undefined where there is none with that id. @throws ProviderError
   */
  update(
    id: string,
    changes: { apiKey?: string | undefined; baseUrl?: string | undefined },
  ): Promise<Provider | undefined> {
    return this.change((all) => {
      const known = all.find((provider) => provider.id === id);
      if (!known) return [all, undefined];
      const next = { ...known, apiKey: changes.apiKey ?? known.apiKey, updatedAt: Date.now() };
      next.baseUrl = endpointOf({ ...next, baseUrl: changes.baseUrl ?? known.baseUrl }).baseUrl;
      if (known.apiKey && changes.apiKey === undefined && originOf(next.baseUrl) !== originOf(known.baseUrl))
        throw new ProviderError(
          'key',
          `The key was given for ${originOf(known.baseUrl)}. Send the \`api_key\` for ${originOf(next.baseUrl)} along with its \`base_url\`.`,
        );
      return [all.map((provider) => (provider.id === id ? next : provider)), next];
    });
  }

  /** @returns false where there is none with that id */
  delete(id: string): Promise<boolean> {
    return this.change((all) => {
      const left = all.filter((provider) => provider.id !== id);
      return [left, left.length < all.length];
    });
  }

  private change<T>(apply: (all: Provider[]) => [Provider[], T]): Promise<T> {
    const done = this.last.then(async () => {
      const { providers: all, others } = await this.read();
      const [next, result] = apply(all);
      if (next !== all) await this.vault.write(JSON.stringify([...next, ...others]));
      return result;
    });
    this.last = done.catch(() => {});
    return done;
  }
}

const originOf = (url: string): string => new URL(url).origin;

function parsed(text: string | undefined): unknown[] {
  try {
    const entries: unknown = JSON.parse(text || '[]');
    return Array.isArray(entries) ? entries : [];
  } catch {
    return [];
  }
}

/** For servers that keep nothing beyond their end. */
export function memoryVault(): Vault {
  let kept: string | undefined;
  return {
    read: async () => kept,
    write: async (secret) => {
      kept = secret;
    },
  };
}
