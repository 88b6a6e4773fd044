// What a tool of the agent is. One file a tool; the agent knows tools only through this.
import type * as z from 'zod/mini';
import type { FileChange } from '../editor/editor.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { ToolPart } from '../protocol/transcript-views.ts';
import type { Picture } from './picture-note.ts';

/** What a call would touch, so that `permissions` can judge it without knowing the tool. */
export type Access =
  | { kind: 'none' }
  | { kind: 'read'; paths: string[] }
  | { kind: 'edit'; paths: string[] }
  | { kind: 'command'; command: string; cwd?: string }
  | { kind: 'fetch'; url: string }
  /** A tool of another extension or server, by its name. */
  | { kind: 'foreign'; name: string };

/** One file a call changes. */
export type Target = FileChange;

/** What a changing call will do, worked out before anything is asked or done. */
export interface Plan {
  targets: Target[];
  /** Absolute paths of what goes along without being a target of its own: judged and recorded like those. */
  along?: readonly string[];
}

export interface ToolContext {
  /** The tool call's id: unique within a conversation. */
  callId: string;
  threadId: string;
  signal: AbortSignal;
  /** Shows how far a running call has come, on its card; at most a few times a second. Nothing of it is kept. */
  update(view: Pick<ToolPart, 'output' | 'body'>): void;
}

export interface ToolResult {
  status: 'success' | 'error';
  /** What the model reads. */
  text: string;
  /** What the model sees beside the text, where it can; the text has to do elsewhere. */
  pictures?: readonly Picture[];
  /** What the card shows beside it. */
  view?: Pick<ToolPart, 'diff' | 'problems' | 'body'>;
  /** Where the text came from, where the tool's own `source` does not say it. */
  source?: MemorySource | readonly MemorySource[];
  /** The person ended it: that is no failure. */
  stopped?: boolean;
  /** Called once the result is on disk: what only led to it may go. Not called for a call that was stopped. */
  settled?: (() => void) | undefined;
}

/**
 * A tool. Bad input, a missing file and the like are results with `status: "error"` and a text that lets the model
 * correct itself; `access`, `plan` and `run` throw only `ToolError` (becomes such a result) or on a bug.
 */
export interface Tool<Input> {
  name: string;
  /** One or two short sentences: they are in every request. */
  description: string;
  input: z.ZodMiniType<Input>;
  /** Where the texts it returns come from, its errors too; absent: files of the workspace. */
  source?: MemorySource | readonly MemorySource[];
  /** The card's title and target, e.g. `Edit` and `src/a.ts`. */
  title(input: Input): { title: string; target?: string };
  /** Paths come absolute, with symlinks resolved; a path that the tool refuses anyway throws, so nobody is asked for it. */
  access(input: Input): Access;
  /** What a person who is asked reads of a call; absent: its command, or its input. */
  detail?(input: Input): string;
  /** Present on changing tools. */
  plan?(input: Input, context: ToolContext): Promise<Plan>;
  /** What a call that was begun and never finished has left behind, for the agent; undefined where nothing is known. */
  left?(call: { threadId: string; callId: string }): Promise<string | undefined>;
  /** `plan` is what the person was shown: a target that no longer equals its `before` is refused, never overwritten. */
  run(input: Input, context: ToolContext, plan?: Plan): Promise<ToolResult>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of tools with different inputs; each parses its own.
export type AnyTool = Tool<any>;

export class ToolError extends Error {
  override name = 'ToolError';
}
