// What is kept of providers that were made through the API, when not all of it can be read.
import { expect, test } from 'vitest';
import { memoryVault, Providers } from '../../../src/server/models/providers.ts';

const input = { type: 'anthropic', apiKey: 'k', baseUrl: 'https://api.anthropic.com/v1' };

test('an entry that this version does not understand hides no other, and survives every change', async () => {
  const vault = memoryVault();
  const providers = new Providers(vault);
  const first = await providers.create({ ...input, name: 'first' }, () => false);
  const future = { id: 'provider-x', label: 'future', keys: ['secret-1'] };
  const unknownType = { ...first, id: 'provider-y', name: 'cloud', type: 'quantum', apiKey: 'secret-2' };
  await vault.write(JSON.stringify([future, first, unknownType]));
  expect((await providers.endpoints()).map(({ name }) => name)).toEqual(['first']);
  await providers.create({ ...input, name: 'second' }, () => false);
  await providers.update(first.id, { apiKey: 'k2' });
  expect((await providers.endpoints()).map(({ name }) => name)).toEqual(['first', 'second']);
  await providers.delete(first.id);
  const kept: unknown[] = JSON.parse((await vault.read()) ?? '');
  expect(kept).toContainEqual(future);
  expect(kept).toContainEqual(unknownType);
  expect(kept).toHaveLength(3);
});
