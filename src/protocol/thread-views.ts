// Threads as the view knows them: the list, pins, receipts, the snapshot of one and the patches that follow it.
import * as z from 'zod/mini';
import { QuestionViewSchema, TodoSchema } from './asking.ts';
import { QueuedSchema } from './attachments.ts';
import { ApprovalViewSchema, FailureSchema, ItemSchema, ItemsSchema, PartSchema } from './transcript-views.ts';

/** Memory as a thread is shown it, whatever becomes of it: `then`, `none` and `today` are of questions asked again. */
export const PinViewSchema = z.object({
  kind: z.enum(['pinned', 'today', 'then', 'none']),
  /** ISO 8601: of when the memory is. */
  at: z.string(),
});
export type PinView = z.infer<typeof PinViewSchema>;

/** What models were paid for, as they counted it. */
export const SpentSchema = z.object({
  /** Tokens read; `cached`: those of them that came from the provider's cache. */
  prompt: z.number(),
  cached: z.number(),
  /** Tokens written. */
  completion: z.number(),
  /** Dollars; absent where the price is not known. */
  cost: z.optional(z.number()),
});
export type Spent = z.infer<typeof SpentSchema>;

/** Of a thread: all answers that this computer has counted. */
export const ThreadSpentSchema = z.extend(SpentSchema, {
  answers: z.number(),
  /** Of them, those without a known price. */
  unpriced: z.number(),
});
export type ThreadSpent = z.infer<typeof ThreadSpentSchema>;

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
  /** Absent where the model counts nothing, or nothing was kept. */
  spent: z.optional(SpentSchema),
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
  /** Something was said there that the person has not seen. */
  unread: z.optional(z.boolean()),
  archived: z.optional(z.boolean()),
  /** What was said to the agent without a thread: it cannot be deleted. */
  isDefault: z.optional(z.boolean()),
  /** Another workspace, by name, that it was made in. */
  workspace: z.optional(z.string()),
});
export type ThreadView = z.infer<typeof ThreadViewSchema>;

/** A message in which the words of a search stand. */
export const MessageHitSchema = z.object({
  threadId: z.string(),
  /** Of the thread. */
  title: z.string(),
  messageId: z.string(),
  /** The words and what stands around them. */
  text: z.string(),
  /** ISO 8601. */
  at: z.string(),
});
export type MessageHit = z.infer<typeof MessageHitSchema>;

/** The list of threads, or what a search has found. */
export const ThreadListSchema = z.object({
  threads: z.array(ThreadViewSchema),
  hasMore: z.boolean(),
  hits: z.array(MessageHitSchema),
});
export type ThreadList = z.infer<typeof ThreadListSchema>;

/** The newest page of a thread. `rev` counts patches; a gap means: ask for a snapshot. */
export const SnapshotSchema = z.object({
  threadId: z.string(),
  title: z.string(),
  rev: z.number(),
  items: ItemsSchema,
  hasMore: z.boolean(),
  /** Id of the item behind which some are missing: those before it are a page from further back. */
  gap: z.optional(z.string()),
  running: z.boolean(),
  approvals: z.array(ApprovalViewSchema),
  questions: z.optional(z.array(QuestionViewSchema)),
  /** The thread's plan. */
  todos: z.optional(z.array(TodoSchema)),
  /** Messages that wait, the next one first. */
  queued: z.optional(z.array(QueuedSchema)),
  pin: z.optional(PinViewSchema),
  /** Tokens that the conversation had with its last step; absent while nobody has counted them. */
  tokens: z.optional(z.number()),
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
  /** Absent: they have to be counted anew. */
  z.object({ op: z.literal('tokens'), tokens: z.optional(z.number()) }),
  z.object({ op: z.literal('approvals'), approvals: z.array(ApprovalViewSchema) }),
  z.object({ op: z.literal('questions'), questions: z.array(QuestionViewSchema) }),
  z.object({ op: z.literal('todos'), todos: z.array(TodoSchema) }),
  z.object({ op: z.literal('queued'), queued: z.array(QueuedSchema) }),
]);
export type PatchOp = z.infer<typeof PatchOpSchema>;

export const PatchSchema = z.object({ threadId: z.string(), rev: z.number(), ops: z.array(PatchOpSchema) });
export type Patch = z.infer<typeof PatchSchema>;
