// What a person reads of a text, with and without a translation.
import { afterEach, describe, expect, test } from 'vitest';
import { language, number, pieces, plural, setLanguage, t } from '../../../src/protocol/l10n.ts';

afterEach(() => setLanguage('en', undefined));

describe('without a translation', () => {
  test('the English text is shown, whatever VS Code speaks', () => {
    setLanguage('fr', undefined);
    expect(t('Stop')).toBe('Stop');
    expect(language()).toBe('en');
    expect(number(1234.5)).toBe('1,234.5');
  });

  test('values stand where the text has them; a string is written as it is, a number as an amount', () => {
    expect(t('{1} of {0}, {0}', 'a', 12_000)).toBe('12,000 of a, a');
    expect(t('{name} in line {line}', { name: 'A', line: '12000' })).toBe('A in line 12000');
  });

  test('a value that looks like a placeholder stays what it is', () => {
    expect(t('{0} and {1}', '{1}', '$&')).toBe('{1} and $&');
    expect(t('{0} and {2}', 'a')).toBe('a and {2}');
  });

  test.each([
    [0, '0 files'],
    [1, '1 file'],
    [2, '2 files'],
    [1_000, '1,000 files'],
  ])('%i', (count, text) => {
    expect(plural(count, '{0} file', '{0} files')).toBe(text);
  });
});

test('in a language that we have: its words, numbers and order', () => {
  setLanguage('de', { '{0} of {1}': 'von {1}: {0}', '{0} file': '{0} Datei', '{0} files': '{0} Dateien' });
  expect(t('{0} of {1}', 1_234.5, 'allem')).toBe('von allem: 1.234,5');
  expect(plural(1, '{0} file', '{0} files')).toBe('1 Datei');
  expect(plural(1_000, '{0} file', '{0} files')).toBe('1.000 Dateien');
  expect(pieces('{0} of {1}')).toEqual(['von ', '1', ': ', '0', '']);
});

test('a language with more than two forms has them all', () => {
  setLanguage('cs', { '{0} file': '{0} soubor', '{0} files': '{0} souborů', '{0} files#few': '{0} soubory' });
  expect([1, 2, 5].map((count) => plural(count, '{0} file', '{0} files'))).toEqual([
    '1 soubor',
    '2 soubory',
    '5 souborů',
  ]);
});
