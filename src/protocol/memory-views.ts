// Memory as the view draws it: blocks, their history and lines, reviews, the archive, the context, hits of the search.
import * as z from 'zod/mini';
import { ThreadSpentSchema } from './thread-views.ts';

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
  'note',
  'mirror',
  'project',
  'other-agent',
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
  /** The block's label; `archive` for the archive; `skills/…`, a path, for a file of a skill. */
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
  /** A local model wrote it that could read what is kept to local models. */
  localOnly: z.optional(z.boolean()),
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
  /** It is found by local models only. */
  localOnly: z.optional(z.boolean()),
  /** Who made it, as long as nobody has confirmed it. */
  origin: z.optional(OriginViewSchema),
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
  /** What the thread's answers have cost; absent where nothing was counted. */
  spent: z.optional(ThreadSpentSchema),
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
