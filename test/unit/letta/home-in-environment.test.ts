// What of the environment names a home.
import { expect, test } from 'vitest';
import { homeInEnvironment } from '../../../src/letta/home-in-environment.ts';

test.each([
  ['nothing', {}, undefined],
  ['an empty address', { LETTA_BASE_URL: ' ' }, undefined],
  ['no address', { LETTA_BASE_URL: 'file:///etc/passwd', LETTA_API_KEY: 'k' }, undefined],
  [
    'an address',
    { LETTA_BASE_URL: 'http://box:8283/' },
    { kind: 'selfHosted', url: 'http://box:8283', names: ['LETTA_BASE_URL'] },
  ],
  [
    'the other name, and a key',
    { LETTA_API_URL: 'https://box', LETTA_API_KEY: 'k' },
    { kind: 'selfHosted', url: 'https://box', key: 'k', names: ['LETTA_API_URL', 'LETTA_API_KEY'] },
  ],
  ['a key alone', { LETTA_API_KEY: 'k' }, { kind: 'cloud', key: 'k', names: ['LETTA_API_KEY'] }],
  [
    'the address of Letta Cloud',
    { LETTA_BASE_URL: 'https://api.letta.com', LETTA_API_KEY: 'k' },
    { kind: 'cloud', key: 'k', names: ['LETTA_BASE_URL', 'LETTA_API_KEY'] },
  ],
])('%s', (_, env, expected) => {
  expect(homeInEnvironment(env)).toEqual(expected);
});
