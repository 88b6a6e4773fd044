// Making, changing, sharing and taking away whole blocks; their values are `blocks.ts`.
import type { Connection } from '../letta/connection.ts';
import { keepsLocal, LOCAL_ONLY, ONCE } from '../letta/connection.ts';
import { known, LettaError } from '../letta/errors.ts';
import { countCharacters } from '../protocol/characters.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import { isSkillBlock } from './agent-skills.ts';
import { listBlocks, readBlock, toBlockView } from './blocks.ts';

export interface NewBlock {
  label: string;
  description: string;
  value: string;
  /** Characters. */
  limit: number;
  localOnly?: boolean | undefined;
}

export interface BlockChange {
  label?: string | undefined;
  description?: string | undefined;
  limit?: number | undefined;
  readOnly?: boolean | undefined;
  /** Kept to local models. */
  localOnly?: boolean | undefined;
}

/** A block of another agent that could be shared. */
export interface SharedChoice {
  block: BlockView;
  /** Names of the agents that have it. */
  agents: string[];
}

/** What was taken away, to be put back. */
export interface RemovedBlock {
  block: BlockView;
  /** It still exists, with other agents. */
  shared: boolean;
}

/** A block that was taken away from this agent. */
export interface TakenAway {
  block: BlockView;
  /** When, ISO 8601. */
  at: string;
}

/** @param next the agent's blocks as they are to be. @throws LettaError `memory_full` */
export type Grows = (next: (now: readonly BlockView[]) => readonly BlockView[]) => Promise<void>;

/** In the metadata of a block that may still be put back: the agent that it was taken from, and when. */
const TAKEN_AWAY = 'letta_vscode_taken_from';

export class BlockManager {
  private readonly connection: Connection;
  private readonly agentId: string;
  private readonly grows: Grows;

  /** `grows`: asked before blocks become more or longer; what was taken away always comes back. */
  constructor(connection: Connection, agentId: string, grows: Grows = async () => {}) {
    this.connection = connection;
    this.agentId = agentId;
    this.grows = grows;
  }

  /** @throws LettaError `bad_request` when the agent has a block of that label, or the value is too long. */
  create(block: NewBlock): Promise<BlockView> {
    return known(async () => {
      const { label, description, value, limit } = block;
      await this.grows((now) => [...now, { id: '', label, description, value, limit, readOnly: false }]);
      return this.make(block);
    });
  }

  private make({ label, description, value, limit, localOnly }: NewBlock): Promise<BlockView> {
    return known(async () => {
      await this.refuseTaken(label);
      checkFits(label, limit, value);
      if (localOnly) this.refuseElsewhere();
      const mark = localOnly ? { metadata: { [LOCAL_ONLY]: true } } : {};
      const body = { label, description, value, limit, ...mark };
      const made = toBlockView(await this.connection.client.blocks.create(body, ONCE));
      await this.share(made.id);
      return made;
    });
  }

  /**
   * @throws LettaError `bad_request` for a label that is taken, a limit below what the block holds, or `localOnly` on a home
   * that cannot promise it.
   */
  change(blockId: string, { label, description, limit, readOnly, localOnly }: BlockChange): Promise<BlockView> {
    return known(async () => {
      if (localOnly) this.refuseElsewhere();
      const block = await readBlock(this.connection, blockId);
      if (label !== undefined && label !== block.label) await this.refuseTaken(label);
      if (description !== undefined)
        await this.grows((now) => now.map((each) => (each.id === blockId ? { ...each, description } : each)));
      if (limit !== undefined) checkFits(block.label, limit, block.value);
      const body = {
        ...(label === undefined ? {} : { label }),
        ...(description === undefined ? {} : { description }),
        ...(limit === undefined ? {} : { limit }),
        ...(readOnly === undefined ? {} : { read_only: readOnly }),
        ...(localOnly === undefined ? {} : { metadata: await this.marked(blockId, LOCAL_ONLY, localOnly || null) }),
      };
      return toBlockView(await this.connection.client.blocks.update(blockId, body, ONCE));
    });
  }

  /** @throws LettaError */
  attach(blockId: string): Promise<void> {
    return known(async () => {
      const added = await readBlock(this.connection, blockId);
      await this.grows((now) => [...now, added]);
      await this.share(blockId);
    });
  }

  private share(blockId: string): Promise<void> {
    return known(async () => {
      await this.connection.client.agents.blocks.attach(blockId, { agent_id: this.agentId }, ONCE);
    });
  }

  /** Takes a block from this agent; one that no other agent has is deleted. @throws LettaError */
  async remove(blockId: string): Promise<void> {
    await this.forget(await this.takeAway(blockId));
  }

