// Keeps what is shown for the next page, when nothing else has happened for a moment.
import type { AboutView, ModelView, PermissionMode } from '../protocol/about-views.ts';
import type { KeptView } from '../protocol/messages.ts';
import type { Snapshot } from '../protocol/thread-views.ts';
import { keptView, type ViewKeeper } from './kept-view.ts';

/** Milliseconds after the last change. */
const KEEP_AFTER_MS = 300;

export interface PageKeepingDeps {
  keeper: ViewKeeper;
  /** The shown thread; undefined while none is. */
  thread(): Snapshot | undefined;
  /** Those that editor tabs show. */
  inTabs(): Snapshot[];
  /** What stands around it, and where the home keeps it too. Rejects without a home: there is nothing new to show then. */
  around(): Promise<{
    about: AboutView;
    models: readonly ModelView[];
    mode: PermissionMode;
    keep: ((view: KeptView) => void) | undefined;
  }>;
}

export class PageKeeping {
  private readonly deps: PageKeepingDeps;
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: PageKeepingDeps) {
    this.deps = deps;
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep().catch(() => {}), KEEP_AFTER_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private async keep(): Promise<void> {
    if (!this.deps.thread()) return;
    const around = await this.deps.around();
    // What is shown while the home does not answer was kept before.
    if (around.about.down !== undefined) return;
    const thread = this.deps.thread();
    if (thread) this.deps.keeper.keep(keptView(around, thread));
    if (!around.keep) return;
    for (const each of [...this.deps.inTabs(), ...(thread ? [thread] : [])]) {
      const view = keptView(around, each);
      if (view) around.keep(view);
    }
  }
}
