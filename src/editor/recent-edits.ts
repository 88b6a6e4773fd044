// Which files were edited last, by the person or by the agent. Told of events; knows nothing of where they come from.

export interface RecentEdit {
  /** Absolute, symlinks resolved. */
  path: string;
  by: 'person' | 'agent';
  /** Milliseconds since 1970. */
  at: number;
}

const MOST = 50;

export class RecentEdits {
  private readonly edits = new Map<string, RecentEdit>();
  /** Files that the agent is writing, and how many of its calls are. */
  private readonly writing = new Map<string, number>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** A document changed in the editor. */
  changed(path: string): void {
    this.note(path, this.writing.has(path) ? 'agent' : 'person');
  }

  /** What changes in these files meanwhile is the agent's doing. */
  async byAgent<T>(paths: readonly string[], write: () => Promise<T>): Promise<T> {
    for (const path of paths) this.writing.set(path, (this.writing.get(path) ?? 0) + 1);
    try {
      const result = await write();
      for (const path of paths) this.note(path, 'agent');
      return result;
    } finally {
      for (const path of paths) {
        const rest = (this.writing.get(path) ?? 1) - 1;
        if (rest > 0) this.writing.set(path, rest);
        else this.writing.delete(path);
      }
    }
  }

  /** Newest first. */
  list(): RecentEdit[] {
    return [...this.edits.values()].toReversed();
  }

  private note(path: string, by: RecentEdit['by']): void {
    this.edits.delete(path);
    this.edits.set(path, { path, by, at: this.now() });
    const [oldest] = this.edits.keys();
    if (oldest !== undefined && this.edits.size > MOST) this.edits.delete(oldest);
  }
}
