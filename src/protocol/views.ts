// View models: what the webview draws. The host computes them; the webview holds no truth of its own.
import * as z from 'zod/mini';
import { QuestionViewSchema, SubagentBodySchema, TodoSchema, ToolStateSchema } from './asking.ts';

export const PanelSchema = z.enum(['chat', 'threads', 'memory', 'skills']);
export type Panel = z.infer<typeof PanelSchema>;

export const PermissionModeSchema = z.enum(['plan', 'standard', 'acceptEdits', 'unrestricted', 'strict']);
export type PermissionMode = z.infer<typeof PermissionModeSchema>;

/** A model that can answer. `handle` is `provider/model-id`; `contextWindow` in tokens, null when not known. */
export const ModelViewSchema = z.object({
  handle: z.string(),
  name: z.string(),
  provider: z.string(),
  contextWindow: z.nullable(z.number()),
  /** The offline demo model: a program, not an AI. */
  demo: z.boolean(),
  /** It runs on this computer or in its own network; absent where the server does not tell. */
  local: z.optional(z.boolean()),
});
export type ModelView = z.infer<typeof ModelViewSchema>;

/** Who answers, where the memory lives, which model runs: the first view of the Chat panel. */
export const AboutViewSchema = z.object({
  agentId: z.string(),
  agentName: z.string(),
  /** Shown as is, e.g. `Embedded home on this computer (HOSTNAME)`. */
  homeLabel: z.string(),
  homeKind: z.enum(['embedded', 'selfHosted', 'cloud']),
  model: z.string(),
  demo: z.boolean(),
  trusted: z.boolean(),
  /** Tokens that all blocks together may take of the prompt. */
  memoryTokens: z.optional(z.number()),
  /** While another agent can still be taken instead: whether the workspace's is a new one or was chosen. */
  choice: z.optional(z.enum(['new', 'existing'])),
});
export type AboutView = z.infer<typeof AboutViewSchema>;

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
  /** A picture that was looked at; never its bytes. `what`: type, pixels, size. `href` as of a place. */
  z.object({ kind: z.literal('picture'), name: z.string(), what: z.string(), href: z.optional(z.string()) }),
]);
export type ToolBody = z.infer<typeof ToolBodySchema>;

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
      /** `held`: not written, a person decides. `unreviewed`: written, and marked until a person has seen it. */
      review: z.optional(z.enum(['held', 'unreviewed'])),
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
});
export type ApprovalView = z.infer<typeof ApprovalViewSchema>;

/** The agent's changes that nobody has decided on, in any thread. */
export const ChangesViewSchema = z.array(
  z.object({
    /** Absolute. */
    path: z.string(),
    /** Relative to the workspace. */
    name: z.string(),
    kind: z.enum(['changed', 'created', 'deleted']),
    added: z.number(),
    removed: z.number(),
  }),
);
export type ChangesView = z.infer<typeof ChangesViewSchema>;

/** Memory as a thread is shown it, whatever becomes of it: `then`, `none` and `today` are of questions asked again. */
export const PinViewSchema = z.object({
  kind: z.enum(['pinned', 'today', 'then', 'none']),
  /** ISO 8601: of when the memory is. */
  at: z.string(),
});
export type PinView = z.infer<typeof PinViewSchema>;

/** What an answer was given with. */
export const ReceiptViewSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  model: z.string(),
  blocks: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      /** Characters it held. */
      size: z.number(),
      /** ISO 8601: when the revision was made that it was; absent where none is known. */
      revisedAt: z.optional(z.string()),
      revisionId: z.optional(z.string()),
      state: z.enum(['same', 'changed', 'gone']),
      /** Revisions since. */
      since: z.optional(z.number()),
    }),
  ),
  /** Labels of blocks that there were not yet. */
  newer: z.array(z.string()),
  /** Names of the skills that were used. */
  skills: z.array(z.string()),
  pin: z.optional(PinViewSchema.shape.kind),
});
export type ReceiptView = z.infer<typeof ReceiptViewSchema>;

export const ThreadViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  updatedAt: z.string(),
  running: z.boolean(),
  waiting: z.boolean(),
  /** Its memory is pinned. */
  pinned: z.optional(z.boolean()),
});
export type ThreadView = z.infer<typeof ThreadViewSchema>;

