// What the person does while the host is still starting counts.
// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ViewEnd } from '../../../src/protocol/rpc.ts';
import { FakeHost, type Scene } from '../../../webview-ui/dev/fake-host.ts';
import { App } from '../../../webview-ui/src/app.ts';
import { Shell } from '../../../webview-ui/src/Shell.tsx';
import type { Saved } from '../../../webview-ui/src/saved.ts';
import { AppProvider } from '../../../webview-ui/src/use-app.ts';
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

describe('with what the last page showed', () => {
  const date = '2026-01-02T03:04:05.000Z';
  const kept = (threadId: string) => ({
    about: {
      agentId: 'agent-1',
      agentName: 'Letta',
      homeLabel: 'Embedded home on this computer (here)',
      homeKind: 'embedded',
      model: 'x/used',
      demo: false,
      trusted: true,
    },
    models: [],
    mode: 'standard',
    thread: {
      threadId,
      title: 'Kept',
      items: [{ kind: 'user', id: 'kept-1', text: 'Said before the reload', date }],
      hasMore: true,
    },
  });

  /** A view whose host answers nothing until `answer` is called. */
  function startWith(view: unknown, state?: Saved, scene: Scene = {}) {
    const waiting: unknown[] = [];
    const sent: { method: string; params: Record<string, unknown> }[] = [];
    let deliver = (message: unknown): void => void waiting.push(message);
    const end: ViewEnd = new ViewEnd(
      (message) => {
        const { method, params } = message as (typeof sent)[number];
        sent.push({ method, params });
        deliver(structuredClone(message));
      },
      () => {},
    );
    const app = new App(end, { getState: () => state, setState: () => {} });
    app.showKept(view);
    render(
      <AppProvider value={app}>
        <Shell />
      </AppProvider>,
    );
    const host = new FakeHost((message) => queueMicrotask(() => end.receive(structuredClone(message))), scene);
    const answer = () =>
      act(async () => {
        deliver = (message) => void host.end.receive(message);
        for (const message of waiting.splice(0)) await host.end.receive(message);
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
    return { app, answer, sent };
  }
  const box = () => screen.getByRole('textbox', { name: 'Message the agent' });

  it('shows it and takes a message before the host has answered, then shows what is true', async () => {
    const { app, answer, sent } = startWith(kept('conv-1'));
    await screen.findByText('Said before the reload');
    expect(screen.getByRole('log', { name: 'Conversation' }).getAttribute('aria-busy')).toBe('true');
    act(() => void app.start());
    fireEvent.change(box(), { target: { value: 'Written early' } });
    fireEvent.keyDown(box(), { key: 'Enter' });
    expect(sent.filter(({ method }) => method === 'send')).toEqual([
      { method: 'send', params: { threadId: 'conv-1', text: 'Written early' } },
    ]);
    await answer();
    expect(screen.getByRole('log', { name: 'Conversation' }).getAttribute('aria-busy')).toBe('false');
    expect(screen.queryByText('Said before the reload')).toBeNull();
    expect(sent.filter(({ method }) => method === 'send')).toHaveLength(1);
  });

  it('stays to be read when the start fails, and while it is tried again', async () => {
    const ready = async () => {
      throw new Error('The Letta server does not answer.');
    };
    const { app, answer } = startWith(kept('conv-1'), undefined, { handlers: { ready } });
    act(() => void app.start());
    await answer();
    screen.getByText('Letta could not start: The Letta server does not answer.');
    screen.getByText('Said before the reload');
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(screen.queryByText(/could not start/)).toBeNull();
    screen.getByText('Said before the reload');
    await answer();
    screen.getByText('Letta could not start: The Letta server does not answer.');
  });

  it('takes what was typed along when the thread is no longer there', async () => {
    const { app, answer } = startWith(kept('conv-gone'));
    act(() => void app.start());
    fireEvent.change(box(), { target: { value: 'Half a thought' } });
    await answer();
    expect(box()).toHaveProperty('value', 'Half a thought');
  });

  it('shows nothing that is older than what the page remembers, and leaves drafts with their threads', async () => {
    const drafts = { 'conv-old': 'Of another thread' };
    const saved = { panel: 'chat' as const, threadId: 'conv-1', drafts, anchors: {}, blockDrafts: {} };
    const { app, answer, sent } = startWith(kept('conv-old'), saved);
    expect(app.store.getState()).toMatchObject({ phase: 'starting', feed: { thread: undefined } });
    act(() => void app.start());
    expect(sent[0]).toMatchObject({ method: 'ready', params: { threadId: 'conv-1' } });
    await answer();
    expect(box()).toHaveProperty('value', '');
    expect(app.store.getState().drafts).toEqual(drafts);
  });

  it('leaves a draft with the thread that was kept when another one is shown by now', async () => {
    const drafts = { 'conv-old': 'Of another thread' };
    const saved = { panel: 'chat' as const, threadId: 'conv-old', drafts, anchors: {}, blockDrafts: {} };
    const { app, answer } = startWith(kept('conv-old'), saved);
    expect(box()).toHaveProperty('value', 'Of another thread');
    act(() => void app.start());
    await answer();
    expect(app.store.getState().feed.thread?.threadId).toBe('conv-1');
    expect(box()).toHaveProperty('value', '');
    expect(app.store.getState().drafts).toEqual(drafts);
  });

  it.each([null, {}, 'text', { ...kept('conv-1'), thread: {} }])('starts as ever with %j', (view) => {
    const { app } = startWith(view);
    expect(app.store.getState()).toMatchObject({ phase: 'starting', feed: { thread: undefined } });
  });
});
