// What is typed before the view's script runs goes on in the box that the view draws.
// @vitest-environment happy-dom
import { act } from '@testing-library/react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ViewEnd } from '../../../src/protocol/rpc.ts';
import { App } from '../../../webview-ui/src/app.ts';
import { drawOverEarly } from '../../../webview-ui/src/early.ts';
import { Shell } from '../../../webview-ui/src/Shell.tsx';
import { AppProvider } from '../../../webview-ui/src/use-app.ts';
import './view.tsx';

let app: App;
let drawn: Root | undefined;
const box = () => document.querySelector<HTMLTextAreaElement>('.composer-text:not(#early)');

function draw(): void {
  const into = document.getElementById('root');
  if (!into) throw new Error('There is no root.');
  drawn = createRoot(into);
  act(() =>
    drawn?.render(
      <AppProvider value={app}>
        <Shell />
      </AppProvider>,
    ),
  );
}

function openWith(saved: unknown): HTMLTextAreaElement {
  const host = new ViewEnd(
    () => {},
    () => {},
  );
  app = new App(host, { getState: () => saved, setState: () => {} });
  const early = document.querySelector<HTMLTextAreaElement>('#early');
  if (!early) throw new Error('There is no early box.');
  return early;
}

beforeEach(() => {
  document.body.innerHTML = '<div id="root"><textarea id="early" class="composer-text"></textarea></div>';
});
afterEach(() => {
  act(() => drawn?.unmount());
  drawn = undefined;
  app.dispose();
});

it('keeps what was typed, the keyboard and the place in the text', () => {
  const early = openWith(undefined);
  early.focus();
  early.value = 'Half a sentence';
  early.setSelectionRange(4, 6);
  drawOverEarly((text) => app.addToDraft(text), draw);
  expect(document.querySelector('#early')).toBeNull();
  expect(box()?.value).toBe('Half a sentence');
  expect(document.activeElement).toBe(box());
  expect([box()?.selectionStart, box()?.selectionEnd]).toEqual([4, 6]);
});

it('puts it behind a draft of an earlier time', () => {
  const thread = 'conversation-1';
  const early = openWith({
    panel: 'chat',
    threadId: thread,
    drafts: { [thread]: 'Earlier' },
    anchors: {},
    blockDrafts: {},
  });
  early.focus();
  early.value = 'now';
  early.setSelectionRange(3, 3);
  drawOverEarly((text) => app.addToDraft(text), draw);
  expect(box()?.value).toBe('Earlier\nnow');
  expect(box()?.selectionStart).toBe('Earlier\nnow'.length);
});

it('takes the keyboard from nobody', () => {
  openWith(undefined);
  drawOverEarly((text) => app.addToDraft(text), draw);
  expect(box()?.value).toBe('');
  expect(document.activeElement).not.toBe(box());
});
