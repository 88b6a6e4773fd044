// The one way across the webview boundary: a typed map of requests (webview to host) and events (host to webview).
import * as z from 'zod/mini';
import { AboutViewSchema, ModelViewSchema, PanelSchema, PermissionModeSchema } from './about-views.ts';
import { AttachmentSchema, AttachmentsSchema, MentionSchema, QueuedSchema, SharedViewSchema } from './attachments.ts';
import { HighlightViewSchema, MAX_COLOURED } from './code-views.ts';
import {
  BlockViewSchema,
  ContextViewSchema,
  HitViewSchema,
  LineViewSchema,
  PassageViewSchema,
  ReviewViewSchema,
  RevisionViewSchema,
} from './memory-views.ts';
import { SkillOfferSchema, SkillPreviewSchema, SkillViewSchema } from './skill-views.ts';
import { PatchSchema, PinViewSchema, ReceiptViewSchema, SnapshotSchema, ThreadListSchema } from './thread-views.ts';
import { ChangesViewSchema, ItemSchema, ItemsSchema } from './transcript-views.ts';

const Empty = z.object({});
const Text = z.string().check(z.maxLength(400_000));
const Id = z.string().check(z.minLength(1), z.maxLength(4_096));
const Label = z.string().check(z.regex(/^[\w][\w./-]{0,99}$/));
/** Characters. */
const Limit = z.number().check(z.int(), z.minimum(1), z.maximum(1_000_000));

/** All that the view needs to draw itself from nothing. */
export const InitSchema = z.object({
  about: AboutViewSchema,
  models: z.array(ModelViewSchema),
  mode: PermissionModeSchema,
  panel: PanelSchema,
  /** What gets the keyboard there, when a command opened the view. */
  focus: z.optional(z.string()),
  snapshot: SnapshotSchema,
});
export type Init = z.infer<typeof InitSchema>;

/** What the last page showed: stands in the new page, so that a person sees the thread and can write while the host starts. */
export const KeptViewSchema = z.object({
  about: AboutViewSchema,
  models: z.array(ModelViewSchema),
  mode: PermissionModeSchema,
  thread: z.object({
    threadId: z.string(),
    title: z.string(),
    items: z.array(ItemSchema),
    hasMore: z.boolean(),
    pin: z.optional(PinViewSchema),
  }),
});
export type KeptView = z.infer<typeof KeptViewSchema>;

/** A block saved, or what stands there now because the agent changed it while the person typed. */
export const SaveBlockResultSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('saved'), block: BlockViewSchema }),
  z.object({ outcome: z.literal('conflict'), block: BlockViewSchema }),
]);
export type SaveBlockResult = z.infer<typeof SaveBlockResultSchema>;

