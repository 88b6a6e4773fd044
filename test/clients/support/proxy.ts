// Stands between a client and the server: writes down each request with its answer's status, and can cut an answer short.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { close, listen } from '../../support/loopback.ts';

export interface SentItem {
  type?: string;
  role?: string;
  otid?: string;
  approvals?: {
    type: string;
    tool_call_id: string;
    approve?: boolean;
    status?: string;
    tool_return?: unknown;
    reason?: string;
  }[];
  content?: unknown;
}

export interface Passed {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: { messages?: SentItem[]; client_tools?: { name: string }[]; otid?: string; starting_after?: number } & {
    [key: string]: unknown;
  };
  /** 0 until it is answered. */
  status: number;
}

export interface RecordingProxy {
  baseUrl: string;
  passed: Passed[];
  /** Those of one kind, in their order. */
  to(method: string, path: RegExp): Passed[];
  /** The next answer to such a request breaks off when this text has passed. */
  cutNext(path: RegExp, behind: string): void;
  close(): Promise<void>;
}

export async function startProxy(upstream: string): Promise<RecordingProxy> {
  const passed: Passed[] = [];
  let cut: { path: RegExp; behind: string } | undefined;

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(incoming.url ?? '/', upstream);
    const entry: Passed = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: parse(body.toString()),
      status: 0,
    };
    passed.push(entry);
    const ending = incoming.method === 'POST' && cut?.path.test(url.pathname) ? cut : undefined;
    if (ending) cut = undefined;
    const onward = request(
      url,
      { method: incoming.method ?? 'GET', headers: { ...incoming.headers, host: url.host } },
      (answer) => {
        entry.status = answer.statusCode ?? 0;
        outgoing.writeHead(entry.status, answer.headers);
        let said = '';
        answer.on('data', (chunk: Buffer) => {
          outgoing.write(chunk);
          said += chunk;
          if (ending && said.includes(ending.behind)) setTimeout(() => incoming.socket.destroy(), 20);
        });
        answer.on('end', () => outgoing.end());
        answer.on('error', () => outgoing.destroy());
      },
    );
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    onward.end(body);
  };

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const port = await listen(server, 0);
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    passed,
    to: (method, path) => passed.filter((each) => each.method === method && path.test(each.path)),
    cutNext: (path, behind) => {
      cut = { path, behind };
    },
    close: () => close(server),
  };
}

function parse(text: string): Passed['body'] {
  try {
    return JSON.parse(text) as Passed['body'];
  } catch {
    return {};
  }
}