/** The newest page of a thread. `rev` counts patches; a gap means: ask for a snapshot. */
export const SnapshotSchema = z.object({
  threadId: z.string(),
  title: z.string(),
  rev: z.number(),
  items: z.array(ItemSchema),
  hasMore: z.boolean(),
  running: z.boolean(),
  approvals: z.array(ApprovalViewSchema),
  questions: z.optional(z.array(QuestionViewSchema)),
  /** The thread's plan. */
  todos: z.optional(z.array(TodoSchema)),
  pin: z.optional(PinViewSchema),
});
export type Snapshot = z.infer<typeof SnapshotSchema>;

/** One change of a thread's view, applied in order by the webview's reducer. */
export const PatchOpSchema = z.discriminatedUnion('op', [
  /** Adds the item at the end, or replaces the one with its id in place. */
  z.object({ op: z.literal('item'), item: ItemSchema }),
  z.object({ op: z.literal('remove'), id: z.string() }),
  /** Adds the part at the end of the answer, or replaces the one with its type and id in place. */
  z.object({ op: z.literal('part'), itemId: z.string(), part: PartSchema }),
  /** Appends to a text or reasoning part. */
  z.object({
    op: z.literal('append'),
    itemId: z.string(),
    partType: z.enum(['text', 'reasoning']),
    partId: z.string(),
    text: z.string(),
  }),
  z.object({
    op: z.literal('state'),
    itemId: z.string(),
    state: z.enum(['streaming', 'done', 'interrupted', 'stopped', 'failed']),
    failure: z.optional(FailureSchema),
  }),
  z.object({ op: z.literal('running'), running: z.boolean() }),
  z.object({ op: z.literal('title'), title: z.string() }),
  /** Absent: memory is no longer pinned. */
  z.object({ op: z.literal('pin'), pin: z.optional(PinViewSchema) }),
  z.object({ op: z.literal('approvals'), approvals: z.array(ApprovalViewSchema) }),
  z.object({ op: z.literal('questions'), questions: z.array(QuestionViewSchema) }),
  z.object({ op: z.literal('todos'), todos: z.array(TodoSchema) }),
]);
export type PatchOp = z.infer<typeof PatchOpSchema>;

export const PatchSchema = z.object({ threadId: z.string(), rev: z.number(), ops: z.array(PatchOpSchema) });
export type Patch = z.infer<typeof PatchSchema>;

/** Who wrote: the agent in a turn, a person, a reflection run, or somebody whom this extension did not see. */
export const AuthorSchema = z.enum(['agent', 'person', 'reflection', 'elsewhere']);
export type Author = z.infer<typeof AuthorSchema>;

/** Where a change of memory comes from. */
export const OriginViewSchema = z.object({
  author: AuthorSchema,
  /** How, for a person to read: `Remember This`, `restore`, `memory_replace`, … */
  by: z.string(),
  /** ISO 8601. */
  at: z.string(),
  threadId: z.optional(z.string()),
  threadTitle: z.optional(z.string()),
  /** The person's message that led to it. */
  messageId: z.optional(z.string()),
  /** Nobody has confirmed it yet, and the agent had read something beside the person's words. */
  unreviewed: z.boolean(),
  /** What the agent had read, e.g. `workspace`. */
  sources: z.array(z.string()),
});
export type OriginView = z.infer<typeof OriginViewSchema>;

/** A memory block. `limit` in characters. */
export const BlockViewSchema = z.object({
  id: z.string(),
  label: z.string(),
  description: z.string(),
  value: z.string(),
  limit: z.number(),
  readOnly: z.boolean(),
  /** It goes to no model but local ones. */
  localOnly: z.optional(z.boolean()),
  /** What the agent changed last in this window, old and new text; `before` '' for an insertion, null when not known. */
  lastChange: z.optional(z.object({ before: z.nullable(z.string()), after: z.string() })),
  /** What it takes of the prompt. */
  tokens: z.optional(z.number()),
  /** Other agents have it too. */
  shared: z.optional(z.boolean()),
  /** Who changed it last. */
  changed: z.optional(OriginViewSchema),
  /** Lines that may no longer be true, with the reason. */
  unverified: z.optional(z.array(z.object({ line: z.string(), why: z.string() }))),
});
export type BlockView = z.infer<typeof BlockViewSchema>;

