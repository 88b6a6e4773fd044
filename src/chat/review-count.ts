// How many changes of memory wait for the person, as last counted: known before a memory store is opened for it.
import * as z from 'zod/mini';

const KEY = 'letta.reviewsWaiting';
const CountSchema = z.object({ agentId: z.string(), count: z.number() });

/** A store of the workspace. */
interface State {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export class ReviewCount {
  private readonly state: State;
  private known: z.infer<typeof CountSchema> | undefined;

  constructor(state: State) {
    this.state = state;
    this.known = CountSchema.safeParse(state.get(KEY)).data;
  }

  get count(): number {
    return this.known?.count ?? 0;
  }

  async set(agentId: string, count: number): Promise<void> {
    this.known = { agentId, count };
    await this.state.update(KEY, this.known);
  }

  /** Whether it was counted for another agent: the workspace has another one by now, or another home. */
  isOfAnother(agentId: string): boolean {
    return this.known !== undefined && this.known.agentId !== agentId;
  }
}
