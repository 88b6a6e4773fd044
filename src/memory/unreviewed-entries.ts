// Entries of the archive that the agent made after it had read more than the person's words, and that nobody has confirmed.
import type { PassageView } from '../protocol/memory-views.ts';
import { pairsOf } from './pair-entries.ts';
import type { Insertion } from './store/types.ts';
import type { MemoryStoreProxy } from './store-client.ts';

export class UnreviewedEntries {
  private readonly store: Pick<MemoryStoreProxy, 'unreviewedInsertions' | 'setReview'>;
  private readonly home: string;
  private readonly agentId: string;

  constructor(store: UnreviewedEntries['store'], home: string, agentId: string) {
    this.store = store;
    this.home = home;
    this.agentId = agentId;
  }

  /** The call that made each of these that is unreviewed, by the entry's id. @throws MemoryStoreError */
  async among(passages: readonly PassageView[]): Promise<Map<string, Insertion>> {
    const calls = (await this.of(passages)).map((call) => ({ call, text: call.text, at: Date.parse(call.at) }));
    return new Map(pairsOf(calls, passages).map(([{ call }, { id }]) => [id, call]));
  }

  /** A person has seen these words: all calls with them count as reviewed. @throws MemoryStoreError */
  async confirm(passage: PassageView): Promise<void> {
    for (const { id } of await this.of([passage])) await this.store.setReview(this.home, id, 'accepted');
  }

  private of(passages: readonly PassageView[]): Promise<Insertion[]> {
    const entries = passages.map(({ text, at }) => ({ text, at: Date.parse(at) }));
    return this.store.unreviewedInsertions(this.home, this.agentId, entries);
  }
}
