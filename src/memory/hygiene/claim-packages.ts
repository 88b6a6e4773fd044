// Claims about packages and tools: are they in use?
import { LANGUAGES, languageClaim, MANAGERS, managerClaim } from './claim-tools.ts';
import { imageVersion, RUNTIMES, runtimeClaim, VERSION_AFTER, versionOutcome } from './claim-versions.ts';
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import { at, findDependency, isPackage, missingPlace, rivalOf, shortModules, trace } from './package-traces.ts';
import { projectOf } from './project.ts';
import type { Project } from './project-types.ts';
import { ENGLISH, TECH, type Tech } from './tech-names.ts';
import { baseName, folderOf, type Workspace } from './workspace.ts';

/** A span that another check has read already. */
export interface Taken {
  start: number;
  end: number;
}

const USE_BEFORE =
  /\b(?:us(?:e|es|ed|ing)|with|via|through|on|by|in|over|is|are|our|run(?:s|ning)?|starts?|includes?|contains?|ships?|adds?|depend(?:s|ing)? on|built (?:with|on)|rel(?:y|ies) on|import(?:s|ed|ing)?|package|library|librar(?:y|ies)|module|dependency|framework|and|or|,|not|no|never|avoid|to|from|prefer|adopt(?:s|ed)?|install(?:s|ed)?|need(?:s)?|require(?:s)?|have|has|under|—|:|the|a|an|old)\s+[`'"]?$/i;
const USE_RIGHT_BEFORE =
  /\b(?:us(?:e|es|ed|ing)|with|via|depend(?:s|ing)? on|built (?:with|on)|rel(?:y|ies) on|package|library|dependency|framework|not use|instead of|powered by|migrated to|switched to|moved to)\s+(?:the\s+)?[`'"]?$/i;
export async function checkPackages(
  line: LineText,
  workspace: Workspace,
  taken: readonly Taken[],
): Promise<{ outcomes: Outcome[]; mentions: Taken[] }> {
  const outcomes: Outcome[] = [];
  const mentions: Taken[] = [];
  if (line.idle) return { outcomes, mentions };
  const project = await projectOf(workspace);
  const free = (start: number, end: number): boolean =>
    ![...taken, ...mentions].some((each) => start < each.end && end > each.start);
  const each = (
    names: readonly string[],
    visit: (name: string, start: number, end: number) => Promise<Outcome | undefined>,
  ) =>
    eachMention(line, names, free, async (name, start, end) => {
      const outcome = await visit(name, start, end);
      if (!outcome) return;
      mentions.push({ start, end });
      outcomes.push(outcome);
    });

  await each(Object.keys(RUNTIMES), async (name, start, end) => runtimeClaim(line, project, name, start, end));
  for (const match of line.plain.matchAll(/(?<![\w.])net(\d+\.\d)(?![\w.]*\d)/g)) {
    const sources = project.runtimes.filter(({ runtime }) => runtime === 'dotnet');
    const outcome = versionOutcome(
      '.NET',
      match[1] ?? '',
      sources,
      false,
      line.use(match.index, match.index + match[0].length),
    );
    if (outcome) outcomes.push(outcome);
  }
  await each(
    [
      ...project.dependencies.map((one) => one.name),
      ...TECH.flatMap(spellings),
      ...project.dependencies
        .filter(({ name }) => /^[a-z]\w{2,}(?:-[a-z]\w{2,})+$/.test(name))
        .map(({ name }) => name.replaceAll('-', ' ')),
      ...shortModules(line.plain, project),
    ],
    async (name, start, end) =>
      isMeant(line, name, start, end)
        ? packageClaim(line, project, workspace, name, techOf(name), start, end)
        : undefined,
  );
  await each(Object.keys(MANAGERS), async (name, start, end) => managerClaim(line, project, name, start, end));
  await each(Object.keys(LANGUAGES), async (name, start, end) => languageClaim(line, workspace, name, start, end));
  outcomes.push(
    ...(await unknownPackages(line, project, workspace, free)),
    ...(await pinned(line, project, workspace, free)),
  );
  return { outcomes, mentions };
}

const techOf = (name: string) =>
  TECH.find(
    (one) =>
      spellings(one).includes(name.toLowerCase()) ||
      (name.includes('/') && one.packages.some((each) => each.endsWith(`/${name}`))),
  );

/** "Flux reconciles the cluster": what begins a line and does something is a thing with that name. */
const ACTS =
  /^\s+(?:is|handles?|runs?|renders?|draws?|does|manages?|serves?|checks?|loads?|records?|drives|reconciles|deploys|processes|encrypts|provides|sends|collects|stores|keeps|holds|generates|formats|lints|validates|parses|builds|bundles|compiles)\b/;

/** Words so common in code that backticks make no package of them. */
const PLAIN = new Set([
  'room',
  'req',
  'test',
  'render',
  'segment',
  'quick',
  'mirror',
  'slim',
  'pint',
  'horizon',
  'hound',
]);

/** Whether a name is one of a package, and no word like others. */
function isMeant(line: LineText, name: string, start: number, end: number): boolean {
  const before = line.plain.slice(0, start);
  const rest = line.plain.slice(end);
  if (line.inCode(start) && !PLAIN.has(name.toLowerCase())) return true;
  const capital = /^[A-Z]/.test(line.plain.slice(start));
  const named =
    (capital && /[\w,]\s+$/.test(before)) ||
    (/(?<!\bthere )\bis\s+(?:an?\s+|the\s+)?$/i.test(before) &&
      /^\s*(?:[.,;(]|$|app\b|server\b|application\b|project\b)/.test(rest));
  if (name.toLowerCase() === 'pre-commit' && /^\s+(?:hooks?|checks?|steps?)/i.test(rest)) return false;
  const ran = /\b(?:runs?|running)\s+$/i.test(before) && /^\s*(?:before|on|over|and|after|first|\.|$)/.test(rest);
  const acts = capital && /^[\s*-]*$/.test(before) && ACTS.test(rest);
  const english = ENGLISH.has(name.toLowerCase());
  const version = VERSION_AFTER.exec(rest)?.[1];
  // "requests 250m", "flow 3": of a plain word only a version with a point in it is one.
  const versioned = version !== undefined && (version.includes('.') || /^\s+v\d/.test(rest) || capital);
  if (english && !versioned && !named && !ran && !acts && !USE_RIGHT_BEFORE.test(before)) return false;
  // "React Native", "Redux Saga": another product, whose name begins so.
  if (capital && /^\s+[A-Z][a-z]+/.test(rest) && !PRODUCT_WORDS.test(rest)) return false;
  // "Jest-style", "click-through": a part of another word
  return !/^-\w/.test(rest);
}

async function eachMention(
  line: LineText,
  names: readonly string[],
  free: (start: number, end: number) => boolean,
  visit: (name: string, start: number, end: number) => Promise<void>,
): Promise<void> {
  const unique = [...new Set(names)].filter((name) => name.length > 1).sort((a, b) => b.length - a.length);
  const lower = line.plain.toLowerCase();
  for (const name of unique) {
    if (!lower.includes(name.toLowerCase())) continue;
    const pattern = new RegExp(`(?<![\\w@./-]|\\w:)${escapeRegExp(name)}(?![\\w/]|\\.\\w|:\\w|-\\w*[A-Z])`, 'gi');
    for (const match of line.plain.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      // A word with a `.js` behind it is that product, a word in a longer name is none.
      if (
        /^-[a-z]/.test(line.plain.slice(end)) &&
        unique.some((other) => lower.startsWith(other.toLowerCase(), start) && other.length > name.length)
      )
        continue;
      // `Go` and `go` in a sentence: only the language's spelling.
      if (/^(?:go|rust|flow|swift|dart|java|fire|c)$/i.test(name) && !/^[A-Z]/.test(match[0]) && !line.inCode(start))
        continue;
      if (
        /^go$/i.test(name) &&
        (start === 0 || /[.:]\s*$/.test(line.plain.slice(0, start))) &&
        !/^\s*(?:\d|is|code|tests?|files?|version|modules?)/.test(line.plain.slice(end))
      )
        continue;
      if (free(start, end)) await visit(name, start, end);
    }
  }
}

/** Capital words that are no part of the name before them. */
const PRODUCT_WORDS =
  /^\s+(?:API|App|Apps|Server|Client|Cloud|Stack|Compose|Router|Toolkit|Query|Cluster|Streams?|Cache|Queue|Docs?|UI|SDK|CLI|Config|Tests?|Plugin|Compiler|Hooks|Components?|Core|JS|TS|LTS|And|Or|With|For|On|In|Is|The)\b/;

/** "react-native" is also "React Native", "alpine" also "Alpine.js". */
function spellings({ name, kind }: Tech): string[] {
  const spaced = /^[a-z]+(?:-[a-z]+)+$/.test(name) ? [name.replaceAll('-', ' ')] : [];
  return [name, ...spaced, ...(kind.startsWith('js-') && /^[a-z]+$/.test(name) ? [`${name}.js`] : [])];
}

const VERSIONED = /[\d]/;

async function packageClaim(
  line: LineText,
  project: Project,
  workspace: Workspace,
  name: string,
  tech: Tech | undefined,
  start: number,
  end: number,
): Promise<Outcome | undefined> {
  const polarity = line.use(start, end);
  if (polarity === 'contrast') return undefined;
  const found = tech
    ? await trace(tech, project, workspace)
    : findDependency(project, [name, name.replaceAll(' ', '-')]);
  const version = VERSION_AFTER.exec(line.plain.slice(end));
  if (version && tech?.kind !== 'container') {
    const sources = project.dependencies.filter(
      (each) =>
        (tech?.packages ?? [name, name.replaceAll(' ', '-')]).some((one) => isPackage(each, one)) &&
        VERSIONED.test(each.spec),
    );
    // `spring-boot-starter-parent` sets the versions of its whole family.
    const stem = name.replaceAll(' ', '-');
    if (sources.length === 0 && found)
      sources.push(
        ...project.dependencies.filter(
          (each) =>
            VERSIONED.test(each.spec) &&
            new RegExp(`^${escapeRegExp(stem)}-(?:starter-)?(?:parent|bom|dependencies)$`).test(each.name),
        ),
      );
    // The version of a database's driver is not the database's.
    const outcome =
      sources.length > 0 && !tech?.outside
        ? versionOutcome(name, version[1] ?? '', sources, version[2] !== undefined, polarity)
        : undefined;
    if (outcome) return outcome;
    if (tech?.outside) {
      const image = await imageVersion(tech, workspace, version[1] ?? '');
      if (image) return image;
    }
  }
  const ecosystem = project.manifests.length > 0 || tech?.word === true;
  if (polarity === 'gone') {
    // "do not use moment in src/a": a rule about a place says nothing of the whole.
    if (found) return contradicted(`${name} is in use.`, at(found));
    return ecosystem || tech?.files ? supported(`${name} is not in use, as the line says.`) : undefined;
  }
  if (found) return supported(`${name} is in use.`, at(found));
  if (!tech) return undefined;
  const before = line.plain.slice(0, start);
  const after = line.plain.slice(end);
  if (
    !line.inCode(start) &&
    !USE_BEFORE.test(before) &&
    !(/^[A-Z]/.test(line.plain.slice(start)) && name.length > 5 && !ENGLISH.has(name.toLowerCase())) &&
    !/^\s*(?:is|are|runs?|handles?|for|as|checks?|tests?|config|and|,|formats?|lints?|builds?|bundles?|validates?|powers?|drives?|serves?|manages?|\+|\(|mocks?|plugins?|\d|v\d|does|stores?|components?|models?|schemas?|hooks?|migrations?|apps?|application|servers?|services?|project|backend|frontend)(?:\b|(?=\W))/i.test(
      after,
    ) &&
    start > 3
  )
    return undefined;
  if (await isOwnPart(workspace, name, after)) return undefined;
  // A library that another brings along, or the language itself, is named where it is used.
  const brought = tech.kind.endsWith('-other') || tech.packages[0]?.startsWith('std:');
  const used = brought ? (await workspace.usages(tech.packages[0]?.replace(/^std:/, '') ?? name))[0] : undefined;
  if (used) return supported(`${name} is in use.`, at(used));
  // "the Room model": a class of the project's own.
  if ((await workspace.definitions(line.plain.slice(start, end))).length > 0) return undefined;
  const rival = await rivalOf(tech, project, workspace);
  if (tech.outside) return rival ? absent(`${name} is not in use; ${rival.name} is.`, at(rival.evidence)) : undefined;
  if (!ecosystem && tech.packages.length > 0) return undefined;
  // A tool of another language than the project's may be installed beside it, but nothing shows it.
  return absent(`${name} is not in use.`, ...(rival ? [at(rival.evidence)] : missingPlace(project, tech)));
}

/** "uses `zod` for validation", where `zod` is nothing this workspace knows. */
async function unknownPackages(
  line: LineText,
  project: Project,
  workspace: Workspace,
  free: (start: number, end: number) => boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  if (project.manifests.length === 0) return outcomes;
  for (const { text, start, end } of line.spans) {
    const bare = /^(@[\w.-]+\/[\w.-]+|[a-z][\w.-]*|[\w.-]+\.\w+\/[\w./-]+)(?:@([\^~]?v?\d[\w.]*))?$/.exec(text);
    if (!bare || !free(start, end)) continue;
    const name = bare[1] ?? '';
    const before = line.plain.slice(0, start - 1);
    const after = line.plain.slice(end + 1);
    const scoped = name.startsWith('@') || /^[\w-]+\.\w+\/\w+\/\w+/.test(name);
    const told =
      /\b(?:us(?:e|es|ing)|depend(?:s|ing)? on|import(?:s)? from|built (?:with|on)|rel(?:y|ies) on|through|via)\s+(?:the\s+)?$/i.test(
        before,
      ) && /^\s+(?:for|to|package|library|as)\b/i.test(after);
    const called =
      /^\s+(?:npm\s+)?(?:package|library|dependency|module|crate|gem)\b/i.test(after) ||
      /\b(?:package|library|dependency|crate|gem)\s+$/i.test(before);
    if (!scoped && !told && !called) continue;
    const polarity = line.use(start, end);
    const found = findDependency(project, [name]);
    if (polarity === 'contrast') continue;
    if (polarity === 'gone') {
      if (found) outcomes.push(contradicted(`${name} is a dependency.`, at(found)));
      else if (called || scoped) outcomes.push(supported(`${name} is no dependency, as the line says.`));
      continue;
    }
    if (found) {
      outcomes.push(
        bare[2]
          ? (versionOutcome(name, bare[2].replace(/^[\^~v]+/, ''), [found], false, polarity) ??
              supported(`${name} is a dependency.`, at(found)))
          : supported(`${name} is a dependency.`, at(found)),
      );
      continue;
    }
    const own = await ownPackage(workspace, name);
    if (own) outcomes.push(supported(`${name} is a package of this workspace.`, own));
    else if (!scoped && (await workspace.usages(name))[0]) continue;
    else outcomes.push(absent(`${name} is no dependency.`, ...project.dependencies.slice(0, 1).map(at)));
  }
  return outcomes;
}

/** "the rollup crate", where a folder or a package has that name. */
async function isOwnPart(workspace: Workspace, name: string, after: string): Promise<boolean> {
  const lower = name.toLowerCase();
  const noun =
    /^[`'"]?\s+(?:crate|package|module|service|app|folder|directory|workspace|library|component|binary|worker|job)\b/i.test(
      after,
    );
  if (![...(await workspace.folders())].some((folder) => baseName(folder).toLowerCase() === lower)) return false;
  return (
    noun || (await projectOf(workspace)).manifests.some((path) => baseName(folderOf(path)).toLowerCase() === lower)
  );
}

/** "psycopg2-binary is pinned": a name that only a package has. */
async function pinned(
  line: LineText,
  project: Project,
  workspace: Workspace,
  free: (start: number, end: number) => boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?<![\w@./-])([a-z][a-z\d]*(?:[-_][a-z\d]+)+)\s+(?:is|are)\s+(?:pinned|installed|locked|vendored|an?\s+(?:\w+\s+)?dependency)\b/g,
  )) {
    const name = match[1] ?? '';
    if (project.dependencies.length === 0 || !free(match.index, match.index + name.length)) continue;
    const found = findDependency(project, [name]);
    const [any] = project.dependencies;
    if (found) outcomes.push(supported(`${name} is a dependency.`, at(found)));
    else if (any) outcomes.push(absent(`${name} is no dependency.`, at(any)));
  }
  // "kept by the audited gem"
  for (const match of line.plain.matchAll(
    /\bthe\s+([a-z][\w-]{2,})\s+(?:gem|crate|npm package|pip package|NuGet package|hex package|pod)\b/g,
  )) {
    const name = match[1] ?? '';
    const start = match.index + match[0].indexOf(name);
    const [any] = project.dependencies;
    if (!any || !free(start, start + name.length) || line.use(start, start + name.length) !== 'there') continue;
    if (
      /^(?:same|right|new|old|other|main|own|whole|first|last|only|root|core|wrong|second|third|latest|current)$/.test(
        name,
      )
    )
      continue;
    const found = findDependency(project, [name]) ?? project.scripts.find((each) => each.name === name);
    if (!found && (await isOwnPart(workspace, name, ' crate'))) continue;
    outcomes.push(
      found ? supported(`${name} is a dependency.`, at(found)) : absent(`${name} is no dependency.`, at(any)),
    );
  }
  // "uses expo-router", where expo and expo-camera are dependencies.
  for (const match of line.plain.matchAll(
    /\b(?:uses?|using|with|via|through|by|is|are)\s+([a-z][a-z\d]+-[a-z][a-z\d-]*)(?=\s*(?:$|[.,;()]|for\b|and\b|to\b|instead\b))/g,
  )) {
    const name = match[1] ?? '';
    const start = match.index + match[0].length - name.length;
    const [family = ''] = name.split('-');
    const relatives = project.dependencies.filter((each) => each.name === family || each.name.startsWith(`${family}-`));
    const [any] = relatives;
    if (!any || !relatives.some((each) => each.name === family) || !free(start, start + name.length)) continue;
    const polarity = line.use(start, start + name.length);
    const found = findDependency(project, [name]);
    if (polarity === 'contrast') continue;
    if (found && polarity === 'there') outcomes.push(supported(`${name} is a dependency.`, at(found)));
    // `react-jsx`: what a setting is set to.
    else if (!found && polarity === 'there' && (await workspace.usages(name)).length === 0)
      outcomes.push(absent(`${name} is no dependency.`, at(any)));
  }
  return outcomes;
}

async function ownPackage(workspace: Workspace, name: string): Promise<Evidence | undefined> {
  const project = await projectOf(workspace);
  for (const path of project.manifests) {
    const found = (await workspace.settings(path)).find(({ key, value }) => key.at(-1) === 'name' && value === name);
    if (found) return { path, line: found.line };
    if (path.endsWith('go.mod') || path.endsWith('/go.mod')) {
      const module = /^module\s+(\S+)/m.exec((await workspace.text(path)) ?? '')?.[1];
      if (module && (name === module || name.startsWith(`${module}/`))) return { path, line: 1 };
    }
  }
  return undefined;
}
