// Claims about named things of a kind: "the queue called exports", "the `beta` lane", "the waypoints layer", where the workspace
// shows others of that kind and none of that name.
import { absent, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import { isKnown } from './vocabulary.ts';
import type { Workspace } from './workspace.ts';

/** Nouns for things that code and configuration give names. */
const KIND =
  'queues?|topics?|buckets?|stages?|flavou?rs?|variants?|lanes?|tags?|layers?|scenes?|actions?|node (?:groups?|pools?)|namespaces?|profiles?|cron ?jobs?|statefulsets?|daemonsets?|configmaps?|ind(?:ex|exes|ices)|triggers?|roles?|permissions?|scopes?|headers?|cookies?|contexts?|channels?|metrics?|alerts?|locales?|traits?|extensions?|volumes?|tables?|presets?|themes?|schemes?|features?|guards?|policies|pools?|dags?|migrations?|macros?|seeds?|signals?|listeners?';
const NAME = String.raw`[A-Za-z][\w-]*(?:[.:/][\w-]+)*`;
/** Kinds of which a bare word in front tells the name: "the gpu node group", "the staging flavor". */
const BARE = new RegExp(
  `\\b(?:[Tt]he|[Aa]n?)\\s+(${NAME})\\s+(queue|topic|bucket|flavou?r|lane|node (?:group|pool)|namespace|cron ?job|statefulset|daemonset|context|channel|cookie|scene|layer|stage)\\b(?=\\s+(?:is|are|has|have|holds?|contains?|talks?|runs?|sends?|uploads?|builds?|uses?|takes?|stores?|keeps?|gets?|deletes?|serves?|pulls?|needs?|points?|processes|handles?|starts?|copies|collects?|installs?|deploys?)\\b)`,
  'gi',
);
const CALLED = new RegExp(`\\b(${KIND})\\s+(?:is\\s+|are\\s+)?(?:called|named)\\s+[\`'"]?(${NAME})`, 'gi');
const QUOTED_BEFORE = new RegExp(`[\`'"](${NAME})[\`'"]\\s+(${KIND})\\b`, 'gi');
const QUOTED_BEHIND = new RegExp(`\\b(${KIND})\\s+[\`'"](${NAME})[\`'"]`, 'gi');
/** "table terraform-locks", "the CronJob cleanup-pvc" */
const JOINED = new RegExp(
  `\\b(${KIND})\\s+([a-z][a-z\\d]*(?:[-_][a-z\\d]+)+)\\b|\\b([a-z][a-z\\d]*(?:[-_][a-z\\d]+)+)\\s+(${KIND})\\b`,
  'gi',
);
/** "the dead letter bucket is shop-dlq" */
const IS = new RegExp(
  `\\b(${KIND})\\s+is\\s+(?:called\\s+)?[\`'"]?([a-z][a-z\\d]*(?:[-_][a-z\\d]+)+)(?![\\w.-]*\\w)`,
  'gi',
);
const CAPITAL = /\b[Tt]he\s+(tag|layer|scene|action|lane|role|stage|theme)\s+([A-Z]\w+)\b/g;
/** "flavors are dev, staging and prod" */
const LISTED =
  /\b(flavou?rs|queues|topics|buckets|lanes|scenes|namespaces|locales|profiles|roles|stages|node groups|layers|tags|channels)\s*(?:are|:|)\s+([a-z][\w-]*(?:\s*,\s*[a-z][\w-]*){0,9}(?:,?\s+(?:and|or)\s+[a-z][\w-]*))/gi;
/** What tells of a thing, not its name. */
const DESCRIBES =
  /^(?:new|old|same|other|own|main|whole|first|last|next|only|right|wrong|big|small|large|long|short|slow|fast|hot|cold|dead|live|low|high|dark|light|empty|full|single|separate|shared|default|current|right|extra|custom|common|correct|given|hidden|real|open|free|blank|simple|complex|human|major|minor|public|private|global|local|remote|internal|external|primary|secondary|legacy|dead-letter|read-only|per-\w+|multi-\w+|non-\w+|so-called|long-running|low-level|high-level|top-level|third-party|built-in|well-\w+|(?!(?:staging|billing|shipping|pricing|indexing|logging|routing|tracking|booking|mapping|testing|reporting|messaging|training|scoring|ranking|onboarding|landing|polling|streaming|caching|mailing|marketing|accounting)$)\w+(?:ed|ing|est|ous|ful|able|ible|ive|less|ish))$/i;

const OF_IMAGES = /\b(?:docker\w*|images?|containers?)\b/i;

type Found = { there: boolean; place: Evidence } | undefined;

const PROSE = /\.(?:mdx?|txt|rst|adoc|svg|lock|po)$|-lock\.\w+$/i;
/** How far behind the word for a kind its names may stand. */
const REACH = 14;

/** Where names of that kind stand in code and configuration, and whether this is one; undefined: no such kind is there. */
async function lookFor(kind: string, name: string, docker: boolean, workspace: Workspace): Promise<Found> {
  if (docker && /^stage/i.test(kind)) return stageOf(name, workspace);
  const word = kind
    .toLowerCase()
    .replace(/ies$/, 'y')
    .replace(/(?:es|s)$/, '')
    .replace(/ /g, '[ _-]?')
    .replace('flavou?r', 'flavor');
  const pattern = new RegExp(/^stage/.test(word) ? 'stage|^FROM\\s.*\\sAS\\s' : word, 'i');
  const wanted = new RegExp(
    `(?<![A-Za-z\\d])${escapeRegExp(name).replace(/(?:\\-|_| )/g, '[-_ ]?')}(?![A-Za-z\\d])`,
    'i',
  );
  let place: Evidence | undefined;
  for (const path of await workspace.files()) {
    if (PROSE.test(path)) continue;
    const rows = ((await workspace.text(path)) ?? '').split('\n');
    const inPath = pattern.test(path);
    for (const [index, row] of rows.entries()) {
      if (!pattern.test(row) && !(inPath && index === 0)) continue;
      place ??= { path, line: index + 1 };
      const near = [path, ...rows.slice(Math.max(0, index - 3), inPath ? rows.length : index + REACH)];
      if (near.some((each) => wanted.test(each))) return { there: true, place: { path, line: index + 1 } };
    }
  }
  return place && { there: false, place };
}

/** A stage of an image: `FROM … AS build`. */
async function stageOf(name: string, workspace: Workspace): Promise<Found> {
  let place: Evidence | undefined;
  for (const path of (await workspace.files()).filter((file) => /Dockerfile|Containerfile/.test(file)))
    for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const stage = /^FROM\s+.*\sAS\s+([\w.-]+)/i.exec(row)?.[1];
      if (stage !== undefined) place ??= { path, line: index + 1 };
      if (stage?.toLowerCase() === name.toLowerCase()) return { there: true, place: { path, line: index + 1 } };
    }
  return place && { there: false, place };
}

