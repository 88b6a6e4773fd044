// /v1/git/{agent}/state.git: an agent's memory over git's smart HTTP, for Letta Code's MemFS and for git itself.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { ApiError } from '../engine/errors.ts';
import { LayoutError } from '../memfs/layout.ts';
import { MemoryRepository, PushRefused } from '../memfs/memory-repository.ts';
import { BRANCH, GitError, Repository } from '../memfs/repository.ts';
import { existingAgent } from './agents.ts';
import { audienceFor } from './for-model.ts';
import { idParam, type RouteDeps } from './http.ts';

/** Of one request, unpacked. */
const MOST_BYTES = 64 * 1024 * 1024;
const NONE = '0'.repeat(40);
const ID = /^[0-9a-f]{40}$/;

const line = (text: string): string => (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
const FLUSH = '0000';

export function gitRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const repositories = new Map<string, { repository: Repository; last: Promise<unknown> }>();

  /** One after the other: git's own locks would refuse the second. */
  async function withMemory<T>(
    c: Context,
    work: (memory: MemoryRepository, repository: Repository) => Promise<T>,
  ): Promise<T> {
    const agent = existingAgent(deps.store, idParam(c, 'agent', 'agent_id'));
    let entry = repositories.get(agent.id);
    if (!entry) {
      entry = { repository: new Repository(deps.store.repositoryOf(agent.id)), last: Promise.resolve() };
      repositories.set(agent.id, entry);
    }
    const { repository } = entry;
    const now = entry.last
      // What is withheld may have become another while this waited.
      .then(() => audienceFor(deps, agent.id, 'unknown'))
      .then((audience) => work(new MemoryRepository(deps.store, repository, agent, audience), repository))
      .catch((error: unknown) => {
        throw error instanceof GitError
          ? new ApiError(error.reason === 'missing' ? 501 : 500, `Memory over git: ${error.message}`)
          : error;
      });
    entry.last = now.catch(() => {});
    return await now;
  }

  app.get('/:agent_id/state.git/info/refs', async (c) => {
    const service = c.req.query('service');
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
      throw new ApiError(403, 'Only git’s smart HTTP is served here: clone with git 1.6.6 or newer.');
    return await withMemory(c, async (memory, repository) => {
      const head = await memory.sync();
      const type = `application/x-${service}-advertisement`;
      const announced = `${line(`# service=${service}\n`)}${FLUSH}`;
      if (service === 'git-receive-pack') {
        const refs = line(`${head} ${BRANCH}\0report-status ofs-delta object-format=sha1 agent=letta\n`);
        return answer(type, `${announced}${refs}${FLUSH}`);
      }
      const protocol = c.req.header('git-protocol');
      const child = repository.upload(['--advertise-refs'], Buffer.alloc(0), protocol);
      const pieces: Uint8Array[] = [Buffer.from(announced)];
      for await (const piece of child.stdout as AsyncIterable<Buffer>) pieces.push(piece);
      return answer(type, Buffer.concat(pieces));
    });
  });

  app.post('/:agent_id/state.git/git-upload-pack', async (c) => {
    const body = await bodyOf(c.req.raw);
    return await withMemory(c, async (_memory, repository) => {
      await repository.make();
      const child = repository.upload([], body, c.req.header('git-protocol'));
      c.req.raw.signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
      return answer('application/x-git-upload-pack-result', Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>);
    });
  });

  app.post('/:agent_id/state.git/git-receive-pack', async (c) => {
    const { commands, pack } = parsePush(await bodyOf(c.req.raw));
    const type = 'application/x-git-receive-pack-result';
    // Before a large push git asks once with nothing, to learn whether it may.
    if (commands.length === 0) return answer(type, '');
    return await withMemory(c, async (memory, repository) => {
      const [command] = commands;
      const why =
        commands.length > 1 || command?.ref !== BRANCH || command.to === NONE
          ? 'the memory has one branch, main, which can neither be deleted nor have others beside it'
          : await takeOver(memory, repository, command.from, command.to, pack);
      const reports = commands.map(({ ref }) => line(why === null ? `ok ${ref}\n` : `ng ${ref} ${why}\n`));
      return answer(type, `${line('unpack ok\n')}${reports.join('')}${FLUSH}`);
    });
  });
  return app;
}

/** @returns why it is refused, null where it was taken over */
async function takeOver(
  memory: MemoryRepository,
  repository: Repository,
  from: string,
  to: string,
  pack: Uint8Array,
): Promise<string | null> {
  try {
    await memory.accept(from, to, pack);
    repository.tidy();
    return null;
  } catch (error) {
    if (
      error instanceof PushRefused ||
      error instanceof LayoutError ||
      (error instanceof GitError && error.reason === 'failed')
    )
      return error.message.replace(/\s+/g, ' ').slice(0, 500);
    throw error;
  }
}

function answer(type: string, body: string | Uint8Array | ReadableStream<Uint8Array>): Response {
  return new Response(body as BodyInit, { headers: { 'content-type': type, 'cache-control': 'no-cache' } });
}

/** @throws ApiError 413 */
async function bodyOf(request: Request): Promise<Buffer> {
  if (!request.body) return Buffer.alloc(0);
  const raw = Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]);
  const isPacked = request.headers.get('content-encoding') === 'gzip';
  const stream = isPacked ? raw.on('error', () => {}).pipe(createGunzip()) : raw;
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MOST_BYTES) throw new ApiError(413, `A push may have ${MOST_BYTES / 1024 / 1024} MB at most.`);
      pieces.push(Buffer.from(piece));
    }
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(400, 'The request could not be read to its end.');
  }
  return Buffer.concat(pieces);
}

interface Command {
  from: string;
  to: string;
  ref: string;
}

/** The lines of a push, and the pack behind them. @throws ApiError 400 */
function parsePush(body: Buffer): { commands: Command[]; pack: Uint8Array } {
  const commands: Command[] = [];
  for (let at = 0; ; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (length === 0) return { commands, pack: body.subarray(at + 4) };
    if (!(length > 4) || at + length > body.length) throw new ApiError(400, 'This is no push of git.');
    const [text = ''] = body.toString('utf8', at + 4, at + length).split('\0');
    const [from = '', to = '', ref = ''] = text.trim().split(' ');
    if (!ID.test(from) || !ID.test(to) || ref === '')
      throw new ApiError(400, 'This push cannot be read. Push from a whole clone.');
    commands.push({ from, to, ref });
    at += length;
  }
}
