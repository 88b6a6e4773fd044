// The view while the agent's home does not answer.
// @vitest-environment happy-dom
import { act, fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ABOUT, ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const HOME = 'Letta server at http://letta.example.com:8283';
const WHY = 'Nothing answers at http://letta.example.com:8283. Start the server, or check its port.';
const about = { ...ABOUT, homeLabel: HOME, homeKind: 'selfHosted' as const };

it('says which home, why, and what can be done, above every panel; it goes once the home answers', async () => {
  const { host, settle } = await openView({
    init: { about: { ...about, down: WHY } },
    snapshot: snapshotOf(ITEMS),
  });
  const notice = screen.getByRole('alert', { name: 'The agent’s home does not answer' });
  expect(notice.textContent).toContain(WHY);
  for (const tab of ['Threads', 'Memory', 'Skills', 'Chat']) {
    fireEvent.click(screen.getByRole('tab', { name: tab }));
    await settle();
    expect(screen.getByRole('alert', { name: 'The agent’s home does not answer' })).toBe(notice);
  }
  fireEvent.click(screen.getByRole('button', { name: 'Select home…' }));
  await settle();
  expect(host.asked.at(-1)?.method).toBe('home.select');
  fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  await settle();
  expect(host.asked.at(-1)?.method).toBe('home.retry');
  act(() => host.end.send('about', { about, models: [], mode: 'standard' }));
  await settle();
  expect(screen.queryByRole('alert', { name: 'The agent’s home does not answer' })).toBeNull();
});

it('asks once however often Retry is pressed', async () => {
  const { host, settle } = await openView({
    init: { about: { ...about, down: WHY } },
    handlers: { 'home.retry': () => new Promise(() => {}) },
  });
  fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  await settle();
  fireEvent.click(screen.getByRole('button', { name: 'Asking…' }));
  await settle();
  expect(host.asked.filter(({ method }) => method === 'home.retry')).toHaveLength(1);
});

it('gives the message back that could not be sent', async () => {
  const { settle } = await openView({
    init: { about: { ...about, down: WHY } },
    snapshot: snapshotOf(ITEMS),
    handlers: { send: async () => Promise.reject(new Error(`${WHY} Your message is still in the composer.`)) },
  });
  const box = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message the agent' });
  fireEvent.change(box, { target: { value: 'are you there?' } });
  fireEvent.keyDown(box, { key: 'Enter' });
  await settle();
  expect(box.value).toBe('are you there?');
  expect(screen.getByText(/Your message is still in the composer/)).toBeTruthy();
});

it('says of a list that nothing of it was seen, rather than that it is being loaded', async () => {
  const refused = async () => Promise.reject(new Error(WHY));
  const { settle } = await openView({
    init: { about: { ...about, down: WHY } },
    threads: [],
    handlers: { 'memory.list': refused, 'skills.list': refused },
  });
  for (const tab of ['Threads', 'Memory', 'Skills']) {
    fireEvent.click(screen.getByRole('tab', { name: tab }));
    await settle();
    const panel = screen.getByRole('tabpanel', { name: tab });
    expect(panel.textContent).toContain('None of this was seen here');
    expect(panel.textContent).not.toContain('Loading…');
    expect(panel.textContent).not.toContain('No threads yet');
  }
});

it('names the home above the threads that live there', async () => {
  const { settle } = await openView({ init: { about } });
  fireEvent.click(screen.getByRole('tab', { name: 'Threads' }));
  await settle();
  expect(screen.getByRole('tabpanel', { name: 'Threads' }).textContent).toContain(HOME);
});

it('offers another home where the extension could not start', async () => {
  const { host, settle } = await openView({
    handlers: { ready: async () => Promise.reject(new Error('The database was written by a newer version.')) },
  });
  fireEvent.click(screen.getByRole('button', { name: 'Select home…' }));
  await settle();
  expect(host.asked.at(-1)?.method).toBe('home.select');
});
