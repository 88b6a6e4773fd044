// What the tree itself shows: the folders, where tests lie, how lines are indented.
import { type Citation, type Claims, cite } from './evidence.ts';
import { type CodeFile, folderOf, nameOf, type Survey } from './survey.ts';
import { Tally } from './tally.ts';

/** What folders of such a name hold; a name that is not here is not guessed. */
const HOLDS: Record<string, string> = {
  src: 'source',
  lib: 'library code',
  app: 'the application',
  apps: 'applications',
  packages: 'packages of the monorepo',
  crates: 'crates',
  cmd: 'executables',
  internal: 'packages for this module only',
  pkg: 'packages for others',
  test: 'tests',
  tests: 'tests',
  e2e: 'end-to-end tests',
  docs: 'documentation',
  scripts: 'scripts',
  migrations: 'database migrations',
  examples: 'examples',
  infra: 'infrastructure',
};

async function tree(survey: Survey, claims: Claims): Promise<void> {
  const folders = new Map<string, { all: string[]; code: CodeFile[] }>();
  for (const { path } of survey.files) {
    const top = path.includes('/') ? path.split('/')[0] : undefined;
    if (!top || top.startsWith('.')) continue;
    const known = folders.get(top) ?? { all: [], code: [] };
    known.all.push(path);
    folders.set(top, known);
  }
  for (const file of survey.code) folders.get(file.path.split('/')[0] ?? '')?.code.push(file);
  const ranked = [...folders].sort((a, b) => b[1].all.length - a[1].all.length).slice(0, 6);
  const parts: string[] = [];
  const evidence: Citation[] = [];
  for (const [folder, { all, code }] of ranked) {
    const holds = HOLDS[folder];
    if (!holds && code.length === 0) continue;
    const file = code.find((f) => f.lines.some((l) => l.trim())) ?? (await survey.text(all[0] ?? ''));
    const at = file?.lines.findIndex((line) => line.trim() !== '') ?? -1;
    if (!file || at < 0) continue;
    parts.push(holds ? `${folder}/ (${holds})` : `${folder}/`);
    evidence.push(cite(file, at));
  }
  if (parts.length >= 2) claims.add('project', 'layout', 0.6, `Folders: ${parts.join(', ')}.`, evidence);
}

const PATTERNS: readonly [pattern: string, test: RegExp][] = [
  ['*.spec', /\.spec\.\w+$/],
  ['*.test', /\.test\.\w+$/],
  ['test_*', /^test_[^/]*$/],
  ['*_test', /_test\.\w+$/],
  ['*_spec', /_spec\.\w+$/],
  ['*Test', /Tests?\.\w+$/],
];

async function tests({ code, paths, pace }: Survey, claims: Claims): Promise<void> {
  const files = code.filter((f) => f.isTest && PATTERNS.some(([, test]) => test.test(f.name)));
  const pattern = new Tally();
  const place = new Tally();
  const roots = new Set<string>();
  for (const file of files) {
    await pace.rest();
    const kind = PATTERNS.find(([, test]) => test.test(file.name))?.[0] ?? '';
    const body = file.lines.findIndex((l) =>
      /^\s*(?:describe|it|test|def test|func Test|@Test|class Test|RSpec)\b|^def test_/.test(l),
    );
    const at = () =>
      cite(
        file,
        body < 0
          ? Math.max(
              0,
              file.lines.findIndex((l) => l.trim() !== ''),
            )
          : body,
      );
    pattern.vote(`${kind}.${file.extension}`, file.path, at);
    const stem = file.name
      .replace(/[._-](?:spec|test)(?=\.\w+$)/, '')
      .replace(/^test_/, '')
      .replace(/_test(?=\.)|Tests?(?=\.(?:java|kt|cs)$)/, '');
    const folder = /(?:^|\/)__tests__$/.test(folderOf(file.path));
    const beside = [...siblings(file.folder, stem)].some((path) => path !== file.path && paths.has(path));
    const root = /^(?:.*?\/)?(?:tests?|specs?|__tests__|e2e)(?=\/|$)/.exec(file.folder)?.[0];
    if (root && !folder && !beside) roots.add(root);
    place.vote(folder ? '__tests__' : beside ? 'beside' : root ? 'folder' : 'other', file.path, at);
  }
  const named = pattern.winner(3);
  const placed = place.winner(3);
  if (!named && !placed) return;
  const [root = ''] = roots;
  const where =
    placed?.option === 'beside'
      ? 'lie beside the source they test'
      : placed?.option === '__tests__'
        ? 'lie in __tests__/ beside the source'
        : placed?.option === 'folder'
          ? roots.size === 1
            ? `lie under ${root}/, apart from the source`
            : `lie in folders named ${nameOf(root)}/, apart from the source`
          : '';
  const how = named ? `are named ${named.option}` : '';
  const said = [where, how].filter(Boolean).join(' and ');
  const winner = named ?? placed;
  if (said && winner)
    claims.add('conventions', 'testing', 0.8, `Tests ${said} (${winner.votes} of ${winner.total}).`, winner.examples);
}

const siblings = (folder: string, stem: string): string[] => {
  const base = folder === '' ? stem : `${folder}/${stem}`;
  return [base, base.replace(/\.js$/, '.ts'), base.replace(/\.ts$/, '.tsx')];
};

async function indentation({ code, pace }: Survey, claims: Claims, formatted: ReadonlySet<string>): Promise<void> {
  if (formatted.has('indent')) return;
  const tally = new Tally();
  for (const file of code) {
    // What a formatter or the language settles for everyone is no convention of this project.
    if (file.language === 'go' || file.language === 'rust' || file.language === 'python') continue;
    let previous = '';
    for (const [i, line] of file.lines.entries()) {
      const lead = /^[ \t]*/.exec(line)?.[0] ?? '';
      const body = line.slice(lead.length);
      if (body === '' || body.startsWith('*')) continue;
      // The first level is the one that shows the width.
      if (previous === '' && lead !== '') {
        const option = lead.includes('\t')
          ? 'tabs'
          : lead.length === 2 || lead.length === 4
            ? `${lead.length} spaces`
            : '';
        if (option) tally.vote(option, file.path, () => cite(file, i));
      }
      previous = lead;
    }
    await pace.rest();
  }
  const winner = tally.winner();
  if (winner)
    claims.add(
      'conventions',
      'style',
      0.6,
      `Code is indented with ${winner.option} (${winner.votes} of ${winner.total}).`,
      winner.examples,
    );
  const split = tally.split();
  if (split)
    claims.open.push({
      id: 'style.indent',
      question: `Code is indented with ${split.join(' in some places and with ')} in others. Which should new code use?`,
      options: split,
      answerPrefix: 'For new code (indentation):',
      block: 'conventions',
    });
}

export async function mineLayout(survey: Survey, claims: Claims, formatted: ReadonlySet<string>): Promise<void> {
  await tree(survey, claims);
  await tests(survey, claims);
  await indentation(survey, claims, formatted);
}
