// Claims about continuous integration: its workflows and jobs, and the systems it runs on.
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { isKnown } from './vocabulary.ts';
import { baseName, type Workspace } from './workspace.ts';

const CI_FILE =
  /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)\.gitlab-ci\.ya?ml$|(?:^|\/)\.circleci\/config\.yml$|(?:^|\/)azure-pipelines\.ya?ml$/;

export async function checkCi(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  return [...(await workflows(line, workspace)), ...(await systems(line, workspace))];
}

const SYSTEMS: [RegExp, RegExp][] = [
  [/\b(?:ubuntu|linux)\b/i, /\b(?:ubuntu|linux)\b/i],
  [/\bmac ?os\b|\bos x\b/i, /\bmac-?os\b/i],
  [/\bwindows\b/i, /\bwindows\b/i],
  [/\bself-hosted\b/i, /\bself-hosted\b/i],
];

/** "CI tests on Linux and Windows" */
async function systems(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (!/\bCI\b|\bworkflows?\b|\bpipelines?\b|\bGitHub Actions\b|\bmatrix\b/.test(line.plain)) return [];
  const runners: (Evidence & { text: string })[] = [];
  for (const path of (await workspace.files()).filter((file) => CI_FILE.test(file))) {
    for (const [index, text] of ((await workspace.text(path)) ?? '').split('\n').entries())
      if (/runs-on|\bos:|^\s*-\s|\bimage:|vmImage|executor/.test(text)) runners.push({ path, line: index + 1, text });
  }
  const known = runners.filter(({ text }) => SYSTEMS.some(([, shown]) => shown.test(text)));
  const [any] = known;
  if (!any) return [];
  const outcomes: Outcome[] = [];
  for (const [word, shown] of SYSTEMS) {
    const match = word.exec(line.plain);
    if (!match) continue;
    const polarity = line.use(match.index, match.index + match[0].length);
    if (polarity === 'contrast') continue;
    const hit = known.find(({ text }) => shown.test(text));
    const place = hit ?? any;
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`Runs on ${match[0]} are as the line says.`, { path: place.path, line: place.line })
        : absent(hit ? `It runs on ${match[0]}.` : `Nothing runs on ${match[0]}.`, {
            path: place.path,
            line: place.line,
          }),
    );
  }
  return outcomes;
}

/** Jobs that most have: a bare word of these is a name. */
const USUAL =
  /^(?:lint|tests?|unit|e2e|build|deploy|release|coverage|audit|typecheck|docs|publish|security|format|bench|check|checks|integration|smoke|preview|sast|codeql)$/i;
const OF_CI =
  /\b(?:CI|PRs?|pull requests?|merge requests?|workflows?|pipeline|required|artifacts?|SARIF|coverage|GitHub Actions|status check)\b/;

/** "the infracost job comments on PRs": not a job of the program itself, nor any job that one may speak of. */
async function isOfCi(name: string, match: RegExpMatchArray, line: LineText, workspace: Workspace): Promise<boolean> {
  const rest = line.plain.slice((match.index ?? 0) + match[0].length);
  const acts =
    /^[`'"]?\s+(?:runs?|uploads?|is required|comments?|builds?|tests?|fails?|takes?|needs?|deploys?|publishes|pushes|checks?|lints?|posts?|caches|has|uses)\b/i;
  const has = /\b(?:CI|pipeline|workflow)\s+(?:has|runs|includes|contains)\s+(?:an?|the)\s+$/.test(
    line.plain.slice(0, (match.index ?? 0) + match[0].indexOf(name)),
  );
  if (has && !(await isKnown(name, workspace))) return true;
  if (/^[a-z]+(?:ed|ing|est|ous|ful|able|ive)$/.test(name) || !acts.test(rest)) return false;
  return (
    USUAL.test(name) ||
    (OF_CI.test(line.plain) && !/^[a-z]+er$/.test(name) && (await workspace.definitions(name)).length === 0)
  );
}

const first = (path: string | undefined): Evidence[] => (path === undefined ? [] : [{ path, line: 1 }]);

/** "the release workflow", "the `deploy` job" */
async function workflows(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const files = (await workspace.files()).filter((file) =>
    /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)\.gitlab-ci\.ya?ml$/.test(file),
  );
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?:\bthe|\ba|\bno)\s+[`'"]?([\w-]+)[`'"]?\s+(workflow|job|pipeline)\b(?!\s+(?:[`'"]|called\b|named\b))|[`'"]([\w. -]+)[`'"]\s+(?:CI\s+|GitHub\s+)?(workflow|job)\b|\b(?:workflow|job)\s+(?:(?:called\s+|named\s+)?[`'"]([\w. -]+)[`'"]|(?:called|named)\s+([\w-]+))/gi,
  )) {
    const name = match[1] ?? match[3] ?? match[5] ?? match[6] ?? '';
    const start = match.index + match[0].indexOf(name);
    const quoted = /[`'"]/.test(match[0]) || match[6] !== undefined;
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
          (path.endsWith('.gitlab-ci.yml') && key.length > 1 && key[0] === name) ||
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
    else if (
      files.length > 0 &&
      (quoted || ((match[2] ?? '') !== 'pipeline' && (await isOfCi(name, match, line, workspace))))
    )
      outcomes.push(absent(`There is no workflow ${name}.`, ...first(files[0])));
  }
  return outcomes;
}
