// Claims about continuous integration: its workflows and jobs, and the systems it runs on.
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { baseName, type Workspace } from './workspace.ts';

const CI_FILE =
  /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)\.gitlab-ci\.ya?ml$|(?:^|\/)\.circleci\/config\.yml$|(?:^|\/)azure-pipelines\.ya?ml$/;

export async function checkCi(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await workflows(line, workspace)),
    ...(await systems(line, workspace)),
    ...(await schedules(line, workspace)),
  ];
}

const SYSTEMS: [RegExp, RegExp][] = [
  [/\b(?:ubuntu|linux)\b/i, /\b(?:ubuntu|linux)\b/i],
  [/\bmac ?os\b|\bos x\b/i, /\bmac-?os\b/i],
  [/\bwindows\b/i, /\bwindows\b/i],
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
        : contradicted(hit ? `It runs on ${match[0]}.` : `Nothing runs on ${match[0]}.`, {
            path: place.path,
            line: place.line,
          }),
    );
  }
  return outcomes;
}

const first = (path: string | undefined): Evidence[] => (path === undefined ? [] : [{ path, line: 1 }]);

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
    else if (quoted && files.length > 0)
      outcomes.push(contradicted(`There is no workflow ${name}.`, ...first(files[0])));
  }
  return outcomes;
}

/** "nightly at 03:30 UTC", "the sync starts at midnight": against the schedules of workflows. */
async function schedules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (
    !/\b(?:nightly|cron|schedule[ds]?|every (?:night|day|morning|week)|daily|weekly|workflow|soak)\b/i.test(line.plain)
  )
    return [];
  const match = /\bat\s+(?:(\d{1,2}):(\d\d)(?:\s*(am|pm))?|(\d{1,2})\s*(am|pm)|(midnight|noon))\b/i.exec(line.plain);
  if (!match) return [];
  const half = (match[3] ?? match[5] ?? '').toLowerCase();
  const word = match[6]?.toLowerCase();
  const hour =
    word === 'noon'
      ? 12
      : word === 'midnight'
        ? 0
        : (Number(match[1] ?? match[4]) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0);
  const minute = Number(match[2] ?? 0);
  const times: (Evidence & { text: string; fits: boolean })[] = [];
  for (const path of (await workspace.files()).filter((file) => CI_FILE.test(file))) {
    for (const { key, value, line: at } of await workspace.settings(path)) {
      const cron = /^(\d+)\s+(\d+)\s+\S+\s+\S+\s+\S+$/.exec(value.trim());
      if (cron && key.at(-1) === 'cron')
        times.push({ path, line: at, text: value, fits: Number(cron[1]) === minute && Number(cron[2]) === hour });
    }
  }
  const hit = times.find(({ fits }) => fits);
  const place = hit ?? times[0];
  if (!place) return [];
  const evidence = { path: place.path, line: place.line };
  return [
    hit
      ? supported(`The schedule is ${hit.text}.`, evidence)
      : contradicted(`The schedule is ${place.text}.`, evidence),
  ];
}