/** One state of a block. The newest is what stands there now. */
export const RevisionViewSchema = z.object({
  id: z.string(),
  origin: OriginViewSchema,
  /** Lines against the revision before. */
  added: z.number(),
  removed: z.number(),
  /** The first line that it added, or removed where it added none. */
  summary: z.string(),
  current: z.boolean(),
});
export type RevisionView = z.infer<typeof RevisionViewSchema>;

/** A line of a block, and why it is there. */
export const LineViewSchema = z.object({
  text: z.string(),
  /** Absent: from before this extension watched. */
  origin: z.optional(OriginViewSchema),
  /** What the person had said, shortened. */
  quote: z.optional(z.string()),
  unverified: z.optional(z.string()),
  /** `2026-12-01`, or `branch feature/x`. */
  expires: z.optional(z.string()),
});
export type LineView = z.infer<typeof LineViewSchema>;

export const ReviewKindSchema = z.enum([
  'write',
  'reflection',
  'import',
  'rules-file',
  'correction',
  'mirror',
  'project',
]);
/** A message that a proposal rests on. */
export const CiteSchema = z.object({
  threadId: z.string(),
  /** Of the person's message that began the turn; absent where it is not known. */
  messageId: z.optional(z.string()),
  who: z.enum(['person', 'agent', 'tool']),
  quote: z.string(),
});
export type Cite = z.infer<typeof CiteSchema>;
/** A change of memory that waits for a person. */
export const ReviewViewSchema = z.object({
  id: z.string(),
  kind: ReviewKindSchema,
  /** The block's label; `archive` for the archive. */
  label: z.string(),
  /** What it would replace; '' adds, null replaces all. */
  before: z.nullable(z.string()),
  after: z.string(),
  /** Why it waits, a sentence or two. */
  reason: z.string(),
  sources: z.array(z.string()),
  at: z.string(),
  threadId: z.optional(z.string()),
  threadTitle: z.optional(z.string()),
  /** The person's message that led to it. */
  messageId: z.optional(z.string()),
  /** What was said that it rests on. */
  cites: z.optional(z.array(CiteSchema)),
  /** What the model was paid for it, together with what was proposed beside it. */
  tokens: z.optional(z.number()),
});
export type ReviewView = z.infer<typeof ReviewViewSchema>;

/** An entry of the archive. */
export const PassageViewSchema = z.object({
  id: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  at: z.string(),
  /** Why it matched, e.g. `words: login, token`. */
  why: z.optional(z.string()),
});
export type PassageView = z.infer<typeof PassageViewSchema>;

/** A part of what the model would see now. */
export const ContextPartSchema = z.object({
  name: z.string(),
  tokens: z.number(),
  text: z.string(),
  /** It differs from what the model saw in the last turn. */
  changed: z.boolean(),
});
export const ContextViewSchema = z.object({
  /** Tokens; null when not known. */
  window: z.nullable(z.number()),
  total: z.number(),
  parts: z.array(ContextPartSchema),
});
export type ContextView = z.infer<typeof ContextViewSchema>;

/** A hit of the search over everything. */
export const HitViewSchema = z.object({
  kind: z.enum(['block', 'archive', 'message']),
  /** The block's label, the passage's date, or the thread's title. */
  title: z.string(),
  text: z.string(),
  at: z.optional(z.string()),
  label: z.optional(z.string()),
  passageId: z.optional(z.string()),
  threadId: z.optional(z.string()),
  messageId: z.optional(z.string()),
});
export type HitView = z.infer<typeof HitViewSchema>;

export const SkillViewSchema = z.object({
  /** The folder of the skill, absolute. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  scope: z.enum(['project', 'computer', 'agent', 'bundled']),
  /** Where it lies, shown to the person: relative to the workspace where it is inside. */
  location: z.string(),
  enabled: z.boolean(),
  /** What is wrong with it and how to mend it; a skill with problems is not offered to the model. */
  problems: z.array(z.string()),
  /** The location of the skill of the same name that wins over this one. */
  shadowedBy: z.optional(z.string()),
});
export type SkillView = z.infer<typeof SkillViewSchema>;
