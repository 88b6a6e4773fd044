// The way to the review: loaded with the first change, or at once where changes waited when the last window went.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Params } from './protocol/messages.ts';
import type { ChangesView } from './protocol/transcript-views.ts';
import type { Reviewing, ReviewingDeps } from './reviewing.ts';

/** By what is done: for a file, for all, for a change. */
const COMMANDS = {
  keep: ['letta.keepFile', 'letta.keepAll', 'letta.keepHunk'],
  undo: ['letta.undoFile', 'letta.undoAll', 'letta.undoHunk'],
  open: ['letta.openChanges', 'letta.openChanges'],
} as const;

export class LazyReview {
  private readonly deps: ReviewingDeps;
  private loaded: Promise<Reviewing> | undefined;

  constructor(deps: ReviewingDeps) {
    this.deps = deps;
    access(join(deps.storage, 'review', 'index.json')).then(
      () => this.load(),
      () => {},
    );
  }

  load(): Promise<Reviewing> {
    this.loaded ??= import('./reviewing.ts').then(({ Reviewing: Loaded }) => Loaded.open(this.deps));
    return this.loaded;
  }

  /** What waits; undefined while nothing can. */
  view(): Promise<ChangesView> | undefined {
    return this.loaded?.then((reviewing) => reviewing.view());
  }

  get commands(): Record<string, (...args: unknown[]) => Promise<void>> {
    const ids = new Set<string>(Object.values(COMMANDS).flat());
    return Object.fromEntries([...ids].map((id) => [id, async (...args) => (await this.load()).run(id, args)]));
  }

  async dispose(): Promise<void> {
    await this.loaded?.then((reviewing) => reviewing.dispose());
  }
}

/** The command for what the chat asks, and its arguments. */
export function changeCommand({ act, path }: Params<'changes'>): [command: string, args: unknown[]] {
  return path === undefined ? [COMMANDS[act][1], []] : [COMMANDS[act][0], [path]];
}
