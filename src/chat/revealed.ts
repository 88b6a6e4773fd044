// Which approvals and questions the view was shown: no other can be answered from it, and each of them once.
import type { Patch, Snapshot } from '../protocol/thread-views.ts';

export class Revealed {
  private readonly ids = new Set<string>();

  /** Notes what a snapshot that goes to the view shows. @returns the snapshot */
  snapshot(snapshot: Snapshot): Snapshot {
    this.add(snapshot.approvals);
    this.add(snapshot.questions ?? []);
    return snapshot;
  }

  /** Notes what a patch that goes to the view shows. */
  patch({ ops }: Patch): void {
    for (const op of ops) {
      if (op.op === 'approvals') this.add(op.approvals);
      if (op.op === 'questions') this.add(op.questions);
    }
  }

  /** An answer has come. @returns whether the view had been shown what it answers, and has not answered it before */
  take(id: string): boolean {
    return this.ids.delete(id);
  }

  private add(shown: readonly { id: string }[]): void {
    for (const { id } of shown) this.ids.add(id);
  }
}
