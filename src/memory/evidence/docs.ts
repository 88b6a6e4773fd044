// What people wrote down themselves: the README's first sentence, rules for contributors and agents, the changelog's format.
import { type Citation, type Claims, cite, type TextFile } from './evidence.ts';
import { find } from './packages.ts';
import { nameOf, type Survey } from './survey.ts';

const RULES = [
  'AGENTS.md',
  'CLAUDE.md',
  'CONTRIBUTING.md',
  '.github/CONTRIBUTING.md',
  'docs/CONTRIBUTING.md',
  '.github/copilot-instructions.md',
];
const MAX_RULES = 12;
const MAX_RULE = 200;
/** A rule says what to do; other bullets describe. */
const RULE =
  /\b(?:always|never|must|should|do not|don't|avoid|prefer|use|keep|only|no|every|each|all|before|run|write|add|put)\b/i;

async function purpose(survey: Survey, claims: Claims): Promise<void> {
  // Of a README's first lines a machine can't tell the purpose from thanks to sponsors; a manifest says nothing else there.
  const described =
    find(await survey.text('package.json'), /^\s*"description"\s*:\s*"\S/) ??
    find(await survey.text('pyproject.toml'), /^description\s*=\s*"\S/) ??
    find(await survey.text('Cargo.toml'), /^description\s*=\s*"\S/) ??
    find(await survey.text('composer.json'), /^\s*"description"\s*:\s*"\S/);
  const said = /[:=]\s*"(.+?)"/.exec(described?.text ?? '')?.[1];
  if (said) {
    claims.add('project', 'purpose', 0.9, `Purpose: ${said.replace(/[.]?$/, '.')}`, [described]);
    return;
  }
  const path = [...survey.paths].find((p) => /^readme(?:\.(?:md|rst|txt|adoc))?$/i.test(p));
  const file = path ? await survey.text(path) : null;
  let inFence = false;
  const at = file?.lines.slice(0, 60).findIndex((raw) => {
    const line = raw.trim();
    if (line.startsWith('```')) inFence = !inFence;
    const isText = /^[A-Z*_`]/.test(line) && !/^[-*+]\s|^\*\*\*|^---|^===|<\w+|sponsor/i.test(line);
    return !inFence && isText && line.split(' ').length >= 4;
  });
  if (!file || at === undefined || at < 0) return;
  const first = cite(file, at);
  // Sentences run over line ends; the next line may end this one.
  const paragraph = [first.text, ...file.lines.slice(at + 1, at + 4).map((line) => line.trim())];
  const until = paragraph.indexOf('');
  const text = paragraph.slice(0, until < 0 ? paragraph.length : until).join(' ');
  const sentence = /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? first.text;
  claims.add('project', 'purpose', 0.9, `Purpose: ${sentence.length <= 240 ? sentence : first.text}`, [first]);
}

/** Bullets that say what to do, as they stand there; one that goes on over several lines is cited by its first. */
function rulesOf(file: TextFile): { text: string; at: Citation }[] {
  let inFence = false;
  return file.lines.flatMap((raw, i) => {
    const line = raw.trim();
    if (/^(?:```|~~~)/.test(line)) inFence = !inFence;
    const first = /^(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line)?.[1];
    if (inFence || !first) return [];
    const more: string[] = [];
    for (const next of file.lines.slice(i + 1, i + 5)) {
      if (!/^\s+\S/.test(next) || /^\s*(?:[-*+]|\d+[.)]|```|~~~)/.test(next)) break;
      more.push(next.trim());
    }
    const text = [first, ...more].join(' ').replace(/\*\*/g, '');
    return text.length > MAX_RULE || text.length < 12 || !RULE.test(text) ? [] : [{ text, at: cite(file, i) }];
  });
}

async function rules(survey: Survey, claims: Claims): Promise<void> {
  let said = 0;
  for (const path of RULES) {
    const file = await survey.text(path);
    if (!file) continue;
    for (const { text, at } of rulesOf(file)) {
      if (++said > MAX_RULES) return;
      const strength = nameOf(path) === 'CONTRIBUTING.md' ? 0.72 : 0.82;
      claims.add('conventions', 'rule', strength, text.replace(/[.;]?$/, '.'), [at]);
    }
  }
}

async function changelog(survey: Survey, claims: Claims): Promise<void> {
  const path = [...survey.paths].find((p) => /^(?:changelog|changes|history)(?:\.(?:md|rst))?$/i.test(p));
  const file = path ? await survey.text(path) : null;
  if (file) {
    const keep = find(file, /keep a changelog|keepachangelog/i);
    const unreleased = find(file, /^##\s*\[?unreleased\]?/i);
    const version = find(file, /^##?\s*\[?v?\d+\.\d+/);
    if (keep) claims.add('conventions', 'docs', 0.6, `${path} follows Keep a Changelog.`, [keep, unreleased, version]);
    else if (unreleased)
      claims.add('conventions', 'docs', 0.55, `${path} has an Unreleased section for new changes.`, [unreleased]);
    else claims.add('conventions', 'docs', 0.4, `${path} has a section a version.`, [version]);
  }
  const fragments = [...survey.paths].filter(
    (p) =>
      /^(?:changes|changelog\.d|newsfragments|changelogs?|\.changeset|\.changes)\/[^/]+\.(?:md|rst|txt)$/.test(p) &&
      !/readme|config|template/i.test(p),
  );
  if (fragments.length < 3) return;
  const folder = fragments[0]?.split('/')[0];
  const evidence: (Citation | undefined)[] = [];
  for (const fragment of fragments.slice(0, 3)) evidence.push(find(await survey.text(fragment), /\S/));
  const shape = fragments.every((p) => /\/\d+\.\w+\.\w+$/.test(p)) ? '<number>.<kind>.md' : '*.md';
  claims.add(
    'conventions',
    'docs',
    0.6,
    `Each change has a file of its own in ${folder}/${shape}, as ${fragments[0]}.`,
    evidence,
  );
}

/** Files by which people work together, each said in a word. */
const SHARED_FILES: readonly [test: RegExp, claim: string, line: RegExp][] = [
  [/^(?:\.github\/|docs\/)?CODEOWNERS$/, 'Reviewers are set in {path}.', /^[^#\s]/],
  [/^\.github\/(?:PULL_REQUEST_TEMPLATE|pull_request_template)\.md$/, 'Pull requests follow {path}.', /\S/],
  [
    /^(?:docker-)?compose(?:\.\w+)?\.ya?ml$/,
    'Services for development run with `docker compose` ({path}).',
    /^\s+image:|^services:/,
  ],
  [/^(?:\.?commitlint(?:\.config|rc)[.\w]*)$/, 'Commit messages are checked by commitlint ({path}).', /extends|rules/],
  [/^\.(?:lintstagedrc[.\w]*)$|^lint-staged\.config\.\w+$/, 'Staged files are checked by lint-staged ({path}).', /\S/],
  [
    /^(?:renovate\.json5?|\.github\/dependabot\.ya?ml)$/,
    'Dependencies are updated by a bot ({path}).',
    /extends|package-ecosystem/,
  ],
];

async function sharedFiles(survey: Survey, claims: Claims): Promise<void> {
  for (const path of survey.paths) {
    const known = SHARED_FILES.find(([test]) => test.test(path));
    const file = known ? await survey.text(path) : null;
    if (known && file) claims.add('project', 'tooling', 0.45, known[1].replace('{path}', path), [find(file, known[2])]);
  }
}

export async function readDocs(survey: Survey, claims: Claims): Promise<void> {
  await purpose(survey, claims);
  await rules(survey, claims);
  await changelog(survey, claims);
  await sharedFiles(survey, claims);
}
