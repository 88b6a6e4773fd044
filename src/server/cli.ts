// The embedded server behind a socket, for other Letta clients: `npm run serve -- --port N --data-dir DIR …`.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createAdaptorServer } from '@hono/node-server';
import { createServer, type LettaServer } from './app.ts';
import { behindSocket } from './behind-socket.ts';
import { fileVault } from './file-vault.ts';
import { isLoopback } from './loopback.ts';
import { createModelRegistry } from './models/create-model-registry.ts';
import type { WireEndpoint } from './wire.ts';

const USAGE = `Usage: npm run serve -- [--port N] [--data-dir DIR] [--host H] [--token T | --no-token]
                        [--allow-tools] [--endpoint NAME=BASEURL]…

  --port N              port to listen on (default 8283; 0 takes a free one)
  --data-dir DIR        folder of the database (default ~/.letta/vscode)
  --host H              address to listen on (default 127.0.0.1)
  --token T             bearer token that clients send (LETTA_API_KEY); without it one is made and kept in DIR
  --no-token            ask for no token; on loopback addresses only
  --allow-tools         let agents' own Python tools run on this computer; not with --no-token
  --endpoint NAME=URL   an OpenAI-compatible endpoint; its models are NAME/<model id>. May be repeated.
`;

/** How long streams have to hand out their last events when the server ends. */
const FAREWELL_MS = 300;

/** A mistake in the arguments or around the server; the message is all the person needs. */
class CliError extends Error {
  override name = 'CliError';
  readonly reason: 'usage' | 'listen' | 'token';

  constructor(reason: CliError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

interface Settings {
  port: number;
  host: string;
  dataDir: string;
  /** undefined: make one; null: ask for none. */
  token: string | null | undefined;
  allowTools: boolean;
  endpoints: WireEndpoint[];
}

function parse(args: string[]): Settings | 'help' {
  let values: ReturnType<typeof read>;
  try {
    values = read(args);
  } catch (error) {
    throw new CliError('usage', error instanceof Error ? error.message : String(error));
  }
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new CliError('usage', `--port takes a number from 0 to 65535, not "${values.port}".`);
  }
  if (values.token !== undefined && values['no-token']) {
    throw new CliError('usage', 'Give either --token or --no-token, not both.');
  }
  if (values.token !== undefined && !/^[\x21-\x7e]{8,}$/.test(values.token)) {
    throw new CliError('usage', '--token takes at least 8 printable characters without spaces.');
  }
  if (values['no-token'] && !isLoopback(values.host)) {
    throw new CliError(
      'usage',
      `--no-token works on loopback addresses only, and ${values.host} can be reached from outside. Leave --no-token away.`,
    );
  }
  if (values['no-token'] && values['allow-tools']) {
    throw new CliError(
      'usage',
      '--allow-tools needs a token: without one every program and user of this computer could run Python as you. Leave --no-token away.',
    );
  }
  return {
    port,
    host: values.host,
    dataDir: resolve(values['data-dir'].replace(/^~(?=$|\/)/, homedir())),
    token: values['no-token'] ? null : values.token,
    allowTools: values['allow-tools'],
    endpoints: values.endpoint.map(parseEndpoint),
  };
}

function read(args: string[]) {
  return parseArgs({
    args,
    options: {
      port: { type: 'string', default: '8283' },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string', default: join(homedir(), '.letta', 'vscode') },
      token: { type: 'string' },
      'no-token': { type: 'boolean', default: false },
      'allow-tools': { type: 'boolean', default: false },
      endpoint: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

function parseEndpoint(text: string): WireEndpoint {
  const [, name, baseUrl] = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (name === undefined || baseUrl === undefined || !URL.canParse(baseUrl)) {
    throw new CliError(
      'usage',
      `--endpoint takes NAME=BASEURL, for example local=http://127.0.0.1:8000/v1, not "${text}".`,
    );
  }
  return { name, baseUrl };
}

/** The token of this data folder, made at the first start and kept, so that clients need not be told anew. */
function keptToken(path: string): string {
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    chmodSync(path, 0o600);
  }
  const token = readFileSync(path, 'utf8').trim();
  if (token.length < 8) throw new CliError('token', `${path} holds no token. Delete it, and a new one is made.`);
  return token;
}

/** `package.json` lies two folders up, from the source and from the bundle alike. */
function productVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** @returns the port that was taken */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((taken, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken by another program. Give another --port, or 0 for a free one.`
          : `Cannot listen on ${host}:${port}: ${error.message}`;
      failed(new CliError('listen', why));
    });
    server.listen(port, host, () => taken((server.address() as AddressInfo).port));
  });
}

/** Ends the process on SIGTERM or SIGINT after the server has flushed; at the second signal at once. */
function endOnSignal(app: LettaServer, server: Server): void {
  let isEnding = false;
  const end = async () => {
    if (isEnding) process.exit(1);
    isEnding = true;
    const allAnswered = new Promise<void>((resolve) => server.close(() => resolve()));
    try {
      await app.close();
      // Who reads a stream is told how it ended.
      server.closeIdleConnections();
      await Promise.race([allAnswered, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS))]);
      process.exitCode = 0;
    } catch (error) {
      console.error(`The server could not be closed cleanly: ${error}`);
      process.exitCode = 1;
    }
    server.closeAllConnections();
    process.exit();
  };
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
}

async function main(args: string[]): Promise<void> {
  const settings = parse(args);
  if (settings === 'help') {
    console.log(USAGE);
    return;
  }
  const { dataDir, host } = settings;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const tokenPath = join(dataDir, 'serve-token');
  const token = settings.token === undefined ? keptToken(tokenPath) : settings.token;
  const log = (line: string) => console.error(line);
  const models = createModelRegistry({ endpoints: settings.endpoints, env: process.env, log });
  const app = await createServer({
    dataDir,
    vault: fileVault(join(dataDir, 'providers.json')),
    models,
    version: productVersion(),
    ownTools: settings.allowTools ? 'allow' : 'refuse',
    ...(token === null ? {} : { token }),
    log,
  });
  const { fetch } = behindSocket(app, { hasToken: token !== null, log });
  const server = createAdaptorServer({ fetch, hostname: host }) as Server;
  endOnSignal(app, server);
  let port: number;
  try {
    port = await listen(server, settings.port, host);
  } catch (error) {
    await app.close();
    throw error;
  }
  if (settings.allowTools) {
    const { sandboxHere } = await import('./python/box.ts');
    const how = sandboxHere()
      ? 'in a sandbox that hides your home folder'
      : 'WITHOUT a sandbox, with all your rights: none works here (Linux: install bubblewrap)';
    console.log(`Agents’ own Python tools run on this computer (--allow-tools), ${how}.`);
  }
  if (settings.token === undefined) console.log(`Token (LETTA_API_KEY): ${tokenPath}`);
  const name = host.includes(':') ? `[${host}]` : host;
  console.log(`Letta server: http://${name}:${port}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CliError && error.reason === 'usage') {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    // Errors with a reason were written for the person; anything else needs its stack.
    const known = error instanceof Error && 'reason' in error;
    console.error(known ? error.message : error);
    process.exitCode = 1;
  }
}
