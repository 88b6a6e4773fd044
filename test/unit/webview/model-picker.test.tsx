// @vitest-environment happy-dom
// The model picker in the composer's bar: favourites first, few models at once, and the way to all of them.
import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ModelView } from '../../../src/protocol/about-views.ts';
import { ABOUT } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const picker = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Model' });
const model = (n: number, more: Partial<ModelView> = {}): ModelView => ({
  ...{ handle: `p/m${n}`, name: `m${n}`, provider: 'p', contextWindow: null, demo: false },
  ...more,
});
const names = () =>
  within(picker())
    .getAllByRole('option')
    .map((option) => option.textContent);
const about = { ...ABOUT, model: 'p/m30', demo: false };

describe('the model picker', () => {
  it('lists favourites, those chosen last and the one in use where there are many, and leads to all', async () => {
    const many = Array.from({ length: 40 }, (_, n) => model(n));
    const models = [
      model(7, { favourite: true }),
      model(9, { recent: true }),
      ...many.filter((_, n) => n !== 7 && n !== 9),
    ];
    const { host, settle } = await openView({ init: { about, models } });
    expect(names()).toEqual(['m7', 'm9', 'm30', 'All models…']);
    expect(picker().value).toBe('p/m30');
    expect([...picker().querySelectorAll('optgroup')].map(({ label }) => label)).toEqual(['Favourites', 'Chosen last']);
    fireEvent.change(picker(), { target: { value: 'all' } });
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'send', params: { threadId: 'conv-1', text: '/model' } });
    expect(picker().value).toBe('p/m30');
    fireEvent.change(picker(), { target: { value: 'p/m7' } });
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'model.select', params: { handle: 'p/m7' } });
  });

  it('lists all where there are few', async () => {
    const models = [model(1), model(2), model(3, { handle: 'q/m2', name: 'm2', provider: 'q' })];
    const { host, settle } = await openView({ init: { about: { ...about, model: 'p/m1' }, models } });
    expect(names()).toEqual(['m1', 'm2 (p)', 'm2 (q)', 'All models…']);
    expect(picker().querySelector('optgroup')).toBeNull();
    act(() => host.end.send('about', { about, models: [], mode: 'standard' }));
    await settle();
    expect(names()).toEqual(['p/m30']);
  });
});
