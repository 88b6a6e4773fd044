// What the person does while the host is still starting counts.
// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ViewEnd } from '../../../src/protocol/rpc.ts';
import { FakeHost } from '../../../webview-ui/dev/fake-host.ts';
import { App, AppProvider } from '../../../webview-ui/src/app.ts';
import { Shell } from '../../../webview-ui/src/Shell.tsx';
import './view.tsx';

it('stays at the tab that was chosen before the host had answered, and shows what is in it', async () => {
  const held: unknown[] = [];
  const host = new FakeHost((message) => held.push(structuredClone(message)), {});
  const view: ViewEnd = new ViewEnd(
    (message) => queueMicrotask(() => void host.end.receive(structuredClone(message))),
    () => {},
  );
  const app = new App(view, { getState: () => undefined, setState: () => {} });
  render(
    <AppProvider value={app}>
      <Shell />
    </AppProvider>,
  );
  const deliver = () =>
    act(async () => {
      for (let i = 0; i < 5; i++) {
        for (const message of held.splice(0)) view.receive(message);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    });
  const starting = act(() => void app.start());
  fireEvent.click(screen.getByRole('tab', { name: 'Threads' }));
  await starting;
  await deliver();
  expect(screen.getByRole('tab', { name: 'Threads' }).getAttribute('aria-selected')).toBe('true');
  expect(screen.getByRole('list', { name: 'Threads' }).children.length).toBeGreaterThan(0);
});
