// Makes a window as good as new for the next case: what the last one left open, said or stored is gone.
import type { Workbench } from './workbench.ts';

/**
 * The view is open, and is at the chat afterwards. Notifications go too: else a case finds the words of the one before it.
 * @param blocks the memory blocks to empty, by label
 */
export async function tidy(window: Workbench, blocks: readonly string[]): Promise<void> {
  await window.command('Notifications: Clear All Notifications');
  await window.command('View: Close All Editors');
  await empty(window, blocks);
}

/** Empties memory blocks, by label. The view is open, and is at the chat afterwards. */
export async function empty({ letta }: Workbench, blocks: readonly string[]): Promise<void> {
  await letta.panel('Memory');
  for (const label of blocks) {
    const value = letta.blockValue(label);
    await value.waitFor();
    if ((await value.inputValue()) === '') continue;
    await value.fill('');
    const save = letta.block(label).getByRole('button', { name: 'Save' });
    await save.click();
    await save.and(letta.frame.locator(':disabled')).waitFor();
  }
  await letta.panel('Chat');
}
