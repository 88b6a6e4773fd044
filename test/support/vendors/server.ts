// HTTP servers that speak the wire formats of the large vendors: they answer from a script, and refuse what the real ones refuse.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen } from '../loopback.ts';

export interface VendorCall {
  name: string;
  args: object;
  id?: string | undefined;
}

/** What a model says, in any vendor's words; or how it refuses. */
export interface VendorReply {
  thinking?: string | undefined;
  /** Thoughts that the vendor keeps to itself. */
  hidden?: boolean | undefined;
  text?: string | undefined;
  calls?: VendorCall[] | undefined;
  usage?: { input: number; output: number; cached?: number; written?: number; reasoning?: number };
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Says so much and then no more. */
  hang?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever came over the wire, to be looked at by tests
export type Wire = any;

export interface VendorRequest {
  url: string;
  headers: IncomingMessage['headers'];
  body: Wire;
  time: number;
  /** Why it was refused; undefined where it was in order. */
  refusal: string | undefined;
}

export interface VendorFormat {
  /** Of the key. */
  keyHeader: string;
  key(apiKey: string): string;
  /** What the list of models answers, by path without the query. */
  list: { path: string; answer: unknown };
  isGeneration(path: string): boolean;
  /** What is wrong with a request, in the vendor's words. */
  refusal(body: Wire, path: string, signed: Signatures): string | undefined;
  /** The answer as the lines of an event stream. */
  events(reply: VendorReply, body: Wire, signed: Signatures, n: number): object[];
  /** The last line, where there is one. */
  end?: string;
  error(status: number, message: string): object;
}

/** Marks that only the vendor can make, and that it knows again. */
export class Signatures {
  private readonly made = new Set<string>();

  sign(text: string): string {
    const mark = createHash('sha256').update(`secret ${text}`).digest('base64');
    this.made.add(mark);
    return mark;
  }

  fits(text: string, mark: unknown): boolean {
    return createHash('sha256').update(`secret ${text}`).digest('base64') === mark;
  }

  knows(mark: unknown): boolean {
    return typeof mark === 'string' && this.made.has(mark);
  }
}

export interface Vendor {
  /** Scheme, host and port. */
  origin: string;
  requests: VendorRequest[];
  listings: number;
  script(...replies: VendorReply[]): void;
  close(): Promise<void>;
}

export const API_KEY = 'key-of-the-person';

export async function startVendor(format: VendorFormat): Promise<Vendor> {
  const queue: VendorReply[] = [];
  const requests: VendorRequest[] = [];
  const signed = new Signatures();
  const sendJson = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const vendor = {
    origin: '',
    requests,
    listings: 0,
    script: (...replies: VendorReply[]) => void queue.push(...replies),
  };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = incoming.url ?? '';
    const path = url.split('?', 1)[0] ?? '';
    if (incoming.headers[format.keyHeader] !== format.key(API_KEY))
      return sendJson(response, 401, format.error(401, 'The API key is not valid.'));
    if (path === format.list.path) {
      vendor.listings += 1;
      return sendJson(response, 200, format.list.answer);
    }
    if (!format.isGeneration(path)) return sendJson(response, 404, format.error(404, `No route ${path}`));
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const body = JSON.parse(raw) as Wire;
    const refusal = halfCharacter(body) ?? format.refusal(body, path, signed);
    requests.push({ url, headers: incoming.headers, body, time: Date.now(), refusal });
    if (refusal !== undefined) return sendJson(response, 400, format.error(400, refusal));
    const reply = queue.shift() ?? { text: 'The script is empty.' };
    if (reply.status !== undefined)
      return sendJson(response, reply.status, reply.body ?? format.error(reply.status, 'scripted'), reply.headers);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of format.events(reply, body, signed, requests.length)) {
      const type = (event as { type?: string }).type;
      response.write(`${type ? `event: ${type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
    }
    if (reply.hang) return;
    if (format.end) response.write(`data: ${format.end}\n\n`);
    response.end();
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, format.error(500, String(error)));
    });
  });
  const port = await listen(server, 0);
  vendor.origin = `http://127.0.0.1:${port}`;
  return Object.assign(vendor, { close: () => close(server) });
}

function halfCharacter(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'invalid high surrogate in string';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const found = halfCharacter(key) ?? halfCharacter(each);
    if (found) return found;
  }
  return undefined;
}

/** So that a text comes in more than one piece. */
export function pieces(text: string, size = 9): string[] {
  const points = Array.from(text);
  const found: string[] = [];
  for (let at = 0; at < points.length; at += size) found.push(points.slice(at, at + size).join(''));
  return found;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
