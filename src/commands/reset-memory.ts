// "Letta: Reset Memory…": puts blocks back to how a new agent has them. What stood there stays in their history.
import * as vscode from 'vscode';
import type { BlockView } from '../protocol/memory-views.ts';
import { showError } from './show-error.ts';
import { type DoneAct, tellDone } from './tell-done.ts';

export interface ResetMemoryCommandDeps {
  blocks(): Promise<BlockView[]>;
  reset(blocks: readonly BlockView[]): Promise<DoneAct>;
}

export async function resetMemoryCommand(deps: ResetMemoryCommandDeps): Promise<void> {
  const items = (await deps.blocks()).map((block) => ({
    label: block.label,
    description: `${block.readOnly ? 'read-only' : `${block.value.length} characters`}${block.shared ? ', shared with other agents' : ''}`,
    detail: block.description,
    block,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Letta: Reset Memory',
    placeHolder: 'Tick the blocks to reset',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!picked || picked.length === 0) return;
  const chosen = picked.map(({ block }) => block);
  const labels = chosen.map(({ label }) => label).join(', ');
  const shared = chosen.filter((block) => block.shared).map(({ label }) => label);
  const others = shared.length === 0 ? '' : ` Other agents have ${shared.join(', ')} too, and lose what stands there.`;
  const answer = await vscode.window.showWarningMessage(
    `Reset ${labels}?`,
    {
      modal: true,
      detail: `They go back to how a new agent has them.${others} What stands there now stays in the history of each block, where it can be restored.`,
    },
    'Reset',
  );
  if (answer !== 'Reset') return;
  const done = await deps.reset(chosen);
  void tellDone(done).catch(showError);
}
