// What the view knows at a moment, and what it knows before the host has spoken.
import type { AboutView, ModelView, Panel, PermissionMode } from '../../src/protocol/about-views.ts';
import type { Attachment, SharedView } from '../../src/protocol/attachments.ts';
import type { BlockView, ReviewView } from '../../src/protocol/memory-views.ts';
import type { SkillOfferView, SkillView } from '../../src/protocol/skill-views.ts';
import type { ThreadList } from '../../src/protocol/thread-views.ts';
import type { ChangesView } from '../../src/protocol/transcript-views.ts';
import { EMPTY_FEED, type Feed } from './chat/feed.ts';
import type { Anchor, BlockDraft, Saved } from './saved.ts';

/** So many threads are listed at a time. */
export const LIST_PAGE = 50;

export interface AppState {
  /** `kept`: what the last page showed stands there; what the person does is handed to the host when it runs. */
  phase: 'starting' | 'kept' | 'ready' | 'failed';
  /** Why the host could not start, while `phase` is `failed`. */
  startFailure: string;
  about: AboutView | undefined;
  models: readonly ModelView[];
  mode: PermissionMode;
  panel: Panel;
  feed: Feed;
  /** A thread is being opened; its snapshot is on its way. */
  opening: boolean;
  loadingOlder: boolean;
  loadingNewer: boolean;
  /** The list of threads, or what was found; undefined while nobody has asked. */
  threads: ThreadList | undefined;
  /** What the list is asked for. */
  listed: { query: string; archived: boolean; limit: number };
  blocks: readonly BlockView[] | undefined;
  /** The agent's changes of files that wait for a decision. */
  changes: ChangesView;
  /** Changes of memory that wait for the person; undefined while nobody has asked. */
  reviews: readonly ReviewView[] | undefined;
  /** Counts the changes of the archive. */
  archiveRev: number;
  skills: readonly SkillView[] | undefined;
  /** The agent offers to learn a skill from a thread. */
  offer: SkillOfferView | null;
  /** What the host refused last, in its words. */
  problem: string | undefined;
  /** The thread that drafts belong to before the first snapshot has come. */
  savedThreadId: string | null;
  drafts: Record<string, string>;
  /** What goes along with the drafts. */
  attached: Record<string, Attachment[]>;
  /** What of the editor goes along by itself; undefined while the host has not said. */
  shared: SharedView | undefined;
  anchors: Record<string, Anchor>;
  blockDrafts: Record<string, BlockDraft>;
  /** What the person opened or closed by hand (reasoning, tool details), by key. */
  unfolded: Record<string, boolean>;
  /** What the host wants to have the keyboard; each wish is an object of its own. */
  focus: { panel: Panel; name: string | undefined } | undefined;
  /** What screen readers are told next; each message is an object of its own. */
  announcement: { text: string } | undefined;
}

export const startState = (saved: Saved): AppState => ({
  phase: 'starting',
  startFailure: '',
  about: undefined,
  models: [],
  mode: 'standard',
  panel: saved.panel,
  feed: EMPTY_FEED,
  opening: false,
  loadingOlder: false,
  loadingNewer: false,
  threads: undefined,
  listed: { query: '', archived: false, limit: LIST_PAGE },
  blocks: undefined,
  reviews: undefined,
  changes: [],
  archiveRev: 0,
  skills: undefined,
  offer: null,
  problem: undefined,
  savedThreadId: saved.threadId,
  drafts: saved.drafts,
  attached: saved.attached ?? {},
  shared: undefined,
  anchors: saved.anchors,
  blockDrafts: saved.blockDrafts,
  unfolded: {},
  focus: undefined,
  announcement: undefined,
});
