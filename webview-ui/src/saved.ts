// What the view keeps across being hidden, reloaded or closed: panel, thread, drafts, scroll position, unsaved memory.
import './jitless.ts';
import * as z from 'zod/mini';
import { PanelSchema } from '../../src/protocol/about-views.ts';
import { AttachmentsSchema } from '../../src/protocol/attachments.ts';

/** Drafts of so many threads are kept; older ones are the least likely to be missed. */
const MAX_DRAFTS = 50;

const AnchorSchema = z.object({ itemId: z.string(), offset: z.number() });
/** The item at the top edge and how many pixels of it are above; absent means the bottom. */
export type Anchor = z.infer<typeof AnchorSchema>;

const BlockDraftSchema = z.object({ value: z.string(), base: z.string() });
/** A memory block being edited: the person's text, and the stored text that they started from or have seen since. */
export type BlockDraft = z.infer<typeof BlockDraftSchema>;

const SavedSchema = z.object({
  panel: PanelSchema,
  threadId: z.nullable(z.string()),
  drafts: z.record(z.string(), z.string()),
  anchors: z.record(z.string(), AnchorSchema),
  blockDrafts: z.record(z.string(), BlockDraftSchema),
  /** What is to go along with the drafts. */
  attached: z.optional(z.record(z.string(), AttachmentsSchema)),
});
export type Saved = z.infer<typeof SavedSchema>;

const NOTHING: Saved = { panel: 'chat', threadId: null, drafts: {}, anchors: {}, blockDrafts: {} };

/** Where VS Code keeps a webview's state: `acquireVsCodeApi()`, or a fake. */
export interface StateKeeper {
  getState(): unknown;
  setState(state: unknown): void;
}

/** @returns what was kept, or the defaults when there is nothing or an older version wrote it. */
export function readSaved(keeper: StateKeeper): Saved {
  const parsed = SavedSchema.safeParse(keeper.getState());
  return parsed.success ? parsed.data : NOTHING;
}

/** Sets an entry and forgets the ones that were set longest ago; an `undefined` value removes it. */
export function withEntry<T>(entries: Record<string, T>, key: string, value: T | undefined): Record<string, T> {
  const kept = Object.entries(entries).filter(([name]) => name !== key);
  if (value !== undefined) kept.push([key, value]);
  return Object.fromEntries(kept.slice(-MAX_DRAFTS));
}
