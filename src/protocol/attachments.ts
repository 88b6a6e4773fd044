// What goes along with a message beside its words: chips in the composer, named again in the transcript.
import * as z from 'zod/mini';

export const AttachmentKindSchema = z.enum([
  'file',
  'folder',
  'symbol',
  'selection',
  'problems',
  'openFiles',
  'changes',
  'commit',
  'terminal',
  'url',
  'thread',
  'memory',
  'skill',
  /** A file that was pasted or dropped: the host keeps a copy. */
  'copy',
]);
export type AttachmentKind = z.infer<typeof AttachmentKindSchema>;

const Label = z.string().check(z.minLength(1), z.maxLength(300));
const Line = z.number().check(z.int(), z.minimum(1));

export const AttachmentSchema = z.object({
  kind: AttachmentKindSchema,
  /** What its chip says; one line. */
  label: Label,
  /** What it stands for: a path, a commit, an address, the id of a thread or terminal, a block's label; '' where the kind says it all. */
  ref: z.string().check(z.maxLength(4_096)),
  /** First and last line, from 1. */
  lines: z.optional(z.tuple([Line, Line])),
});
export type Attachment = z.infer<typeof AttachmentSchema>;

/** Most attachments of a message. */
export const MAX_ATTACHED = 20;
export const AttachmentsSchema = z.array(AttachmentSchema).check(z.maxLength(MAX_ATTACHED));

/** One thing that `@` offers. */
export const MentionSchema = z.extend(AttachmentSchema, {
  /** Where it lies, or what it is. */
  detail: z.string(),
});
export type Mention = z.infer<typeof MentionSchema>;

/** What was sent along, as the transcript names it. */
export const SentAttachmentSchema = z.object({ kind: AttachmentKindSchema, label: z.string() });
export type SentAttachment = z.infer<typeof SentAttachmentSchema>;

/** What of the editor goes along by itself; absent: there is none of it now. `on`: as the two settings say. */
export const SharedViewSchema = z.object({
  on: z.object({ selection: z.boolean(), openFiles: z.boolean() }),
  selection: z.optional(AttachmentSchema),
  openFiles: z.optional(AttachmentSchema),
});
export type SharedView = z.infer<typeof SharedViewSchema>;

/** Same thing, whatever its chip says. */
export const sameAttachment = (a: Attachment, b: Attachment): boolean =>
  a.kind === b.kind && a.ref === b.ref && a.lines?.join() === b.lines?.join();

/** A message that waits until the answer is done. */
export const QueuedSchema = z.object({ id: z.string(), text: z.string(), attached: z.optional(AttachmentsSchema) });
export type Queued = z.infer<typeof QueuedSchema>;
