// The transcript as the view draws it: messages, answers and their parts, cards of tools, and what waits for the person in it.
import * as z from 'zod/mini';
import { SubagentBodySchema, TodoSchema, ToolStateSchema } from './asking.ts';
import { SentAttachmentSchema } from './attachments.ts';

/** What a failure looks like to a person: what happened, what to do, and whether Retry helps. */
export const FailureSchema = z.object({ message: z.string(), hint: z.string(), retry: z.boolean() });
export type Failure = z.infer<typeof FailureSchema>;

export const TextPartSchema = z.object({ type: z.literal('text'), id: z.string(), text: z.string() });
export const ReasoningPartSchema = z.object({ type: z.literal('reasoning'), id: z.string(), text: z.string() });
/** One file that a call changed, as a unified diff. */
export const DiffViewSchema = z.object({
  path: z.string(),
  unified: z.string(),
  added: z.number(),
  removed: z.number(),
});
export type DiffView = z.infer<typeof DiffViewSchema>;

/** A place in a file that a call has found. */
export const PlaceViewSchema = z.object({
  /** Relative to the workspace where it is inside. */
  name: z.string(),
  /** From 1; absent: the file as a whole. */
  line: z.optional(z.number()),
  /** What stands there. */
  text: z.string(),
  /** For `openLink`; absent: it is not opened from here. */
  href: z.optional(z.string()),
});
export type PlaceView = z.infer<typeof PlaceViewSchema>;

/** What a card shows beside title and state, one kind for each sort of tool. */
export const ToolBodySchema = z.discriminatedUnion('kind', [
  /** Several files that one call changed; a single one is in `diff`. */
  z.object({ kind: z.literal('files'), files: z.array(DiffViewSchema) }),
  z.object({ kind: z.literal('todos'), todos: z.array(TodoSchema) }),
  /** A question to the person; without `answer` it was skipped. */
  z.object({ kind: z.literal('question'), question: z.string(), answer: z.optional(z.string()) }),
  SubagentBodySchema,
  /** A command in a terminal. `lost`: the window that ran it is gone. */
  z.object({
    kind: z.literal('command'),
    command: z.string(),
    /** Of the call that began it. */
    callId: z.string(),
    /** The terminal's id, as the agent knows it. */
    terminal: z.string(),
    state: z.enum(['running', 'background', 'waiting', 'ended', 'stopped', 'lost']),
    /** The end of what it wrote, without control sequences. */
    output: z.string(),
    seconds: z.number(),
    exitCode: z.optional(z.number()),
    /** It ran in the sandbox of the operating system. */
    boxed: z.optional(z.boolean()),
  }),
  /** Places that it has found; `more`: so many are not among them. */
  z.object({ kind: z.literal('hits'), places: z.array(PlaceViewSchema), more: z.number() }),
  /** The skill that was loaded, or those that a search found. `why`: in the agent's words. */
  z.object({
    kind: z.literal('skill'),
    skills: z.array(z.object({ name: z.string(), description: z.string(), location: z.string() })),
    why: z.optional(z.string()),
  }),
  /** A picture that was looked at; never its bytes. `what`: type, pixels, size. `href` as of a place. */
  z.object({ kind: z.literal('picture'), name: z.string(), what: z.string(), href: z.optional(z.string()) }),
]);
export type ToolBody = z.infer<typeof ToolBodySchema>;

/** `held`: not written, a person decides. `unreviewed`: written, and marked until a person has seen it. `undone`: taken back. */
export const MemoryReviewSchema = z.enum(['held', 'unreviewed', 'undone']);
export type MemoryReview = z.infer<typeof MemoryReviewSchema>;

