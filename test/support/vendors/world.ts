// A Letta server in this process whose models are the scripted vendors', and a conversation with one of its agents.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { anthropic } from './anthropic.ts';
import { chat } from './chat.ts';
import { google } from './google.ts';
import { openai } from './openai.ts';
import { API_KEY, startVendor, type Vendor, type VendorReply, type Wire } from './server.ts';

export const MODELS = {
  anthropic: 'anthropic/claude-sonnet-4-5',
  openai: 'openai/gpt-5-mini',
  google_ai: 'google_ai/gemini-3-pro',
  openrouter: 'openrouter/anthropic/claude-sonnet-4.5',
} as const;
export type VendorName = keyof typeof MODELS;

const ORIGINS: Record<VendorName, string> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  google_ai: 'https://generativelanguage.googleapis.com',
  openrouter: 'https://openrouter.ai',
};

export interface Event {
  message_type: string;
  [field: string]: Wire;
}

/** The keys of all vendors, as the environment has them. */
export const KEYS = {
  ANTHROPIC_API_KEY: API_KEY,
  OPENAI_API_KEY: API_KEY,
  GEMINI_API_KEY: API_KEY,
  OPENROUTER_API_KEY: API_KEY,
};

export class VendorWorld {
  readonly vendors: Record<VendorName, Vendor>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'letta-vendors-'));
  private server: LettaServer | undefined;

  private constructor(vendors: Record<VendorName, Vendor>) {
    this.vendors = vendors;
  }

  static async open(env: Record<string, string> = KEYS): Promise<VendorWorld> {
    const [a, o, g, r] = await Promise.all([anthropic, openai, google, chat].map(startVendor));
    if (!a || !o || !g || !r) throw new Error('A vendor is missing.');
    const world = new VendorWorld({ anthropic: a, openai: o, google_ai: g, openrouter: r });
    const models = world.registry(env);
    world.server = await createServer({ dataDir: world.folder, models, version: '0.1.0' });
    return world;
  }

  registry(env: Record<string, string> = KEYS) {
    return createModelRegistry({ endpoints: [], env, probeLocal: false, fetch: this.redirected });
  }

  /** The vendors' addresses lead to the scripted ones. */
  readonly redirected = ((input: string | URL | Request, init?: RequestInit) => {
    let url = input instanceof Request ? input.url : String(input);
    for (const [name, origin] of Object.entries(ORIGINS))
      url = url.replace(origin, this.vendors[name as VendorName].origin);
    return fetch(url, init);
  }) as typeof globalThis.fetch;

  async close(): Promise<void> {
    await this.server?.close();
    await Promise.all(Object.values(this.vendors).map((vendor) => vendor.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async json<T = Wire>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    if (!this.server) throw new Error('The server is closed.');
    const init = {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    };
    return this.server.fetch(new Request(`http://embedded.invalid${path}`, init));
  }

  /** A conversation of a new agent. */
  async conversation(agent: object = {}): Promise<Conversation> {
    const { id } = await this.json('POST', '/v1/agents/', {
      name: 'Ada',
      model: MODELS.anthropic,
      include_base_tools: false,
      ...agent,
    });
    const made = await this.json('POST', `/v1/conversations/?agent_id=${id}`, {});
    return new Conversation(this, made.id);
  }
}

export const READ_TOOL = {
  name: 'Read',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

export type Content = string | { type: string; [field: string]: Wire }[];

export class Conversation {
  readonly id: string;
  private readonly world: VendorWorld;

  constructor(world: VendorWorld, id: string) {
    this.world = world;
    this.id = id;
  }

  /** Sends to a vendor's model, which answers with `reply`. Resolves with all events. */
  async send(vendor: VendorName, reply: VendorReply | VendorReply[], body: object): Promise<Event[]> {
    this.world.vendors[vendor].script(...[reply].flat());
    const response = await this.open(vendor, body);
    return eventsOf(await response.text());
  }

  open(vendor: VendorName, body: object, signal?: AbortSignal): Promise<Response> {
    const path = `/v1/conversations/${this.id}/messages`;
    const override_model = MODELS[vendor];
    const sent = { streaming: true, stream_tokens: true, override_model, client_tools: [READ_TOOL], ...body };
    return this.world.request('POST', path, sent, signal);
  }

  say(vendor: VendorName, words: Content, reply: VendorReply | VendorReply[], body: object = {}): Promise<Event[]> {
    return this.send(vendor, reply, { messages: [{ role: 'user', content: words }], ...body });
  }

  /** Answers pending calls. */
  answer(
    vendor: VendorName,
    results: { id: string; content: Content; status?: string }[],
    reply: VendorReply | VendorReply[],
    body: object = {},
  ): Promise<Event[]> {
    const approvals = results.map(({ id, content, status = 'success' }) => ({
      type: 'tool',
      tool_call_id: id,
      tool_return: content,
      status,
    }));
    return this.send(vendor, reply, { messages: [{ type: 'approval', approvals }], ...body });
  }
}

export function eventsOf(stream: string): Event[] {
  return stream.split('\n').flatMap((line) => {
    if (!line.startsWith('data: ') || line === 'data: [DONE]') return [];
    return [JSON.parse(line.slice('data: '.length)) as Event];
  });
}

/** The ids of the calls that the events ask for, in order. */
export function callIds(events: readonly Event[]): string[] {
  const ids = events.flatMap((event) =>
    event.message_type === 'approval_request_message' ? [event.tool_call?.tool_call_id as string] : [],
  );
  return [...new Set(ids)];
}

export const said = (events: readonly Event[], type = 'assistant_message', field = 'content'): string =>
  events.map((event) => (event.message_type === type ? event[field] : '')).join('');

export const endOf = (events: readonly Event[]): Wire =>
  events.find((event) => event.message_type === 'stop_reason')?.stop_reason;

export const usageOf = (events: readonly Event[]): Wire =>
  events.find((event) => event.message_type === 'usage_statistics');
