// What the chat showed last, kept on disk: the page draws it at once, and the host corrects it as soon as it runs.
import { readFile, rm } from 'node:fs/promises';
import { writeAtomic } from '../agent/files.ts';
import type { AboutView, ModelView, PermissionMode } from '../protocol/about-views.ts';
import type { KeptView } from '../protocol/messages.ts';
import type { Snapshot } from '../protocol/thread-views.ts';
import type { Item } from '../protocol/transcript-views.ts';
import { inScript } from './in-script.ts';

/** In the extension's storage folder of the workspace. */
export const VIEW_FILE = 'view.json';

/** The newest items that fill a tall side bar; more only makes the page slower to draw. */
const MAX_ITEMS = 24;
const MAX_CHARACTERS = 96_000;

/**
 * @param owner whose view may be shown (`pageOwner`)
 * @returns a `KeptView` as JSON that may stand in a `script` element, or '' when there is none that fits
 */
export async function readView(path: string, owner: string): Promise<string> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as { owner?: unknown; view?: unknown } | null;
    if (kept?.owner !== owner || kept.view === undefined) return '';
    return inScript(kept.view);
  } catch {
    return '';
  }
}

/** Writes the view, one after the other; of several that wait the last counts. A failure costs only the head start. */
export class ViewKeeper {
  private readonly path: string;
  private readonly owner: () => string;
  private next: KeptView | null | undefined;
  private writing: Promise<void> | undefined;
  private last: KeptView | null = null;

  constructor(path: string, owner: () => string) {
    this.path = path;
    this.owner = owner;
  }

  /** `null`: nothing may be kept. */
  keep(view: KeptView | null): void {
    this.next = view;
    this.last = view;
    this.writing ??= this.write().catch(() => {});
  }

  /** The view for a page that is opened now, as `readView` would give it. */
  get latest(): string {
    return this.last === null ? '' : inScript(this.last);
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    try {
      while (this.next !== undefined) {
        const view = this.next;
        this.next = undefined;
        if (view === null) await rm(this.path, { force: true });
        else await writeAtomic(this.path, JSON.stringify({ owner: this.owner(), view }), false);
      }
    } finally {
      this.writing = undefined;
    }
  }
}

/** @returns what a page may show before the host runs; `null` when the newest message alone is too large for that */
export function keptView(
  shown: { about: AboutView; models: readonly ModelView[]; mode: PermissionMode },
  snapshot: Snapshot,
): KeptView | null {
  let room = MAX_CHARACTERS;
  const items: Item[] = [];
  // A page from further back is none of the newest.
  const newest = snapshot.items.slice(snapshot.items.findIndex(({ id }) => id === snapshot.gap) + 1);
  for (const item of newest.slice(-MAX_ITEMS).reverse()) {
    room -= JSON.stringify(item).length;
    if (room < 0) break;
    // What still runs now is cut off for a page that finds it without a host.
    items.unshift(item.kind === 'agent' && item.state === 'streaming' ? { ...item, state: 'interrupted' } : item);
  }
  if (items.length === 0 && snapshot.items.length > 0) return null;
  return {
    about: shown.about,
    // A provider may list hundreds.
    models: shown.models.filter((model) => model.handle === shown.about.model),
    mode: shown.mode,
    thread: {
      threadId: snapshot.threadId,
      title: snapshot.title,
      items,
      hasMore: snapshot.hasMore || items.length < snapshot.items.length,
      ...(snapshot.pin ? { pin: snapshot.pin } : {}),
    },
  };
}