export const ToolPartSchema = z.object({
  type: z.literal('tool'),
  /** The tool call id. */
  id: z.string(),
  name: z.string(),
  /** With `target` the accessible name of the card, e.g. `Edit` + `src/a.ts`. */
  title: z.string(),
  target: z.optional(z.string()),
  state: ToolStateSchema,
  /** Arguments as pretty JSON, or as far as they have come. */
  input: z.string(),
  output: z.optional(z.string()),
  /** A change of memory: `before` is '' for an insertion, null when it is not known. */
  memory: z.optional(
    z.object({
      label: z.string(),
      before: z.nullable(z.string()),
      after: z.string(),
      review: z.optional(MemoryReviewSchema),
    }),
  ),
  /** A change of a file. */
  diff: z.optional(DiffViewSchema),
  body: z.optional(ToolBodySchema),
  /** Problems that the change added or removed, one line each. */
  problems: z.optional(z.object({ added: z.array(z.string()), removed: z.array(z.string()), settled: z.boolean() })),
});
export type ToolPart = z.infer<typeof ToolPartSchema>;
export type ToolState = ToolPart['state'];

export const PartSchema = z.discriminatedUnion('type', [TextPartSchema, ReasoningPartSchema, ToolPartSchema]);
export type Part = z.infer<typeof PartSchema>;

export const UserItemSchema = z.object({
  kind: z.literal('user'),
  id: z.string(),
  text: z.string(),
  /** The name of the skill that went along, because the message called it. */
  skill: z.optional(z.string()),
  attached: z.optional(z.array(SentAttachmentSchema)),
  /** ISO 8601. */
  date: z.string(),
});
/** One answer: everything the agent did between two messages of the person. */
export const AgentItemSchema = z.object({
  kind: z.literal('agent'),
  id: z.string(),
  parts: z.array(PartSchema),
  state: z.enum(['streaming', 'done', 'interrupted', 'stopped', 'failed']),
  failure: z.optional(FailureSchema),
  date: z.string(),
});
/** A line in the transcript that nobody said, e.g. "Retrying in 4 s". */
export const NoticeItemSchema = z.object({
  kind: z.literal('notice'),
  id: z.string(),
  text: z.string(),
  date: z.string(),
});
export const ItemSchema = z.discriminatedUnion('kind', [UserItemSchema, AgentItemSchema, NoticeItemSchema]);
export type UserItem = z.infer<typeof UserItemSchema>;
export type AgentItem = z.infer<typeof AgentItemSchema>;
export type Item = z.infer<typeof ItemSchema>;

const KINDS: ReadonlySet<unknown> = new Set(['user', 'agent', 'notice']);
const isItem = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && 'id' in value && KINDS.has(value.kind);
/** Many items from our own host: looked at only as far as a list goes, because parsing thousands of them takes too long. */
export const ItemsSchema = z.custom<Item[]>((value) => Array.isArray(value) && value.every(isItem));

/** A question only a person can answer. The view may answer only ids it was shown. */
export const ApprovalViewSchema = z.object({
  id: z.string(),
  threadId: z.string(),
  callId: z.string(),
  /** The group is named `Approval: ${title}`. */
  title: z.string(),
  /** What exactly will happen: the command, or the path. */
  detail: z.string(),
  /** Why it is asked, in one sentence. */
  reason: z.string(),
  diff: z.optional(DiffViewSchema),
  /** Where it changes several files, moves or deletes: all of them. `unified` is empty for what is told by name alone. */
  files: z.optional(z.array(DiffViewSchema)),
  /** The person has changed what was proposed: Allow does what is shown. */
  edited: z.optional(z.boolean()),
  /** The narrowest rule that would cover it; absent when no stored rule may (protected paths). */
  alwaysRule: z.optional(z.string()),
  /** Where a command needs several: all of them are shown, and stored together. */
  alwaysRules: z.optional(z.array(z.string())),
  /** What the button says that allows it for good without a rule. */
  always: z.optional(z.string()),
});
export type ApprovalView = z.infer<typeof ApprovalViewSchema>;

/** The agent's changes that nobody has decided on, in any thread. */
export const ChangesViewSchema = z.array(
  z.object({
    /** Absolute. */
    path: z.string(),
    /** Relative to the workspace. */
    name: z.string(),
    kind: z.enum(['changed', 'created', 'deleted', 'moved']),
    /** Where it was moved from, relative to the workspace. */
    from: z.optional(z.string()),
    added: z.number(),
    removed: z.number(),
    /** Why it has no lines to look through: it is listed, and does not wait for a decision. */
    listed: z.optional(z.enum(['tooLarge', 'noText', 'folder'])),
  }),
);
export type ChangesView = z.infer<typeof ChangesViewSchema>;