export const requests = {
  /** Sent once the view listens. `threadId`: the thread it showed before it was hidden or reloaded. */
  ready: {
    params: z.object({
      threadId: z.optional(Id),
      /** The item at the top edge there, where the person was not at its end. */
      at: z.optional(Id),
      panel: z.optional(PanelSchema),
    }),
    result: InitSchema,
  },
  /** Waits while the agent answers there. Refused, with nothing sent, where something that is attached cannot be read. */
  send: {
    params: z.object({ threadId: Id, text: Text, attached: z.optional(AttachmentsSchema) }),
    result: Empty,
  },
  /** What `@` offers for what was typed behind it. */
  'attach.find': { params: z.object({ typed: z.string().check(z.maxLength(4_096)) }), result: z.array(MentionSchema) },
  /** A file that was pasted or dropped. */
  'attach.keep': {
    params: z.object({
      name: z.string().check(z.minLength(1), z.maxLength(300)),
      base64: z.string().check(z.maxLength(7_000_000)),
    }),
    result: AttachmentSchema,
  },
  /** Files and folders that were dropped from VS Code's own views. */
  'attach.dropped': { params: z.object({ uris: z.array(Id).check(z.maxLength(20)) }), result: AttachmentsSchema },
  /** Switches a setting: whether this of the editor goes along by itself. */
  'attach.share': { params: z.object({ what: z.enum(['selection', 'openFiles']), on: z.boolean() }), result: Empty },
  /** Takes a message back that waits. */
  'queue.take': { params: z.object({ threadId: Id, id: Id }), result: QueuedSchema },
  /** Sends a message that waits: stops the answer, where one is being given. */
  'queue.now': { params: z.object({ threadId: Id, id: Id }), result: Empty },
  /** An earlier message of the person in a new thread that is forked before it: to be changed, or sent `again` as it was. */
  resend: { params: z.object({ threadId: Id, itemId: Id, again: z.boolean() }), result: Empty },
  stop: { params: z.object({ threadId: Id }), result: Empty },
  /** Finishes an interrupted answer from its last complete step. */
  continue: { params: z.object({ threadId: Id }), result: Empty },
  /** Repeats the failed step. */
  retry: { params: z.object({ threadId: Id }), result: Empty },
  decide: {
    params: z.object({
      approvalId: Id,
      decision: z.enum(['allow', 'always', 'deny']),
      /** Of a refusal, for the agent. */
      reason: z.optional(z.string().check(z.maxLength(2_000))),
    }),
    result: Empty,
  },
  /** Answers a question of the agent: indices of its options, words, or both; `skip`: neither. */
  answer: {
    params: z.object({
      questionId: Id,
      choices: z.array(z.number().check(z.int(), z.minimum(0), z.maximum(99))),
      text: z.optional(z.string().check(z.maxLength(20_000))),
      skip: z.optional(z.boolean()),
    }),
    result: Empty,
  },
  /** Brings the terminal of a command to the front, or ends the command, by the id of the call that began it. */
  'command.show': { params: z.object({ callId: Id }), result: Empty },
  'command.stop': { params: z.object({ callId: Id }), result: Empty },
  'subagent.stop': { params: z.object({ callId: Id }), result: Empty },
  /** Brings the diff of a waiting approval to the front again. */
  showDiff: { params: z.object({ approvalId: Id }), result: Empty },
  /** Keeps, undoes or opens the agent's changes in a file, or in all. */
  changes: { params: z.object({ act: z.enum(['keep', 'undo', 'open']), path: z.optional(Id) }), result: Empty },
  snapshot: { params: z.object({ threadId: Id }), result: SnapshotSchema },
  /** Older items, before the item with this id. */
  older: {
    params: z.object({ threadId: Id, before: Id }),
    result: z.object({ items: ItemsSchema, hasMore: z.boolean() }),
  },
  /** Items behind the one with this id, which ends a page from further back; `hasMore`: some are missing still. */
  newer: {
    params: z.object({ threadId: Id, after: Id }),
    result: z.object({ items: ItemsSchema, hasMore: z.boolean() }),
  },
  /** `archived`: those that were put away, instead of the others. */
  'threads.list': {
    params: z.object({
      query: Text,
      archived: z.optional(z.boolean()),
      limit: z.number().check(z.int(), z.minimum(1), z.maximum(100_000)),
    }),
    result: ThreadListSchema,
  },
  /** `messageId`: a message that has to be on the page, by the server's id; `itemId` is then that of the item it is in. */
  'threads.open': {
    params: z.object({ threadId: Id, messageId: z.optional(Id) }),
    result: z.object({ snapshot: SnapshotSchema, itemId: z.optional(Id) }),
  },
  'threads.openInEditor': { params: z.object({ threadId: Id }), result: Empty },
  'threads.new': { params: Empty, result: SnapshotSchema },
  'threads.rename': {
    params: z.object({ threadId: Id, title: z.string().check(z.minLength(1), z.maxLength(200)) }),
    result: Empty,
  },
  /** Deletes after the host offered Undo. */
  'threads.delete': { params: z.object({ threadId: Id }), result: Empty },
  /** `itemId`: up to this answer, or to before this message of the person, whose text is in the composer then. */
  'threads.fork': { params: z.object({ threadId: Id, itemId: z.optional(Id) }), result: SnapshotSchema },
  'threads.archive': { params: z.object({ threadId: Id, archived: z.boolean() }), result: Empty },
  /** Memory stays as it is now in this thread, or is no longer pinned. */
  'threads.pin': { params: z.object({ threadId: Id, pinned: z.boolean() }), result: Empty },
  /** What an answer was given with, by the id of its item; nothing where it was not kept. */
  'answer.about': {
    params: z.object({ threadId: Id, itemId: Id }),
    result: z.object({ receipt: z.optional(ReceiptViewSchema) }),
  },
  /** Opens VS Code's diff editor: a block as the answer had it, and as it is now. */
  'answer.compare': { params: z.object({ threadId: Id, itemId: Id, blockId: Id }), result: Empty },
  /** Asks the same question in a new thread that is forked before it, with another memory. */
  'answer.askAgain': {
    params: z.object({ threadId: Id, itemId: Id, memory: z.enum(['today', 'then', 'none']) }),
    result: SnapshotSchema,
  },
  /** Opens a document that traces what stands behind the answer. */
  'answer.why': { params: z.object({ threadId: Id, itemId: Id }), result: Empty },
  'memory.list': { params: Empty, result: z.array(BlockViewSchema) },
  /** `base`: the value the person started from. */
  'memory.save': { params: z.object({ blockId: Id, value: Text, base: Text }), result: SaveBlockResultSchema },
  'memory.create': {
    params: z.object({ label: Label, description: Text, value: Text, limit: Limit }),
    result: BlockViewSchema,
  },
  /** What is left out stays. A new label is a rename. */
  'memory.change': {
    params: z.object({
      blockId: Id,
      label: z.optional(Label),
      description: z.optional(Text),
      limit: z.optional(Limit),
      readOnly: z.optional(z.boolean()),
      localOnly: z.optional(z.boolean()),
    }),
    result: BlockViewSchema,
  },
  /** Deletes after the host offered Undo; a block that others share is only taken from this agent. */
  'memory.delete': { params: z.object({ blockId: Id }), result: Empty },
  /** Asks which block of another agent shall be shared. */
  'memory.attach': { params: Empty, result: Empty },
  /** Newest first; `before`: the id of the last one there. */
  'memory.history': {
    params: z.object({ blockId: Id, before: z.optional(Id) }),
    result: z.object({ revisions: z.array(RevisionViewSchema), hasMore: z.boolean() }),
  },
  /** Opens VS Code's diff editor: with the revision before, or with another one. */
  'memory.compare': { params: z.object({ blockId: Id, revisionId: Id, to: z.optional(Id) }), result: Empty },
  'memory.restore': { params: z.object({ blockId: Id, revisionId: Id }), result: BlockViewSchema },
  'memory.lines': { params: z.object({ blockId: Id }), result: z.array(LineViewSchema) },
  /** Says that lines nobody reviewed, or that may be out of date, are right; all of the block's when `line` is absent. */
  'memory.confirm': { params: z.object({ blockId: Id, line: z.optional(Text) }), result: BlockViewSchema },
  /**
   * Takes back what a call wrote, or the block's last change that nobody has reviewed. Refused where it was changed since.
   * Null: it was an entry of the archive.
   */
  'memory.undo': {
    params: z.object({ label: Text, call: z.optional(z.object({ threadId: Id, id: Id })) }),
    result: z.nullable(BlockViewSchema),
  },
  /** Asks how long a line holds: until a day, until a branch is merged or gone, for good. */
  'memory.expire': { params: z.object({ blockId: Id, line: Text }), result: BlockViewSchema },
  /** Opens the thread at a message. */
  'memory.showTurn': { params: z.object({ threadId: Id, messageId: z.optional(Id) }), result: Empty },
  'review.list': { params: Empty, result: z.array(ReviewViewSchema) },
  /** `text`: what the person made of it. */
  'review.accept': { params: z.object({ id: Id, text: z.optional(Text) }), result: Empty },
  /** Shows what it would change in VS Code's diff editor. */
  'review.compare': { params: z.object({ id: Id }), result: Empty },
  'review.reject': { params: z.object({ id: Id }), result: Empty },
  /** All of these at once, as they were proposed; the person is asked whether they mean it. */
  'review.decideAll': { params: z.object({ ids: z.array(Id), accept: z.boolean() }), result: Empty },
  'archive.list': {
    params: z.object({
      query: Text,
      tag: z.optional(z.string()),
      /** ISO dates, the last day included. */
      from: z.optional(z.string()),
      to: z.optional(z.string()),
      after: z.optional(Id),
    }),
    result: z.object({
      passages: z.array(PassageViewSchema),
      hasMore: z.boolean(),
      /** To filter by; `allTags`: there are no others. */
      tags: z.array(z.string()),
      allTags: z.boolean(),
    }),
  },
  'archive.add': { params: z.object({ text: Text, tags: z.array(z.string()) }), result: PassageViewSchema },
  /** Writes a new entry in place of an old one. */
  'archive.replace': { params: z.object({ id: Id, text: Text, tags: z.array(z.string()) }), result: PassageViewSchema },
  /** Says that an entry nobody had reviewed is right. */
  'archive.confirm': { params: z.object({ id: Id }), result: PassageViewSchema },
  /** Deletes after the host offered Undo. */
  'archive.delete': { params: z.object({ id: Id }), result: Empty },
  /** What the model would see now in the shown thread. */
  'context.show': { params: z.object({ threadId: Id }), result: ContextViewSchema },
  /** Over blocks, archive and all threads. */
  'memory.search': { params: z.object({ query: Text }), result: z.array(HitViewSchema) },
  'skills.list': { params: Empty, result: z.array(SkillViewSchema) },
  'skills.edit': { params: z.object({ skillId: Id }), result: Empty },
  'skills.new': { params: Empty, result: Empty },
  'skills.delete': { params: z.object({ skillId: Id }), result: Empty },
  'skills.enable': { params: z.object({ skillId: Id, enabled: z.boolean() }), result: Empty },
  /** Asks to which scope; a bundled one is copied. Offers Undo afterwards. */
  'skills.move': { params: z.object({ skillId: Id }), result: Empty },
  /** Shows what would be mended, and mends it when the person says so. */
  'skills.fix': { params: z.object({ skillId: Id }), result: Empty },
  /** Makes a skill of a bare script; the script stays until the person says otherwise. */
  'skills.wrap': { params: z.object({ skillId: Id }), result: Empty },
  /** Copies its folder to where the person says. */
  'skills.export': { params: z.object({ skillId: Id }), result: Empty },
  /** Earlier versions: shows what one would change, and restores it when the person says so. */
  'skills.versions': { params: z.object({ skillId: Id }), result: Empty },
  'skills.import': { params: Empty, result: Empty },
  'skills.preview': { params: z.object({ skillId: Id }), result: SkillPreviewSchema },
  /** Runs it on an example in a hidden fork of the shown thread, and shows the answer beside the one without it. */
  'skills.try': { params: z.object({ skillId: Id }), result: Empty },
  /** Asks what should be different; the revision is shown as a diff. */
  'skills.revise': { params: z.object({ skillId: Id }), result: Empty },
  /** Shows a revision that waits, or was discarded, as a diff. */
  'skills.revision': { params: z.object({ skillId: Id }), result: Empty },
  /** What the person says to the offer to learn a skill. */
  'skills.offered': { params: z.object({ answer: z.enum(['learn', 'dismiss', 'never']) }), result: Empty },
  'model.select': { params: z.object({ handle: Id }), result: Empty },
  'mode.select': { params: z.object({ mode: PermissionModeSchema }), result: Empty },
  /** Files, conversation or both as before a message of the person, by the id of its item; the host asks which. */
  restore: { params: z.object({ threadId: Id, itemId: Id }), result: Empty },
  /** `text`: of a message, or what is selected of it. `answer`: the agent wrote it. */
  remember: {
    params: z.object({ threadId: Id, text: Text.check(z.minLength(1)), answer: z.boolean() }),
    result: Empty,
  },
  /** Asks which agent works in this workspace. */
  'agent.select': { params: Empty, result: Empty },
  /** Asks the home that does not answer once more; resolves when it did, or did not. */
  'home.retry': { params: Empty, result: Empty },
  /** Asks where the agent lives. */
  'home.select': { params: Empty, result: Empty },
  /** Opens the way to a better model. */
  'model.connect': { params: Empty, result: Empty },
  /** A link in a message: http(s), or a file with an optional `#L12` or `:12:3`. The host checks it. */
  openLink: { params: z.object({ href: z.string().check(z.maxLength(4_096)) }), result: Empty },
  /** Which of these, as `openLink` takes them, name a file that is there. */
  'links.find': {
    params: z.object({ hrefs: z.array(z.string().check(z.maxLength(4_096))).check(z.maxLength(200)) }),
    result: z.array(z.boolean()),
  },
  /** Colours for a code block; null: it stays as it is. `theme`: the id that VS Code gives the page. */
  'code.highlight': {
    params: z.object({
      code: z.string().check(z.maxLength(MAX_COLOURED.characters)),
      language: z.string().check(z.maxLength(100)),
      theme: z.string().check(z.maxLength(400)),
    }),
    result: z.nullable(HighlightViewSchema),
  },
  /** Puts code where the cursor is. */
  'code.insert': { params: z.object({ text: Text }), result: Empty },
  /**
   * Proposes code as a change of a file, as the agent would; `path`: the file that the block names, else the one in front.
   * Answered as soon as the question is asked.
   */
  'code.apply': { params: z.object({ threadId: Id, text: Text, path: z.optional(Id) }), result: Empty },
  /** Runs a command in a terminal, after asking. */
  'code.run': { params: z.object({ text: Text }), result: Empty },
  /** Asks which files to attach. */
  attach: { params: Empty, result: AttachmentsSchema },
  /** Puts text on the clipboard (webviews cannot everywhere). */
  copy: { params: z.object({ text: Text }), result: Empty },
} as const;

