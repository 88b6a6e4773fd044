// "Remember This" of one open home: notes on disk and in memory, and never a secret in either.
import type * as vscode from 'vscode';
import { Notes, type NotesDeps } from './flows/notes.ts';
import type { PendingNotes } from './flows/pending-notes.ts';
import { SOURCE_NAMES } from './flows/reasons-in-words.ts';
import type { StoredChange } from './flows/remember.ts';
import type { RunBeside } from './flows/run-beside.ts';
import type { Connection } from './letta/connection.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { INBOX, keepInInbox, undo } from './memory/changes.ts';
import { t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';
import type { MemorySource } from './protocol/sources.ts';

/** What earlier notes became, per agent. */
const NOTES_KEY = 'letta.notes';
const MAX_NOTES = 500;

export interface RememberingDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  pending: PendingNotes;
  state: Pick<vscode.Memento, 'get' | 'update'>;
  blocks(): Promise<BlockView[]>;
  runBeside: RunBeside;
  refresh(what: 'blocks' | 'archive'): Promise<void>;
  /** Writes to these blocks were taken back. */
  undone(labels: readonly string[]): void;
  reviews: NotesDeps['reviews'];
  /** Whether the workspace is. */
  trusted(): boolean;
}

export function openNotes(deps: RememberingDeps): Notes {
  const { connection, agentId, changes, state, refresh } = deps;
  const key = `${NOTES_KEY}.${agentId}`;
  const known = () => state.get<Record<string, StoredChange>>(key) ?? {};
  return new Notes({
    agentId,
    pending: deps.pending,
    blocks: deps.blocks,
    runBeside: deps.runBeside,
    // On first use: its tables are large.
    maskSecrets: async (text) => (await import('./permissions/secrets.ts')).maskSecrets(text),
    keepInInbox: async (text, sources = []) => {
      if (await holds(deps, text, sources)) return { text, held: true };
      const kept = await keepInInbox(connection, changes, agentId, text);
      await refresh(kept.archived ? 'archive' : 'blocks');
      return kept;
    },
    recall: (note) => known()[note],
    record: async (note, change) => {
      const entries = Object.entries({ ...known(), [note]: change }).slice(-MAX_NOTES);
      await state.update(key, Object.fromEntries(entries));
    },
    undo: async (change) => {
      if (change.entry === undefined) return undo(connection, changes, agentId, change);
      await (await archived()).takeNoteBack(connection, agentId, change.entry);
      return refresh('archive');
    },
    reword: async (change, text) => {
      if (change.entry === undefined) return undo(connection, changes, agentId, { ...change, before: text }, 'person');
      await (await archived()).rewordNote(connection, agentId, change.entry, text);
      return refresh('archive');
    },
    changed: async (labels) => {
      deps.undone(labels);
      await refresh('blocks');
    },
    reviews: deps.reviews,
  });
}

/** On first use: most notes find room. */
const archived = () => import('./memory/archived-note.ts');

/** Puts a note up for review that may not enter every prompt unseen. @returns whether it waits there */
async function holds(deps: RememberingDeps, text: string, sources: readonly MemorySource[]): Promise<boolean> {
  const foreign = sources.filter((source) => source !== 'person');
  if (foreign.length === 0) return false;
  const seen = foreign.map((s) => (s === 'workspace' && !deps.trusted() ? 'untrustedWorkspace' : s));
  const { decideMemoryWrite } = await import('./permissions/memory-policy.ts');
  if (decideMemoryWrite({ label: INBOX, text, seen }).decision !== 'hold') return false;
  const reviews = await deps.reviews();
  const asked = await reviews.waitingOrRejected();
  if (asked.some(({ state, after }) => state === 'waiting' && after === text)) return true;
  const reason = t('A note, word for word, from {0}.', seen.map((source) => SOURCE_NAMES[source]).join(', '));
  await reviews.propose([{ kind: 'note', label: INBOX, before: '', after: text, sources: seen, reason }]);
  return true;
}