  /**
   * Takes a block from this agent. One that no other agent has is marked, and stays until `forget`: what is known of a block
   * is known by its id, so only the same one can come back with its past. @throws LettaError
   */
  takeAway(blockId: string): Promise<RemovedBlock> {
    return known(async () => {
      const block = await readBlock(this.connection, blockId);
      const others = (await this.agentsOf(blockId)).filter((agent) => agent.id !== this.agentId);
      const shared = others.length > 0;
      // Marked first: what a crash leaves behind is found again.
      if (!shared) await this.mark(blockId, TAKEN_AWAY, `${this.agentId} ${new Date().toISOString()}`);
      await this.connection.client.agents.blocks.detach(blockId, { agent_id: this.agentId }, ONCE);
      return { block, shared };
    });
  }

  /**
   * Puts back what `takeAway` took; where it has been deleted since, one with the same contents.
   * @throws LettaError `bad_request` when its label is taken by now
   */
  putBack({ block, shared }: RemovedBlock): Promise<BlockView> {
    return known(async () => {
      await this.refuseTaken(block.label);
      try {
        await this.share(block.id);
      } catch (error) {
        if (!(error instanceof LettaError && error.reason === 'not_found')) throw error;
        const made = await this.make(block);
        return block.readOnly ? this.change(made.id, { readOnly: true }) : made;
      }
      if (!shared) await this.mark(block.id, TAKEN_AWAY, null);
      return readBlock(this.connection, block.id);
    });
  }

  /** Nobody wants back what `takeAway` took: it is deleted, unless an agent has it. @throws LettaError */
  forget({ block, shared }: RemovedBlock): Promise<void> {
    return known(async () => {
      if (shared || (await this.agentsOf(block.id)).length > 0) return;
      await this.connection.client.blocks.delete(block.id, ONCE);
    });
  }

  /** What was taken from this agent, and is still there to be put back. @throws LettaError */
  takenAway(): Promise<TakenAway[]> {
    return known(async () => {
      const own = new Set((await listBlocks(this.connection, this.agentId)).map(({ id }) => id));
      const taken: TakenAway[] = [];
      for await (const raw of this.connection.client.blocks.list({ limit: 200 })) {
        const [agentId, at] = String(raw.metadata?.[TAKEN_AWAY] ?? '').split(' ');
        // A crash right behind the mark left it where it was.
        if (agentId === this.agentId && at !== undefined && !own.has(raw.id))
          taken.push({ block: toBlockView(raw), at });
      }
      return taken;
    });
  }

  /** Deletes what was taken away long enough ago. `before`: when, ISO 8601. @throws LettaError */
  async sweep(before: string): Promise<void> {
    for (const { block, at } of await this.takenAway()) if (at < before) await this.forget({ block, shared: false });
  }

  /** Blocks of other agents on this home. @throws LettaError */
  choices(): Promise<SharedChoice[]> {
    return known(async () => {
      const own = await listBlocks(this.connection, this.agentId);
      const taken = new Set(own.flatMap((block) => [block.id, block.label]));
      const page = await this.connection.client.blocks.list({ limit: 200 });
      const memory = page.items.filter((raw) => !isSkillBlock(raw)).map(toBlockView);
      const free = memory.filter((block) => !taken.has(block.id) && !taken.has(block.label));
      const choices = await Promise.all(
        free.map(async (block) => ({ block, agents: (await this.agentsOf(block.id)).map((agent) => agent.name) })),
      );
      return choices.filter((choice) => choice.agents.length > 0);
    });
  }

  /** Whether other agents have the block too. @throws LettaError */
  async isShared(blockId: string): Promise<boolean> {
    return (await known(() => this.agentsOf(blockId))).length > 1;
  }

  private async agentsOf(blockId: string): Promise<{ id: string; name: string }[]> {
    const page = await this.connection.client.blocks.agents.list(blockId, { limit: 50 });
    return page.items.map(({ id, name }) => ({ id, name }));
  }

  private async mark(blockId: string, key: string, value: string | null): Promise<void> {
    await this.connection.client.blocks.update(blockId, { metadata: await this.marked(blockId, key, value) }, ONCE);
  }

  /** The block's metadata with a mark, or without it. What others keep there stays. */
  private async marked(blockId: string, key: string, value: unknown): Promise<Record<string, unknown>> {
    const { metadata } = await this.connection.client.blocks.retrieve(blockId);
    const { [key]: _before, ...rest } = metadata ?? {};
    return value === null ? rest : { ...rest, [key]: value };
  }

  private refuseElsewhere(): void {
    if (keepsLocal(this.connection)) return;
    throw new LettaError('bad_request', {
      detail: t(
        'Only the embedded home can keep a block to local models. Here the server puts the prompt together, so nothing can be promised and nothing was changed.',
      ),
    });
  }

  private async refuseTaken(label: string): Promise<void> {
    const own = await listBlocks(this.connection, this.agentId);
    if (!own.some((block) => block.label === label)) return;
    throw new LettaError('bad_request', { detail: t('There is a block {0} already. Choose another name.', label) });
  }
}

function checkFits(label: string, limit: number, value: string): void {
  const length = countCharacters(value);
  if (length <= limit) return;
  throw new LettaError('bad_request', {
    detail: t(
      '{0} holds {1} characters, more than the limit of {2}. Shorten it or choose a higher limit.',
      label,
      length,
      limit,
    ),
  });
}
