// @vitest-environment happy-dom
// How full the context is, in the composer's bar, and what the meter opens.
import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { CONTEXT } from '../../../webview-ui/dev/memory-fixtures.ts';
import '../../../webview-ui/src/chat/ContextDetails.tsx';
import { openView } from './view.tsx';

const meter = () => screen.getByRole('button', { name: /^Context: / });
const details = () => screen.queryByRole('region', { name: 'Context' });

describe('the context meter', () => {
  it('is named by what the last step had, and follows the thread', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
    expect(meter().getAttribute('aria-label')).toBe('Context: not counted yet');
    act(() => host.patch({ op: 'tokens', tokens: 12_300 }));
    await settle();
    expect(meter().getAttribute('aria-label')).toBe('Context: 12,300 of 128,000 tokens (10 %)');
    act(() => host.patch({ op: 'tokens' }));
    await settle();
    expect(meter().getAttribute('aria-label')).toBe('Context: not counted yet');
  });

  it('opens the parts and what was spent, sends /compact, and closes by Escape', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS, { tokens: 12_300 }) });
    meter().focus();
    fireEvent.click(meter());
    await settle();
    const section = within(details() ?? document.body);
    expect(section.getByText('About 7,412 of 32,000 tokens (23 %).')).toBeTruthy();
    expect(section.getAllByRole('term').map((term) => term.textContent)).toEqual(CONTEXT.parts.map(({ name }) => name));
    expect(
      section.getByText(
        /^Spent on 12 answers: 84,210 tokens read \(61,440 from the cache\) · 3,912 written · \$0\.0831\.$/,
      ),
    ).toBeTruthy();
    fireEvent.click(section.getByRole('button', { name: 'Compact now' }));
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'send', params: { threadId: 'conv-1', text: '/compact' } });
    fireEvent.keyDown(details() ?? document.body, { key: 'Escape' });
    expect(details()).toBeNull();
  });

  it('counts anew when a turn has ended, and does not compact while one runs', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
    fireEvent.click(meter());
    await settle();
    const counts = () => host.asked.filter(({ method }) => method === 'context.show').length;
    expect(counts()).toBe(1);
    act(() => host.patch({ op: 'running', running: true }));
    await settle();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Compact now' }).disabled).toBe(true);
    act(() => host.patch({ op: 'running', running: false }));
    await settle();
    expect(counts()).toBeGreaterThan(1);
  });

  it('is opened by the host, with the keyboard in it, and says why nothing could be counted', async () => {
    const refused = async () => Promise.reject(new Error('This server cannot tell.'));
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS), handlers: { 'context.show': refused } });
    act(() => host.end.send('show', { panel: 'chat', focus: 'context' }));
    await settle();
    expect(within(details() ?? document.body).getByText('This server cannot tell.')).toBeTruthy();
    expect(document.activeElement).toBe(details());
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('the search of threads that a command asks for', () => {
  it('stands in the box with what it finds', async () => {
    const { host, settle } = await openView({});
    act(() => host.end.send('show', { panel: 'threads', focus: 'search:parser' }));
    await settle();
    expect(screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search threads' }).value).toBe('parser');
    const asked = host.asked.filter(({ method }) => method === 'threads.list');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.params).toMatchObject({ query: 'parser', archived: false });
  });
});
