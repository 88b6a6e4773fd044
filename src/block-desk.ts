// Blocks as a whole, as the Memory panel makes, changes, shares and deletes them; what is deleted can be put back for a while.
import * as vscode from 'vscode';
import type { ChatMemory } from './chat/home.ts';
import { type DeletedEntries, KEPT_MS } from './flows/deleted-entries.ts';
import type { BlockManager } from './memory/manage-blocks.ts';
import { t } from './protocol/l10n.ts';

interface BlockDeskDeps {
  blocks: BlockManager;
  /** Blocks were written. */
  changed(): Promise<void>;
  /** Tells what was done, and takes it back where the person wants that. */
  offerUndo(message: string, undo: () => Promise<void>): void;
  /** Lets go of other things that were deleted long enough ago. */
  sweep(): Promise<void>;
  log(line: string): void;
}

/** After a start, what was deleted long enough ago is looked for; not at once, the start has enough to do. */
const SWEEP_AFTER_MS = 60_000;
export class BlockDesk implements vscode.Disposable {
  private readonly deps: BlockDeskDeps;
  private readonly sweeping: NodeJS.Timeout;

  constructor(deps: BlockDeskDeps) {
    this.deps = deps;
    this.sweeping = setTimeout(() => {
      Promise.all([deps.blocks.sweep(new Date(Date.now() - KEPT_MS).toISOString()), deps.sweep()]).catch(
        (error: unknown) =>
          deps.log(`What was deleted is still there: ${error instanceof Error ? error.message : String(error)}`),
      );
    }, SWEEP_AFTER_MS);
  }

  dispose(): void {
    clearTimeout(this.sweeping);
  }

  create: ChatMemory['create'] = async (block) => {
    const made = await this.deps.blocks.create(block);
    await this.deps.changed();
    return made;
  };

  change: ChatMemory['change'] = async (blockId, change) => {
    const block = await this.deps.blocks.change(blockId, change);
    await this.deps.changed();
    return block;
  };

  async remove(blockId: string): Promise<void> {
    const { blocks, changed } = this.deps;
    const removed = await blocks.takeAway(blockId);
    await changed();
    const { label } = removed.block;
    const said = removed.shared
      ? t('Took {0} from this agent. Others still have it.', label)
      : t('Deleted the block {0}.', label);
    const undo = async () => {
      await blocks.putBack(removed);
      await changed();
    };
    this.deps.offerUndo(said, undo);
  }

  /** @param restored an entry of the archive is there again */
  async restoreDeleted(deleted: DeletedEntries, restored: () => Promise<void>): Promise<void> {
    const { restoreDeletedCommand } = await import('./commands/restore-deleted.ts');
    await restoreDeletedCommand({
      blocks: () => this.deps.blocks.takenAway(),
      entries: () => deleted.list(),
      restoreBlock: async ({ block }) => {
        await this.deps.blocks.putBack({ block, shared: false });
        await this.deps.changed();
      },
      restoreEntry: async (entry) => {
        await deleted.putBack(entry);
        await restored();
      },
    });
  }

  async attach(): Promise<void> {
    const choices = await this.deps.blocks.choices();
    if (choices.length === 0) {
      void vscode.window.showInformationMessage(t('No other agent on this home has a block that this one lacks.'));
      return;
    }
    const items = choices.map(({ block, agents }) => ({
      label: block.label,
      description: agents.join(', '),
      detail: block.description || block.value.slice(0, 100),
      block,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title: t('Share a Block of Another Agent'),
      placeHolder: t('Both agents will read and write the same block'),
      matchOnDetail: true,
    });
    if (!picked) return;
    await this.deps.blocks.attach(picked.block.id);
    await this.deps.changed();
  }
}
