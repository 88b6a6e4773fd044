// The check of the manifest's texts goes red on a text that no translator would find, and on one that a language lacks.
import { expect, test } from 'vitest';
import { findNlsProblems, readNls } from '../../../scripts/check-nls.ts';

const manifest = {
  name: 'letta-vscode',
  displayName: 'Letta',
  contributes: {
    commands: [{ command: 'letta.stop', title: '%command.stop%' }],
    languageModelTools: [{ modelDescription: 'Stops.', inputSchema: { properties: { x: { description: 'What.' } } } }],
    configuration: { properties: { 'letta.home': { enum: ['a'], enumDescriptions: ['%home.a%'] } } },
  },
};
const english = { 'command.stop': 'Stop', 'home.a': 'At `a`.' };
const de = { 'command.stop': 'Beenden', 'home.a': 'Bei `a`.' };

test('texts that are complete in every language pass; what models read stays in the manifest', () => {
  expect(findNlsProblems(manifest, english, { de })).toEqual([]);
});

test.each([
  [
    'a text in the manifest',
    { ...manifest, description: 'An agent.' },
    english,
    de,
    'description: put “An agent.” into',
  ],
  ['a text in a list', { x: { enumDescriptions: ['On.'] }, ...manifest }, english, de, 'enumDescriptions.0: put “On.”'],
  ['a key without a text', { ...manifest, title: '%title%' }, english, de, 'package.nls.json: title is missing.'],
  ['a text that nothing names', manifest, { ...english, old: 'Old' }, { ...de, old: 'Alt' }, 'old is used nowhere'],
  ['one that is not translated', manifest, english, { 'home.a': 'Bei `a`.' }, 'de.json: command.stop is missing'],
  ['one that is translated in vain', manifest, english, { ...de, old: 'Alt' }, 'de.json: old is too many'],
  ['code that was translated', manifest, english, { ...de, 'home.a': 'Bei `b`.' }, 'home.a has other code or links'],
])('%s is found', (_, changed, texts, german, expected) => {
  expect(findNlsProblems(changed, texts, { de: german }).join('\n')).toContain(expected);
});

test('a text names commands as the palette does', () => {
  const { english: texts, others } = readNls();
  const titles = Object.keys(texts).filter((key) => key.startsWith('command.'));
  for (const words of Object.values(others))
    for (const [key, text] of Object.entries(texts)) {
      const named = titles.filter((title) => text.includes(`Letta: ${texts[title]}**`));
      for (const title of named) expect(words[key]).toContain(`Letta: ${words[title]}**`);
    }
});
