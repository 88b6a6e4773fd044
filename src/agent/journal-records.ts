// What the intent journal holds, line by line.
import * as z from 'zod/mini';
import { MemorySourceSchema } from '../protocol/sources.ts';
import { MemoryReviewSchema, ToolPartSchema } from '../protocol/transcript-views.ts';
import { PictureSchema } from '../tools/picture-note.ts';

const HashSchema = z.nullable(z.string());

/** The answer to one call as the Letta API takes it inside an approval message. */
export const AnswerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('tool'),
    tool_call_id: z.string(),
    tool_return: z.string(),
    status: z.enum(['success', 'error']),
    /** That go along with the text. */
    pictures: z.optional(z.array(PictureSchema)),
    /** For the embedded server: what it shall keep of the call's arguments, secrets masked. */
    masked_arguments: z.optional(z.string()),
  }),
  z.object({
    type: z.literal('approval'),
    tool_call_id: z.string(),
    approve: z.boolean(),
    reason: z.optional(z.string()),
    /** Of the source that the person was shown. */
    source_sha256: z.optional(z.string()),
  }),
]);
export type Answer = z.infer<typeof AnswerSchema>;

export const RecordSchema = z.discriminatedUnion('kind', [
  /** The person's message, before it is posted. `parts`: reminders, then the text. */
  z.object({
    kind: z.literal('message'),
    at: z.string(),
    otid: z.string(),
    text: z.string(),
    parts: z.array(z.string()),
    /** Where what the reminders hold came from; absent: from files of the workspace, where there are reminders. */
    sources: z.optional(z.array(MemorySourceSchema)),
    /** That go along before the text. */
    pictures: z.optional(z.array(PictureSchema)),
  }),
  /** A step of the answer was completed: the server has the message for good. */
  z.object({ kind: z.literal('answered'), otid: z.string() }),
  /** A call is about to run. `print` tells calls apart whose ids a model repeats. */
  z.object({
    kind: z.literal('intent'),
    at: z.string(),
    callId: z.string(),
    print: z.string(),
    tool: z.string(),
    changes: z.boolean(),
    /** `whole`: a folder with all that is in it. */
    targets: z.array(
      z.object({ path: z.string(), before: HashSchema, after: HashSchema, whole: z.optional(z.boolean()) }),
    ),
  }),
  /** What came of it, word for word as it will be sent, and as its card shows it. */
  z.object({
    kind: z.literal('result'),
    callId: z.string(),
    print: z.string(),
    answer: AnswerSchema,
    part: ToolPartSchema,
  }),
  z.object({ kind: z.literal('sent'), callIds: z.array(z.string()) }),
  /** What a memory call replaces, where the call itself does not say it; how its write was judged. */
  z.object({
    kind: z.literal('memory'),
    callId: z.string(),
    before: z.optional(z.string()),
    review: z.optional(MemoryReviewSchema),
  }),
  /** From here on the thread's model may have read from these. Never forgotten: what it has read stays in its context. */
  z.object({ kind: z.literal('seen'), sources: z.array(MemorySourceSchema) }),
  /** What the thread's messages up to this one show to have been read is noted; `date` as the server says it. */
  z.object({ kind: z.literal('looked'), id: z.string(), date: z.string() }),
  /** The person stopped the turn while tools ran. */
  z.object({ kind: z.literal('stopped') }),
]);
export type JournalRecord = z.infer<typeof RecordSchema>;
export type Intent = Extract<JournalRecord, { kind: 'intent' }>;
export type Result = Extract<JournalRecord, { kind: 'result' }>;
export type Looked = Omit<Extract<JournalRecord, { kind: 'looked' }>, 'kind'>;
export type Outgoing = Extract<JournalRecord, { kind: 'message' }> & { answered: boolean };
