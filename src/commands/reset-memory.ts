// "Letta: Reset Memory…": puts blocks back to how a new agent has them. What stood there stays in their history.
import * as vscode from 'vscode';
import { plural, t } from '../protocol/l10n.ts';
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
    description: [
      block.readOnly ? t('read-only') : plural(block.value.length, '{0} character', '{0} characters'),
      ...(block.shared ? [t('shared with other agents')] : []),
    ].join(', '),
    detail: block.description,
    block,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Letta: Reset Memory'),
    placeHolder: t('Tick the blocks to reset'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!picked || picked.length === 0) return;
  const chosen = picked.map(({ block }) => block);
  const labels = chosen.map(({ label }) => label).join(', ');
  const shared = chosen.filter((block) => block.shared).map(({ label }) => label);
  const others =
    shared.length === 0 ? [] : [t('Other agents have {0} too, and lose what stands there.', shared.join(', '))];
  const answer = await vscode.window.showWarningMessage(
    t('Reset {0}?', labels),
    {
      modal: true,
      detail: [
        t('They go back to how a new agent has them.'),
        ...others,
        t('What stands there now stays in the history of each block, where it can be restored.'),
      ].join(' '),
    },
    t('Reset'),
  );
  if (answer !== t('Reset')) return;
  const done = await deps.reset(chosen);
  void tellDone(done).catch(showError);
}
