// The check of translations goes red on a planted gap, and the texts of sources are found however they are written.
import { describe, expect, test } from 'vitest';
import { findTextProblems, textsOf } from '../../../scripts/check-l10n.ts';

const IMPORT = "import { plural, t } from '../protocol/l10n.ts';\n";
const sources = (code: string) => new Map([['src/chat/a.ts', IMPORT + code]]);

describe('texts of the sources', () => {
  test.each([
    ["t('Stop')", ['Stop']],
    ["t(\n  'Stop',\n)", ['Stop']],
    [`t("It's here")`, ["It's here"]],
    ["t('It\\'s \"here\"')", ['It\'s "here"']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source text
    ["`${t('Stop')} ${t('Go')}`", ['Stop', 'Go']],
    ["plural(files.length, '{0} file', '{0} files')", ['{0} file', '{0} files']],
    ["plural(count(files, 1), '{0} file in {1}', '{0} files in {1}', name)", ['{0} file in {1}', '{0} files in {1}']],
    ["let x = start('no'); format('no'); this.t('no')", []],
  ])('%s', (code, texts) => {
    expect(textsOf(sources(code))).toEqual({ texts: expect.any(Map), problems: [] });
    expect([...textsOf(sources(code)).texts.keys()]).toEqual(texts);
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: a source text
  test.each(['t(name)', 't(`a ${b}`)', "t(yes ? 'a' : 'b')", 'plural(1, one, other)'])('%s is refused', (code) => {
    expect(textsOf(sources(code)).problems).toEqual([expect.stringContaining('src/chat/a.ts:2')]);
  });

  test('a file that takes no texts may have a function of that name', () => {
    expect(textsOf(new Map([['src/a.ts', 'const t = (x) => x; t(name)']])).problems).toEqual([]);
  });
});

describe('translations', () => {
  const problemsOf = (code: string, bundle: Record<string, string>) =>
    findTextProblems(sources(code), 'de.json', bundle);

  test('one for each text', () => {
    expect(problemsOf("t('Stop {0}')", { 'Stop {0}': '{0} anhalten' })).toEqual([]);
  });

  test('of a plural, the forms that only another language has may be added', () => {
    const bundle = { '{0} file': '{0} soubor', '{0} files': '{0} souborů', '{0} files#few': '{0} soubory' };
    expect(problemsOf("plural(n, '{0} file', '{0} files')", bundle)).toEqual([]);
  });

  test.each([
    ["t('Stop')", {}, 'src/chat/a.ts:2: de.json has no "Stop".'],
    ['', { Stop: 'Anhalten' }, 'de.json: nothing shows "Stop".'],
    ["t('Stop')", { Stop: ' ' }, 'de.json: "Stop" is empty.'],
    [
      "t('Stop {0}', x)",
      { 'Stop {0}': 'Anhalten' },
      'de.json: "Stop {0}" has other placeholders than its translation.',
    ],
  ])('%s with %j', (code, bundle, problem) => {
    expect(problemsOf(code, bundle)).toEqual([problem]);
  });
});
