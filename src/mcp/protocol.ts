// The part of MCP that a server of tools needs, over lines of JSON-RPC: initialize, ping, tools/list, tools/call. By hand, because
// the SDK brings a web server, OAuth and a second schema library.
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod/mini';

export interface McpTool {
  name: string;
  description: string;
  /** JSON schema. */
  inputSchema: object;
  /** @returns what the model reads. @throws Error in words for it */
  run(input: unknown, signal: AbortSignal): Promise<string>;
}

export interface McpServer {
  info: { name: string; version: string };
  /** When to use the tools, for the model. */
  instructions: string;
  tools: readonly McpTool[];
}

/** Newest first; a client that asks for another one is answered with the newest. */
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const NO_METHOD = -32601;
const INVALID_PARAMS = -32602;

const Message = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.optional(z.union([z.string(), z.number()])),
  method: z.optional(z.string()),
  params: z.optional(z.record(z.string(), z.unknown())),
});

class RpcError extends Error {
  override name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers until the input ends, and what is under way then. Never rejects. */
export async function serveMcp(server: McpServer, input: Readable, output: Writable): Promise<void> {
  const running = new Map<string | number, AbortController>();
  const work = new Set<Promise<void>>();
  const send = (message: object): void => void output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const message = parse(line);
    if (message instanceof RpcError) {
      send({ id: null, error: { code: message.code, message: message.message } });
      continue;
    }
    const { id, method, params = {} } = message;
    // Answers are to nothing that we have asked.
    if (method === undefined) continue;
    if (id === undefined) {
      if (method === 'notifications/cancelled') running.get(params.requestId as string | number)?.abort();
      continue;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const answering = answer(server, method, params, controller.signal)
      .then(
        // Nobody waits for the answer to what was cancelled.
        (result) => controller.signal.aborted || send({ id, result }),
        (error: unknown) => controller.signal.aborted || send({ id, error: toRpc(error) }),
      )
      .then(() => void running.delete(id));
    work.add(answering);
    void answering.finally(() => work.delete(answering));
  }
  await Promise.all(work);
}

function parse(line: string): z.infer<typeof Message> | RpcError {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return new RpcError(PARSE_ERROR, 'A line must be one JSON object.');
  }
  const parsed = Message.safeParse(value);
  return parsed.success ? parsed.data : new RpcError(INVALID_REQUEST, 'This is no JSON-RPC 2.0 message.');
}

async function answer(server: McpServer, method: string, params: Record<string, unknown>, signal: AbortSignal) {
  switch (method) {
    case 'initialize': {
      const asked = VERSIONS.find((version) => version === params.protocolVersion);
      const { info, instructions } = server;
      return { protocolVersion: asked ?? VERSIONS[0], capabilities: { tools: {} }, serverInfo: info, instructions };
    }
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: server.tools.map(({ run: _run, ...tool }) => tool) };
    case 'tools/call':
      return call(server, params, signal);
    default:
      throw new RpcError(NO_METHOD, `There is no method ${method}.`);
  }
}

async function call({ tools }: McpServer, params: Record<string, unknown>, signal: AbortSignal) {
  const tool = tools.find(({ name }) => name === params.name);
  if (!tool) throw new RpcError(INVALID_PARAMS, `There is no tool ${String(params.name)}.`);
  try {
    return { content: [{ type: 'text', text: await tool.run(params.arguments ?? {}, signal) }] };
  } catch (error) {
    // The model reads it, and can do better.
    const text = error instanceof Error ? error.message : String(error);
    return { content: [{ type: 'text', text }], isError: true };
  }
}

const toRpc = (error: unknown): { code: number; message: string } =>
  error instanceof RpcError
    ? { code: error.code, message: error.message }
    : { code: -32603, message: error instanceof Error ? error.message : String(error) };