export type Method = keyof typeof requests;
export type Params<M extends Method> = z.infer<(typeof requests)[M]['params']>;
export type Result<M extends Method> = z.infer<(typeof requests)[M]['result']>;

export const events = {
  patch: PatchSchema,
  /** The view shows this thread now. */
  snapshot: SnapshotSchema,
  about: z.object({ about: AboutViewSchema, models: z.array(ModelViewSchema), mode: PermissionModeSchema }),
  /** The list of threads changed: whoever shows it asks again. */
  threads: Empty,
  blocks: z.array(BlockViewSchema),
  skills: z.array(SkillViewSchema),
  /** The person asks for the same kind of work again: a skill could be learned from a thread. Null: no longer. */
  offer: z.nullable(SkillOfferSchema),
  reviews: z.array(ReviewViewSchema),
  changes: ChangesViewSchema,
  /** The archive changed: what is shown of it may be asked for again. */
  archive: Empty,
  /**
   * A command asks the view to show a panel; `focus` names what gets the keyboard: in Memory a block's label, `review:` for
   * what waits for review, or `archive:` with what to search for in the archive; in Chat `message:` with an item's id.
   */
  show: z.object({ panel: PanelSchema, focus: z.optional(z.string()) }),
  /** What kept the home from opening is mended: a view that could not start asks again. */
  again: Empty,
  /** What of the editor goes along with the next message. */
  shared: SharedViewSchema,
  /** Text put into the composer, e.g. by "Add Selection to Letta Chat"; never sent by itself. */
  insert: z.object({ text: z.string(), attached: z.optional(AttachmentsSchema) }),
} as const;

export type EventName = keyof typeof events;
export type EventData<E extends EventName> = z.infer<(typeof events)[E]>;

/** What travels through `postMessage`, in both directions. */
export const EnvelopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), id: z.number(), method: z.string(), params: z.unknown() }),
  z.object({ kind: z.literal('response'), id: z.number(), result: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.number(), message: z.string() }),
  z.object({ kind: z.literal('event'), event: z.string(), data: z.unknown() }),
]);
export type Envelope = z.infer<typeof EnvelopeSchema>;
