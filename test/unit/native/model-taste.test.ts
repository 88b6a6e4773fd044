// Favourites and what was chosen last: kept on this computer, and the order of the models that comes of them.
import { describe, expect, it } from 'vitest';
import { ModelTaste } from '../../../src/native/model-taste.ts';
import type { ModelView } from '../../../src/protocol/about-views.ts';

const model = (handle: string): ModelView => ({
  handle,
  name: handle,
  provider: 'p',
  contextWindow: null,
  demo: false,
});
const MODELS = ['p/a', 'p/b', 'p/c', 'p/d'].map(model);

function make(kept: Record<string, unknown> = {}) {
  const state = {
    keys: () => Object.keys(kept),
    get: (key: string) => kept[key],
    update: async (key: string, value: unknown) => {
      kept[key] = structuredClone(value);
    },
  };
  return { taste: new ModelTaste(state as ConstructorParameters<typeof ModelTaste>[0]), kept };
}
const order = (models: readonly ModelView[]) =>
  models.map(({ handle, favourite, recent }) => `${handle}${favourite ? '*' : ''}${recent ? '!' : ''}`);

describe('ModelTaste', () => {
  it('puts favourites first, then what was chosen last, then the others as they come', async () => {
    const { taste, kept } = make();
    expect(order(taste.marked(MODELS))).toEqual(['p/a', 'p/b', 'p/c', 'p/d']);
    await taste.chose('p/b');
    await taste.chose('p/c');
    await taste.toggle('p/d');
    expect(order(taste.marked(MODELS))).toEqual(['p/d*', 'p/c!', 'p/b!', 'p/a']);
    // A window that is opened later knows it too.
    expect(order(make(kept).taste.marked(MODELS))).toEqual(['p/d*', 'p/c!', 'p/b!', 'p/a']);
    await taste.toggle('p/c');
    await taste.toggle('p/d');
    expect(order(taste.marked(taste.marked(MODELS)))).toEqual(['p/c*!', 'p/b!', 'p/a', 'p/d']);
  });

  it('remembers the last five that were chosen, each once, and forgets no star of a model that is not there now', async () => {
    const { taste, kept } = make();
    for (const handle of ['p/1', 'p/2', 'p/a', 'p/3', 'p/4', 'p/a', 'p/5']) await taste.chose(handle);
    expect(kept['letta.models.recent']).toEqual(['p/5', 'p/a', 'p/4', 'p/3', 'p/2']);
    await taste.toggle('gone/model');
    expect(order(taste.marked(MODELS))[0]).toBe('p/a!');
    expect(kept['letta.models.favourites']).toEqual(['gone/model']);
  });

  it('takes what it cannot read for nothing', () => {
    const { taste } = make({ 'letta.models.recent': 'p/a', 'letta.models.favourites': [1, 'p/b'] });
    expect(order(taste.marked(MODELS))).toEqual(['p/b*', 'p/a', 'p/c', 'p/d']);
  });
});
