// The Memory panel with a fake host, and how its tests reach what is in it.
import { fireEvent, screen, within } from '@testing-library/react';
import type { Scene } from '../../../webview-ui/dev/fake-host.ts';
import { RICH_BLOCKS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openView } from './view.tsx';

/** Opens the Memory panel with blocks that show everything. */
export async function openMemory(scene: Scene = {}) {
  const view = await openView({ init: { panel: 'memory' }, blocks: RICH_BLOCKS, ...scene });
  await screen.findAllByRole('region');
  await view.settle();
  const asked = (method: string) => view.host.asked.filter((a) => a.method === method).map((a) => a.params);
  const press = async (scope: ReturnType<typeof within>, name: string | RegExp, at = 0) => {
    // Whether it is hidden is not asked: this DOM takes seconds to tell it of a long list.
    const button = scope.getAllByRole('button', { name, hidden: true })[at];
    if (!button) throw new Error(`No button ${name}`);
    fireEvent.click(button);
    await view.settle();
  };
  const block = (label: string) => within(screen.getByRole('region', { name: label }));
  const list = (name: string | RegExp) => within(screen.getByRole('list', { name }));
  return { view, asked, press, block, list };
}

/** Everything that is on the page. */
export const page = () => within(document.body);

/** What screen readers were told last. */
export const said = () =>
  screen
    .getAllByRole('status')
    .map((status) => status.textContent)
    .join(' ');
