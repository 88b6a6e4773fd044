// A turn in a temporary workspace: a file tool with a plan, a reading tool, a journal, and everything that happened.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { AskRequest } from '../../../src/agent/calls.ts';
import { MemoryContext } from '../../../src/agent/context.ts';
import type { TurnEvent, TurnOutcome, TurnStart } from '../../../src/agent/events.ts';
import { Journal } from '../../../src/agent/journal.ts';
import { runTurn, type TurnDeps } from '../../../src/agent/turn.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';
import { type AnyTool, type Tool, ToolError } from '../../../src/tools/tool.ts';

export const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
};

const WriteInput = z.object({ path: z.string(), content: z.string() });
const ReadInput = z.object({ path: z.string() });

/** How often each tool ran. */
export interface Ran {
  Write: number;
  Read: number;
}

export interface Hooks {
  /** Called in place of the end of a tool, e.g. to throw or to wait. */
  afterWrite?: (signal: AbortSignal) => Promise<void>;
  beforeWrite?: (signal: AbortSignal) => Promise<void>;
  duringRead?: () => Promise<void>;
}

export function tools(folder: string, ran: Ran, hooks: Hooks): AnyTool[] {
  const at = (path: string) => join(folder, path);
  const write: Tool<z.infer<typeof WriteInput>> = {
    name: 'Write',
    description: 'Writes a file.',
    input: WriteInput,
    title: ({ path }) => ({ title: 'Write', target: path }),
    access: ({ path }) => ({ kind: 'edit', paths: [at(path)] }),
    plan: async ({ path, content }) => {
      if (path === 'forbidden') throw new ToolError('forbidden cannot be written.');
      return { targets: [{ path: at(path), before: await readText(at(path)), after: content }] };
    },
    run: async ({ path, content }, { signal }) => {
      ran.Write++;
      await hooks.beforeWrite?.(signal);
      await writeFile(at(path), content);
      await hooks.afterWrite?.(signal);
      return {
        status: 'success',
        text: `Wrote ${path}`,
        view: { diff: { path, unified: '@@', added: 1, removed: 0 } },
      };
    },
  };
  const read: Tool<z.infer<typeof ReadInput>> = {
    name: 'Read',
    description: 'Reads a file.',
    input: ReadInput,
    title: ({ path }) => ({ title: 'Read', target: path }),
    access: ({ path }) => ({ kind: 'read', paths: [at(path)] }),
    run: async ({ path }) => {
      ran.Read++;
      await hooks.duringRead?.();
      const text = await readText(at(path));
      if (text === null) throw new ToolError(`${path} does not exist.`);
      return { status: 'success', text };
    },
  };
  return [write, read];
}

export class Workspace {
  readonly folder: string;
  readonly ran: Ran = { Write: 0, Read: 0 };
  readonly hooks: Hooks = {};
  readonly asked: AskRequest[] = [];
  readonly logged: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), 'turn-')));
  }

  remove(): Promise<void> {
    // What was not awaited may still be written.
    return rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  file(name: string): Promise<string | null> {
    return readText(join(this.folder, name));
  }

  /** Fresh ones each time, as after a restart: only files connect one turn with the next. */
  deps(connection: Connection, more: Partial<TurnDeps> = {}): TurnDeps {
    return {
      connection,
      tools: tools(this.folder, this.ran, this.hooks),
      skills: () => [],
      decide: (tool) =>
        tool.name === 'Read' ? { decision: 'allow', reason: '' } : { decision: 'ask', reason: 'Edits are asked.' },
      decideMemory: () => ({ decision: 'apply', reason: '' }),
      ask: async (request) => {
        this.asked.push(request);
        return { allow: true };
      },
      readText,
      journal: new Journal(join(this.folder, '.journal')),
      context: new MemoryContext(connection, join(this.folder, '.context')),
      log: (line) => this.logged.push(line),
      timing: { retryMs: 1, busyMs: 1, idleMs: 5_000, stopMs: 2_000 },
      ...more,
    };
  }
}

export interface Turned {
  outcome: TurnOutcome;
  events: TurnEvent[];
  text: string;
  /** Each card as it was last shown. */
  cards: Record<string, ToolPart>;
}

export async function turn(
  deps: TurnDeps,
  start: TurnStart | string,
  {
    signal = new AbortController().signal,
    agentId = 'agent-1',
    threadId = 'conv-1',
    watch,
  }: { signal?: AbortSignal; agentId?: string; threadId?: string; watch?: (event: TurnEvent) => void } = {},
): Promise<Turned> {
  const events: TurnEvent[] = [];
  const begin: TurnStart = typeof start === 'string' ? { kind: 'message', text: start, reminders: [] } : start;
  const outcome = await runTurn(deps, { agentId, threadId, start: begin, signal }, (event) => {
    events.push(event);
    watch?.(event);
  });
  // The next turn starts from the files, as after an orderly end.
  await deps.context.flush();
  const cards: Record<string, ToolPart> = {};
  for (const event of events) if (event.type === 'tool') cards[event.part.id] = event.part;
  const text = events.map((event) => (event.type === 'text' ? event.delta : '')).join('');
  return { outcome, events, text, cards };
}
