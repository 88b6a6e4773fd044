// Claims about a project as a whole: where its tests are, its license, its branches, and what it has none of.
import type { PathMention } from './claim-paths.ts';
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { folderOf, isTestPath, type Workspace } from './workspace.ts';

export async function checkProject(
  line: LineText,
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await testPlaces(line, paths, workspace)),
    ...(await license(line, workspace)),
    ...(await branches(line, workspace)),
    ...(await missingKinds(line, workspace)),
    ...(await conventions(line, workspace)),
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
        : absent(`${named} holds no tests.`, ...first(tests[0])),
    );
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
  const alone = /^\s*[-*]?\s*(?:the\s+)?[\w.-]+(?:\s+\d\.\d)?(?:\s+only)?\s*[.]?\s*$/i.test(line.plain);
  if (!alone && !/\blicen[cs]ed?\b/i.test(line.plain)) return [];
  const claimed = LICENSES.find(([word]) => word.test(line.plain));
  if (!claimed) return [];
  const start = claimed[0].exec(line.plain)?.index ?? 0;
  const polarity = line.use(start, start + 3);
  const files = [...(await workspace.files())].sort((a, b) => a.split('/').length - b.split('/').length);
  for (const path of files.filter((file) =>
    /(?:^|\/)(?:package\.json|Cargo\.toml|pyproject\.toml|composer\.json|LICEN[CS]E(?:[.-]\w+)?|COPYING)$/.test(file),
  )) {
    const manifest = /\.(?:json|toml)$/.test(path);
    const stated = manifest
      ? (await workspace.settings(path)).find(({ key }) =>
          /^(?:license|project\.license(?:\.text)?|(?:workspace\.)?package\.license|tool\.poetry\.license)$/.test(
            key.join('.'),
          ),
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
  const names = new Set<string>();
  for (const match of text.matchAll(
    /\b(?:PRs?|pull requests?|merge requests?|MRs?|merge[sd]?|rebase[sd]?|push(?:es)?|commits?|deploys?|releases?|cut|branch)\b[^.;,]{0,40}?\b(?:against|into|to|onto|from|off|target(?:s|ing)?)\s+[`'"]?(main|master|develop|dev|trunk|staging|production|release\/[\w.-]+)\b(?![\w/-]|\s+(?:server|environment|cluster|database|users?|machine|app)\b)/gi,
  ))
    if (!/^(?:staging|production|dev)$/i.test(match[1] ?? '') || /\bPRs?\b|pull request/i.test(match[0]))
      names.add(match[1] ?? '');
  const known = (await workspace.facts.gitBranches?.()) ?? [];
  // "release/5.4 has been cut": where others of that kind are branches.
  for (const [name] of text.matchAll(/(?<![\w./-])(?:release|hotfix|feature|support)\/[\w.-]*\w/g))
    if (known.some((each) => each.startsWith(`${name.split('/')[0]}/`))) names.add(name);
  if (names.size === 0 && !/\bbranch(?:es)?\b/i.test(text)) return [];
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

/** "there are no tests", "there is no CI": kinds of files rather than names. */
const KINDS: [RegExp, (path: string) => boolean][] = [
  [/\b(?:unit |automated )?tests?\b/i, isTestFile],
  [
    /\b(?:e2e|end-to-end) tests?\b/i,
    (path) => /(?:^|\/)(?:e2e|cypress)\/|(?:^|\/)(?:playwright|cypress|wdio)\.config\.\w+$|\.e2e[.-]/.test(path),
  ],
  [
    /\bpre-?commit(?: hooks?)?\b/i,
    (path) => /(?:^|\/)(?:\.pre-commit-config\.yaml$|\.husky\/|\.?lefthook\.ya?ml$)/.test(path),
  ],
  [
    /\b(?:Kubernetes|k8s|Helm)\b/i,
    (path) => /(?:^|\/)(?:k8s|kubernetes|helm|charts)\/|(?:^|\/)(?:Chart|kustomization)\.ya?ml$/.test(path),
  ],
  [/\bdocker[- ]compose\b/i, (path) => /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/.test(path)],
  [
    /\bCI\b|\bcontinuous integration\b/,
    (path) => /\.github\/workflows\/|\.gitlab-ci|\.circleci\/|Jenkinsfile|azure-pipelines|\.travis/.test(path),
  ],
  [/\b(?:database )?migrations?\b/i, (path) => /(?:^|\/)migrations?\//.test(path)],
  [/\bsnapshot(?: test| file)?s?\b/i, (path) => /\.snap$/.test(path)],
  [/\bbench(?:mark)?s?\b/i, (path) => /(?:^|\/)bench(?:es|marks?)?\/|[._]bench\.\w+$/.test(path)],
  [/\bdocs\b|\bdocumentation\b/i, (path) => /(?:^|\/)docs?\//.test(path)],
  [/\bchangelog\b/i, (path) => /(?:^|\/)CHANGELOG/i.test(path)],
  [/\block ?files?\b/i, (path) => /(?:-lock\.(?:json|yaml)|\.lock)$|(?:^|\/)go\.sum$/.test(path)],
  [/\bDocker(?:file)?s?\b/, (path) => /Dockerfile/.test(path)],
];

async function missingKinds(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match =
    /\b(?:there (?:is|are) no|has no|have no|contains no|there (?:isn't|aren't) any|does(?:n't| not) have(?: any)?)\s+([^.;,]{2,40})/i.exec(
      line.plain,
    ) ?? /^[\s*-]*no\s+([^.;,]{2,40}?)\s+(?:here|yet)[.!]?\s*$/i.exec(line.plain);
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

/** Ways to work that have a name: true where the project says so itself. */
const NAMED_WAYS: [RegExp, RegExp][] = [
  [/\bconventional commits?\b/i, /conventional[ -]?commits?|commitlint|config-conventional/i],
  [/\bsemantic versioning\b|\bsemver\b/i, /semantic versioning|semver/i],
  [/\bkeep a changelog\b/i, /keep a changelog|keepachangelog/i],
  [/\btrunk[- ]based\b/i, /trunk[- ]based/i],
];

async function conventions(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const way = NAMED_WAYS.find(([word]) => word.test(line.plain));
  if (!way || line.use(line.plain.search(way[0]), line.plain.length) !== 'there') return [];
  const files = (await workspace.files()).filter((file) =>
    /(?:^|\/)(?:CONTRIBUTING|README|CHANGELOG|AGENTS|CLAUDE)[\w.]*$|commitlint|package\.json$|\.pre-commit-config\.yaml$/i.test(
      file,
    ),
  );
  for (const path of files) {
    const index = ((await workspace.text(path)) ?? '').split('\n').findIndex((each) => way[1].test(each));
    if (index >= 0) return [supported(`${path} says so.`, { path, line: index + 1 })];
  }
  return [];
}
