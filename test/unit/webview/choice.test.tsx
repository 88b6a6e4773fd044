// Which agent works here: a quiet line while it can still be exchanged, and no word typed to one of them is lost.
// @vitest-environment happy-dom
import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ABOUT, MODELS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const empty = (threadId: string) => ({ ...snapshotOf([]), threadId });
const region = () => within(screen.getByRole('region', { name: 'About this agent' }));

it('is offered as long as nothing was said, and asks the host', async () => {
  const { host, settle } = await openView({ snapshot: empty('conv-a'), init: { about: { ...ABOUT, choice: 'new' } } });
  region().getByText(/New agent for this workspace/);
  fireEvent.click(region().getByRole('button', { name: 'Use an existing agent…' }));
  await settle();
  expect(host.asked.at(-1)).toEqual({ method: 'agent.select', params: {} });

  act(() => host.end.send('about', { about: ABOUT, models: MODELS, mode: 'standard' }));
  await settle();
  expect(region().queryByRole('button', { name: /existing agent/ })).toBeNull();
});

it('takes what was being written along to the other agent', async () => {
  const { host, app, settle } = await openView({
    snapshot: empty('conv-a'),
    init: { about: { ...ABOUT, choice: 'new' } },
  });
  const box = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message the agent' });
  fireEvent.change(box(), { target: { value: 'half a sentence' } });
  host.end.send('about', {
    about: { ...ABOUT, agentId: 'agent-other', choice: 'existing' },
    models: MODELS,
    mode: 'standard',
  });
  host.end.send('snapshot', empty('conv-b'));
  await settle();
  expect(box().value).toBe('half a sentence');
  expect(app.store.getState().drafts).toEqual({ 'conv-b': 'half a sentence' });
  region().getByRole('button', { name: 'Use another agent…' });
});