export async function checkKinds(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const text = line.plain;
  const outcomes: Outcome[] = [];
  const seen = new Set<string>();
  /** @param sure the line can only mean a name: it says so, or it is spelled as one */
  const judge = async (kind: string, name: string, from: number, sure: boolean): Promise<void> => {
    const start = text.indexOf(name, from);
    const polarity = line.existence(start, start + name.length);
    if (name.length < 2 || seen.has(name) || DESCRIBES.test(name) || polarity === 'contrast') return;
    const found = await lookFor(kind, name, OF_IMAGES.test(text), workspace);
    seen.add(name);
    if (found?.there && polarity === 'there') outcomes.push(supported(`The ${kind} ${name} is there.`, found.place));
    else if (polarity === 'there' && !found?.there && (!(await isKnown(name, workspace)) || (sure && found)))
      if (found || sure) outcomes.push(absent(`There is no ${kind} ${name}.`, ...(found ? [found.place] : [])));
  };
  for (const match of text.matchAll(CALLED))
    await judge(match[1] ?? '', match[2] ?? '', match.index + (match[1] ?? '').length, true);
  for (const match of text.matchAll(QUOTED_BEFORE)) await judge(match[2] ?? '', match[1] ?? '', match.index, true);
  for (const match of text.matchAll(QUOTED_BEHIND)) await judge(match[1] ?? '', match[2] ?? '', match.index, true);
  for (const match of text.matchAll(JOINED))
    await judge(match[1] ?? match[4] ?? '', match[2] ?? match[3] ?? '', match.index, false);
  for (const match of text.matchAll(IS)) await judge(match[1] ?? '', match[2] ?? '', match.index, false);
  for (const match of text.matchAll(CAPITAL)) await judge(match[1] ?? '', match[2] ?? '', match.index + 4, true);
  for (const match of text.matchAll(BARE))
    await judge(match[2] ?? '', match[1] ?? '', match.index, /^[A-Z][a-z]/.test(match[1] ?? '') && match.index + 4 > 0);
  for (const match of text.matchAll(LISTED))
    for (const name of (match[2] ?? '').split(/[\s,]+(?:and\s+|or\s+)?/))
      await judge(match[1] ?? '', name, match.index, /^stage/i.test(match[1] ?? '') && OF_IMAGES.test(text));
  return outcomes;
}
