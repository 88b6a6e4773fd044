// Corrections on their way to memory: proposals for the review list, each once. Loaded with the first correction.
import { type Correction, folded, type Rewritten, rewritten, tookBack } from './flows/corrections.ts';
import type { StoredChange } from './flows/remember.ts';
import type { Connection } from './letta/connection.ts';
import { listBlocks } from './memory/blocks.ts';
import type { NewReview } from './memory/store/types.ts';
import { maskSecrets } from './permissions/secrets.ts';
import { t } from './protocol/l10n.ts';

/** The review list, as far as corrections need it. */
export interface Proposals {
  waitingOrRejected(): Promise<readonly { after: string }[]>;
  propose(proposals: readonly Omit<NewReview, 'agentId'>[]): Promise<unknown>;
}

export interface CorrectingDeps {
  connection: Connection;
  agentId: string;
  reviews: Proposals;
}

export class Correcting {
  private readonly deps: CorrectingDeps;
  /** One after the other, so that of two alike the second finds the first. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(deps: CorrectingDeps) {
    this.deps = deps;
  }

  /** @returns what became of it, for the person */
  async tookBack(change: StoredChange, why: string): Promise<string> {
    const added = await this.propose(tookBack(change, why));
    return added
      ? t('Waits in Memory for your review: {0}', why)
      : t('Memory, or what waits for your review, says so already.');
  }

  /** What the person wrote otherwise in files that the agent had written in a turn of that thread. @throws LettaError */
  async rewrote(threadId: string, files: readonly Rewritten[]): Promise<void> {
    const found = rewritten(files);
    if (found) await this.propose(found, threadId);
  }

  /**
   * Puts a line up for review, unless memory says it, it waits, or the person turned it down once. @returns whether it was new
   * @throws LettaError
   */
  propose(correction: Correction, threadId?: string): Promise<boolean> {
    const proposing = this.tail.then(() => this.proposeNow(correction, threadId));
    this.tail = proposing.catch(() => {});
    return proposing;
  }

  private async proposeNow({ label, line, gist, reason }: Correction, threadId?: string): Promise<boolean> {
    const { connection, agentId, reviews } = this.deps;
    const says = (text: string): boolean => folded(text).includes(gist);
    const blocks = await listBlocks(connection, agentId);
    if (blocks.some(({ value }) => says(value))) return false;
    if ((await reviews.waitingOrRejected()).some(({ after }) => says(after))) return false;
    await reviews.propose([
      {
        kind: 'correction',
        label,
        before: '',
        after: maskSecrets(line),
        reason: maskSecrets(reason),
        sources: [],
        ...(threadId ? { threadId } : {}),
      },
    ]);
    return true;
  }
}
