// Claims about a project as a whole: where its tests are, its continuous integration, its license, its branches, its routes.
import type { PathMention } from './claim-paths.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { baseName, folderOf, isTestPath, type Workspace } from './workspace.ts';

export async function checkProject(
  line: LineText,
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await testPlaces(line, paths, workspace)),
    ...(await workflows(line, workspace)),
    ...(await license(line, workspace)),
    ...(await branches(line, workspace)),
    ...(await routes(line, workspace)),
    ...(await missingKinds(line, workspace)),
  ];
}

const first = (path: string | undefined): Evidence[] => (path === undefined ? [] : [{ path, line: 1 }]);
const isTestFile = (path: string): boolean =>
  /[._-](?:test|spec)s?\.\w+$|(?:^|\/)test_[^/]+\.py$|(?:Test|Tests|Spec)\.\w+$/.test(path) ||
  (/(?:^|\/)(?:tests?|__tests__|spec)\//.test(path) &&
    /\.(?:rs|rb|py|ts|js|go|java|kt|cs|php)$/.test(path) &&
    !/(?:^|\/)(?:support|helpers?|fixtures?|conftest|mocks?)\b/.test(path));

/** "Tests live in test/unit", "tests stand next to the code". */
async function testPlaces(line: LineText, paths: readonly PathMention[], workspace: Workspace): Promise<Outcome[]> {
  const text = line.plain;
  const subject =
    /\b(?:tests?|specs?|test files?|unit tests?|integration tests?)\s+(?:\w+\s+)?(?:live|lives|are|is|sit|stay|stand|go|goes|belong|reside|kept|located|placed|stored|should (?:be|live|go|sit))\b/i.exec(
      text,
    );
  if (!subject) return [];
  const tests = (await workspace.files()).filter(isTestFile);
  if (tests.length === 0) return [];
  if (
    /\b(?:next to|beside|alongside|co-?located|adjacent to|in the same (?:folder|directory|file|package))\b/i.test(
      text,
    ) &&
    !/\bnot\s+(?:next|beside|along)/i.test(text)
  ) {
    // Rust keeps unit tests in the file itself.
    if (/\bsame file\b/i.test(text)) {
      for (const path of (await workspace.codeFiles()).filter((file) => file.endsWith('.rs'))) {
        const at = ((await workspace.text(path)) ?? '').split('\n').findIndex((each) => each.includes('#[cfg(test)]'));
        if (at >= 0) return [supported(`${path} holds its tests.`, { path, line: at + 1 })];
      }
      return [];
    }
    const code = new Set((await workspace.codeFiles()).filter((file) => !isTestPath(file)).map(folderOf));
    const beside = tests.filter(
      (file) => code.has(folderOf(file)) && !/(?:^|\/)(?:tests?|__tests__|spec)\//.test(file),
    );
    if (beside.length * 2 >= tests.length) return [supported('Tests stand next to the code.', ...first(beside[0]))];
    return [
      contradicted('Tests stand in a folder of their own.', ...first(tests.find((file) => !beside.includes(file)))),
    ];
  }
  const outcomes: Outcome[] = [];
  for (const { found, text: named, folder, start, polarity } of paths) {
    if (polarity !== 'there' || start < subject.index || found.length === 0) continue;
    const isFolder = folder || (await workspace.folders()).has(found[0] ?? '');
    if (!isFolder || /\b(?:for|of|covering)\s+[`'"]?$/.test(text.slice(0, start))) continue;
    const inside = tests.find((file) => found.some((each) => file.startsWith(`${each}/`)));
    outcomes.push(
      inside
        ? supported(`${named} holds tests.`, ...first(inside))
        : contradicted(`${named} holds no tests.`, ...first(tests[0])),
    );
  }
  return outcomes;
}

/** "the release workflow", "the `deploy` job" */
async function workflows(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const files = (await workspace.files()).filter((file) =>
    /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)\.gitlab-ci\.ya?ml$/.test(file),
  );
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?:\bthe|\ba|\bno)\s+[`'"]?([\w-]+)[`'"]?\s+(workflow|job|pipeline)\b|[`'"]([\w. -]+)[`'"]\s+(?:CI\s+|GitHub\s+)?(workflow|job)\b/gi,
  )) {
    const name = match[1] ?? match[3] ?? '';
    const start = match.index + match[0].indexOf(name);
    const quoted = /[`'"]/.test(match[0]);
    if (
      /^(?:ci|our|same|main|whole|new|actions|github|gitlab|usual|git|review|deployment|approval|development|this|cron|background|nightly|data|agent)$/i.test(
        name,
      ) &&
      !quoted
    )
      continue;
    let hit: Evidence | undefined;
    for (const path of files) {
      if (
        baseName(path)
          .replace(/\.\w+$/, '')
          .toLowerCase() === name.toLowerCase()
      )
        hit ??= { path, line: 1 };
      for (const { key, value, line: at } of await workspace.settings(path)) {
        if (
          (key[0] === 'name' && value.toLowerCase() === name.toLowerCase()) ||
          (key[0] === 'jobs' && key[1] === name) ||
          (key.at(-1) === 'name' && key[0] === 'jobs' && key.length === 3 && value === name)
        )
          hit ??= { path, line: at };
      }
    }
    const polarity = line.existence(start, match.index + match[0].length);
    if (polarity === 'contrast') continue;
    if (polarity === 'gone')
      outcomes.push(
        hit
          ? contradicted(`The workflow ${name} is there.`, hit)
          : supported(`There is no workflow ${name}, as the line says.`),
      );
    else if (hit) outcomes.push(supported(`The workflow ${name} is there.`, hit));
    else if (quoted && files.length > 0)
      outcomes.push(contradicted(`There is no workflow ${name}.`, ...first(files[0])));
  }
  return outcomes;
}

const LICENSES: [RegExp, RegExp][] = [
  [/\bMIT\b/, /\bMIT\b/],
  [/\bApache(?:[- ]?2(?:\.0)?)?\b/i, /Apache/i],
  [/\bAGPL/i, /AGPL|Affero/i],
  [/\bLGPL/i, /LGPL|Lesser/i],
  [/(?<![AL])\bGPL/i, /(?<!A|L)GPL|GENERAL PUBLIC LICENSE/i],
  [/\bBSD\b/, /BSD|Redistribution and use in source/],
  [/\bISC\b/, /\bISC\b/],
  [/\bMPL|Mozilla Public/i, /MPL|Mozilla Public/i],
  [/\bUnlicense\b/i, /unlicense/i],
  [/\bproprietary\b/i, /proprietary|UNLICENSED|all rights reserved/i],
];

async function license(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (!/\blicen[cs]ed?\b/i.test(line.plain)) return [];
  const claimed = LICENSES.find(([word]) => word.test(line.plain));
  if (!claimed) return [];
  const start = claimed[0].exec(line.plain)?.index ?? 0;
  const polarity = line.use(start, start + 3);
  const files = [...(await workspace.files())].sort((a, b) => a.split('/').length - b.split('/').length);
  for (const path of files.filter((file) =>
    /(?:^|\/)(?:package\.json|Cargo\.toml|pyproject\.toml|composer\.json|LICEN[CS]E(?:\.\w+)?|COPYING)$/.test(file),
  )) {
    const manifest = /\.(?:json|toml)$/.test(path);
    const stated = manifest
      ? (await workspace.settings(path)).find(({ key }) =>
          /^(?:license|project\.license(?:\.text)?|package\.license|tool\.poetry\.license)$/.test(key.join('.')),
        )
      : undefined;
    const text = manifest ? stated?.value : (await workspace.text(path))?.slice(0, 3000);
    if (!text) continue;
    const matches = claimed[1].test(text);
    const place = { path, line: stated?.line ?? 1 };
    return [
      matches === (polarity !== 'gone')
        ? supported('The license is as the line says.', place)
        : contradicted(`The license is ${manifest ? text : 'another'}.`, place),
    ];
  }
  return [];
}

/** "the default branch is main", "work happens on `develop`" */
async function branches(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const text = line.plain;
  if (!/\bbranch(?:es)?\b/i.test(text)) return [];
  const names = new Set<string>();
  for (const match of text.matchAll(
    /\b(?:default|main|primary|release|development|integration|trunk|production)?\s*branch(?:es)?\s+(?:is|are|called|named|=|:)\s+(?:called\s+|named\s+)?[`'"]?([\w./-]+)/gi,
  ))
    names.add(match[1] ?? '');
  for (const match of text.matchAll(
    /[`'"]([\w./-]+)[`'"]\s+branch\b|\bbranch\s+[`'"]([\w./-]+)[`'"]|\b(main|master|develop|dev|trunk|staging|production|release\/[\w.-]+|feature\/[\w.-]+|[\w-]+\/[\w.-]+)\s+branch\b|\bbranch\s+(main|master|develop|trunk|staging|[\w-]+\/[\w./-]+)\b|\bbranch(?:es)?\s+(?:off|from|out of)\s+[`'"]?([\w./-]+)/gi,
  )) {
    names.add(match.slice(1).find((part) => part !== undefined) ?? '');
  }
  const branch = (await workspace.facts.gitBranches?.()) ?? null;
  const outcomes: Outcome[] = [];
  for (const raw of names) {
    const name = raw.replace(/[.,;:]+$/, '');
    if (
      name === '' ||
      /^(?:a|an|the|not|per|short|feature|protected|deleted|always|named|called|merged|from|off|it|main\/master|kept|made|created|rebased|squashed|latest|your)$/i.test(
        name,
      ) ||
      /[*<{]/.test(name)
    )
      continue;
    const start = text.indexOf(name);
    const polarity = line.existence(start, start + name.length);
    if (polarity === 'contrast') continue;
    const known =
      branch === null
        ? await workflowBranch(workspace, name)
        : branch.includes(name)
          ? { path: '.git/HEAD', line: 1 }
          : undefined;
    if (branch === null && !known) continue;
    if (polarity === 'gone')
      outcomes.push(
        known
          ? contradicted(`The branch ${name} is there.`, known)
          : supported(`There is no branch ${name}, as the line says.`),
      );
    else
      outcomes.push(
        known
          ? supported(`The branch ${name} is there.`, known)
          : contradicted(`There is no branch ${name}.`, { path: '.git/HEAD', line: 1 }),
      );
  }
  return outcomes;
}

async function workflowBranch(workspace: Workspace, name: string): Promise<Evidence | undefined> {
  for (const path of (await workspace.files()).filter((file) => /\.github\/workflows\//.test(file))) {
    const found = (await workspace.settings(path)).find(({ key, value }) => key.includes('branches') && value === name);
    if (found) return { path, line: found.line };
  }
  return undefined;
}

/** "the endpoint `/health`", "`GET /users/:id`" */
async function routes(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { text, start, end } of line.spans) {
    const route = /^(?:(GET|POST|PUT|PATCH|DELETE|HEAD)\s+)?(\/[\w:{}<>[\]*./-]*)$/.exec(text);
    if (!route || /\.\w{1,4}$/.test(text)) continue;
    const told =
      route[1] !== undefined || /\b(?:endpoints?|routes?|url|handler|served|requests?|api)\b/i.test(line.plain);
    if (!told) continue;
    const path = (route[2] ?? '').replace(/\/$/, '');
    const parts = path.split('/').filter((part) => part !== '');
    const literal = parts.filter((part) => /^[\w-]+$/.test(part)).at(-1);
    if (literal === undefined) continue;
    let whole: Evidence | undefined;
    let part: Evidence | undefined;
    for (const file of await workspace.codeFiles()) {
      if (isTestPath(file)) continue;
      const lines = ((await workspace.text(file)) ?? '').split('\n');
      const has = (needle: RegExp): Evidence | undefined => {
        const index = lines.findIndex((each) => needle.test(each) && !/^\s*(?:\/\/|#|\*)/.test(each));
        return index >= 0 ? { path: file, line: index + 1 } : undefined;
      };
      whole ??= has(new RegExp(`["'\`](?:[A-Z]+ )?${path.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}/?["'\`?]`));
      part ??=
        has(new RegExp(`["'\`/]${literal}(?![\\w-])[^"'\`\\n]*["'\`]`)) ??
        (new RegExp(`(?:^|/)(?:app|pages|routes|api)/(?:.*/)?${literal}(?:/|\\.)`).test(file)
          ? { path: file, line: 1 }
          : undefined);
      if (whole) break;
    }
    const polarity = line.existence(start, end);
    const hit = whole ?? part;
    if (polarity === 'contrast') continue;
    if (polarity === 'gone')
      outcomes.push(
        whole ? contradicted(`${path} is there.`, whole) : supported(`${path} is not there, as the line says.`),
      );
    else if (hit) outcomes.push(supported(`${path} is there.`, hit));
    else if ((await workspace.codeFiles()).length > 0) outcomes.push(contradicted(`${path} is served nowhere.`));
  }
  return outcomes;
}

/** "there are no tests", "there is no CI": kinds of files rather than names. */
const KINDS: [RegExp, (path: string) => boolean][] = [
  [/\b(?:unit |automated )?tests?\b/i, isTestFile],
  [/\be2e tests?\b/i, (path) => /(?:^|\/)e2e\//.test(path)],
  [
    /\bCI\b|\bcontinuous integration\b/,
    (path) => /\.github\/workflows\/|\.gitlab-ci|\.circleci\/|Jenkinsfile|azure-pipelines|\.travis/.test(path),
  ],
  [/\b(?:database )?migrations?\b/i, (path) => /(?:^|\/)migrations?\//.test(path)],
  [/\bsnapshot(?: test| file)?s?\b/i, (path) => /\.snap$/.test(path)],
  [/\bdocs\b|\bdocumentation\b/i, (path) => /(?:^|\/)docs?\//.test(path)],
  [/\bchangelog\b/i, (path) => /(?:^|\/)CHANGELOG/i.test(path)],
  [/\block ?files?\b/i, (path) => /(?:-lock\.(?:json|yaml)|\.lock)$|(?:^|\/)go\.sum$/.test(path)],
  [/\bDocker(?:file)?s?\b/, (path) => /Dockerfile/.test(path)],
];

async function missingKinds(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match =
    /\b(?:there (?:is|are) no|has no|have no|contains no|there (?:isn't|aren't) any|does(?:n't| not) have(?: any)?)\s+([^.;,]{2,40})/i.exec(
      line.plain,
    );
  if (!match || line.spans.some(({ start }) => start > match.index) || /[/.]\w/.test(match[1] ?? '')) return [];
  const what = match[1] ?? '';
  const kind = KINDS.find(([word]) => word.test(what) && what.search(word) === 0);
  if (!kind || /\bfor\b|\bin\b/.test(what)) return [];
  const found = (await workspace.files()).find(kind[1]);
  return [
    found
      ? contradicted(`There is ${found}.`, { path: found, line: 1 })
      : supported('There is none, as the line says.'),
  ];
}
