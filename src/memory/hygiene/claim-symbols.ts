// Claims about symbols: is it defined, and in the file the line says?
import type { PathMention } from './claim-paths.ts';
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { SymbolMention } from './find-symbols.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp, maskCode } from './mask.ts';
import { hasForeignParent, INHERITED, members, type Place, placeOf } from './symbol-places.ts';
import { isKnown } from './vocabulary.ts';
import { baseName, type FoundSymbol, type Workspace } from './workspace.ts';

/** Names the surroundings give: not finding them says nothing. */
const AMBIENT =
  /^(?:NODE_ENV|PATH|HOME|CI|USER|SHELL|PWD|TMPDIR|LANG|TZ|EDITOR|GITHUB_\w+|NPM_TOKEN|AWS_\w+|GOOGLE_\w+|OPENAI_API_KEY|ANTHROPIC_API_KEY|PYTHONPATH|GOPATH|GOROOT|RUST_LOG|RUSTFLAGS|NODE_OPTIONS|JAVA_HOME|VIRTUAL_ENV|NO_COLOR|FORCE_COLOR|DEBUG|UTF_8|ISO_8601)$/;

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

const within = (path: string, place: PathMention): boolean =>
  place.found.some((found) => path === found || path.startsWith(`${found}/`));

/** Names of libraries: `React.memo`, `fs.readFile`. */
async function isForeign(symbol: SymbolMention, workspace: Workspace): Promise<boolean> {
  if (symbol.owner === undefined) return false;
  // A module of the project's own is a file with its name.
  const stem = symbol.owner;
  if ((await workspace.codeFiles()).some((file) => baseName(file).replace(/\.\w+$/, '') === stem)) return false;
  return (await workspace.definitions(symbol.owner)).length === 0 && (await workspace.usages(symbol.owner)).length > 0;
}

export async function checkSymbols(
  line: LineText,
  symbols: readonly SymbolMention[],
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const symbol of symbols) {
    if (symbol.polarity === 'contrast') continue;
    const outcome = await checkSymbol(line, symbol, placeOf(line, symbol, symbols, paths), workspace);
    if (outcome) outcomes.push(outcome);
  }
  return outcomes;
}

async function checkSymbol(
  line: LineText,
  symbol: SymbolMention,
  place: Place | undefined,
  workspace: Workspace,
): Promise<Outcome | undefined> {
  if (symbol.code && /^[a-z]\w*(?:\.[a-z]\w*){2,}$/i.test(symbol.text) && !symbol.text.includes('('))
    return dotted(symbol, workspace);
  const all = await workspace.definitions(symbol.name);
  const definitions = symbol.owner === undefined ? all : await members(symbol, all, workspace);
  if (symbol.polarity === 'gone') return gone(symbol, place, definitions, workspace);

  if (place && place.mention.found.length > 0 && !place.mention.found.every((path) => workspace.facts.hidden?.(path))) {
    const there = definitions.filter((each) => within(each.path, place.mention));
    const [first] = there;
    if (first)
      return (
        (await holds(line, symbol, first, workspace)) ??
        atLine(symbol, place, there) ??
        supported(`${symbol.text} is defined in ${first.path}.`, at(first))
      );
    const used = (await workspace.usages(symbol.name, (path) => within(path, place.mention)))[0];
    if (
      used &&
      used.as !== 'string' &&
      (!place.defines || all.length === 0 || (await reExported(used, symbol.name, workspace)))
    )
      return supported(`${symbol.text} is in ${used.path}.`, at(used));
    const handedOn = await starExport(place.mention.found, definitions, workspace);
    if (handedOn) return supported(`${symbol.text} is handed on by ${handedOn.path}.`, handedOn);
    if (definitions[0]) return contradicted(`${symbol.text} is in ${definitions[0].path}.`, at(definitions[0]));
    if (used && used.as !== 'string' && !place.defines)
      return supported(`${symbol.text} is in ${used.path}.`, at(used));
    // Prose and data of a file that is no code, e.g. a heading or a key.
    const text = place.mention.found[0] === undefined ? null : await workspace.text(place.mention.found[0]);
    const index = text !== null && !used ? text.split('\n').findIndex((each) => each.includes(symbol.name)) : -1;
    if (
      index >= 0 &&
      /\.(?:mdx?|rst|txt|css|scss|html|sql|prisma|graphql|proto|xml)$/.test(place.mention.found[0] ?? '')
    )
      return supported(`${symbol.text} is in ${place.mention.found[0]}.`, {
        path: place.mention.found[0] ?? '',
        line: index + 1,
      });
    return contradicted(
      `${symbol.text} is not in ${place.mention.found[0]}.`,
      ...(index >= 0 ? [{ path: place.mention.found[0] ?? '', line: index + 1 }] : []),
      ...(index < 0 && place.mention.found[0] ? [{ path: place.mention.found[0], line: 1 }] : []),
    );
  }
  const [first] = definitions;
  if (first) return (await holds(line, symbol, first, workspace)) ?? supported(`${symbol.text} is defined.`, at(first));
  return undefinedSymbol(line, symbol, workspace);
}

/** `app.editor.fontSize`: a setting's or an event's name, a module, a path of keys: found as it is written, or key in key. */
async function dotted(symbol: SymbolMention, workspace: Workspace): Promise<Outcome | undefined> {
  const parts = symbol.text.split('.');
  const literal = (await workspace.usages(symbol.text))[0];
  const asPath = (await workspace.files()).find((file) => file.replace(/\.\w+$/, '').endsWith(parts.join('/')));
  let hit: Evidence | undefined = literal ?? (asPath === undefined ? undefined : { path: asPath, line: 1 });
  for (const path of hit ? [] : await workspace.configFiles()) {
    const found = (await workspace.settings(path)).find(
      ({ key }) => key.join('.').endsWith(symbol.text) || `${key.join('.')}.`.includes(`${symbol.text}.`),
    );
    if (found) hit = { path, line: found.line };
  }
  hit ??= await memberOfModule(parts, workspace);
  if (symbol.polarity === 'gone')
    return hit
      ? contradicted(`${symbol.text} is there.`, at(hit))
      : supported(`${symbol.text} is not there, as the line says.`);
  if (hit) return supported(`${symbol.text} is there.`, at(hit));
  // Others of its family show that such names stand here.
  const family =
    (await workspace.usages(parts.slice(0, -1).join('.')))[0] ?? (await workspace.usages(parts[0] ?? ''))[0];
  return family ? absent(`${symbol.text} is nowhere.`, at(family)) : undefined;
}

/** `booking.rooms.services.book_room` */
async function memberOfModule(parts: readonly string[], workspace: Workspace): Promise<Evidence | undefined> {
  const [name = '', module = ''] = [...parts].reverse();
  const all = await workspace.definitions(name);
  return (
    all.find(({ path }) => new RegExp(`(?:^|/)${module}(?:/[^/]+)?\\.\\w+$`).test(path)) ??
    ((await workspace.definitions(module)).length > 0 ? all[0] : undefined)
  );
}

async function gone(
  symbol: SymbolMention,
  place: Place | undefined,
  definitions: readonly FoundSymbol[],
  workspace: Workspace,
): Promise<Outcome | undefined> {
  const there =
    place && place.mention.found.length > 0
      ? definitions.filter((each) => within(each.path, place.mention))
      : definitions;
  const [first] = there;
  if (first) return contradicted(`${symbol.text} is there.`, at(first));
  if (!symbol.code && symbol.noun === undefined && !/[a-z][A-Z]|_/.test(symbol.text)) return undefined;
  // The migration that removes a column names it, too.
  const used = (await workspace.usages(symbol.name)).find((each) => each.as === 'code' && !/migrat/i.test(each.path));
  if (used && !place && !/^(?:const|let|var|any|enum)$/.test(symbol.name))
    return contradicted(`${symbol.text} is in use.`, at(used));
  return supported(`${symbol.text} is not there, as the line says.`);
}

/** "`parse` at src/a.ts:12": near enough counts, for lines drift. */
function atLine(symbol: SymbolMention, place: Place, there: readonly FoundSymbol[]): Outcome | undefined {
  const wanted = place.mention.line;
  if (
    wanted === undefined ||
    there.some((each) => wanted >= each.line - 3 && wanted <= Math.max(each.line + 3, each.endLine))
  )
    return undefined;
  const [first] = there;
  return first ? contradicted(`${symbol.text} begins in line ${first.line}.`, at(first)) : undefined;
}

/** `LANGUAGES includes "en"`: whether the text is among what it is defined as. */
async function holds(
  line: LineText,
  symbol: SymbolMention,
  definition: FoundSymbol,
  workspace: Workspace,
): Promise<Outcome | undefined> {
  const value = /^[`'"]?\s+(?:includes?|contains?|lists?|allows?|has)\s+(["'`])([^"'`\n]{1,60})\1/.exec(
    line.plain.slice(symbol.end),
  )?.[2];
  if (value === undefined || definition.kind === 'callable') return undefined;
  const text = ((await workspace.text(definition.path)) ?? '').slice(definition.start, definition.end);
  const found = new RegExp(`(?<![\\w-])${escapeRegExp(value)}(?![\\w-])`).test(text);
  return found
    ? supported(`${symbol.text} has ${value}.`, at(definition))
    : contradicted(`${symbol.text} has no ${value}.`, at(definition));
}

/** A file that only imports a name does not define it; one that hands it on does, for those who import it from there. */
async function reExported(used: Evidence, name: string, workspace: Workspace): Promise<boolean> {
  const text = (await workspace.text(used.path)) ?? '';
  return (
    new RegExp(`^\\s*export\\s+(?:type\\s+)?(?:\\{[^}]*\\b${name}\\b[^}]*\\}|\\*)`, 'm').test(
      maskCode(text, used.path),
    ) ||
    (/__init__\.py$/.test(used.path) && new RegExp(`\\bimport\\b[^\\n]*\\b${name}\\b|^\\s+${name},?$`, 'm').test(text))
  );
}

/** `export * from './session'` in a file that the line names. */
async function starExport(
  paths: readonly string[],
  definitions: readonly FoundSymbol[],
  workspace: Workspace,
): Promise<Evidence | undefined> {
  for (const path of paths) {
    for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const from = /^\s*(?:export\s+\*.*from\s+['"]([^'"]+)|from\s+(\S+)\s+import\s+\*|pub\s+use\s+([\w:]+)::\*)/.exec(
        row,
      );
      const stem = (from?.[1] ?? from?.[2] ?? from?.[3])
        ?.split(/[/.:]+/)
        .filter((part) => !/^(?:[cm]?[jt]sx?|index|)$/.test(part))
        .at(-1);
      if (stem !== undefined && definitions.some((each) => each.path.split(/[/.]/).includes(stem)))
        return { path, line: index + 1 };
    }
  }
  return undefined;
}

async function undefinedSymbol(
  line: LineText,
  symbol: SymbolMention,
  workspace: Workspace,
): Promise<Outcome | undefined> {
  const whole = symbol.owner === undefined ? undefined : (await workspace.usages(symbol.text))[0];
  if (whole) return supported(`${symbol.text} is in use.`, at(whole));
  if (
    symbol.owner !== undefined &&
    /^[\w$]+[!?]?$/.test(symbol.name) &&
    (await workspace.definitions(symbol.owner)).some((each) => each.kind === 'type')
  ) {
    const owner = (await workspace.definitions(symbol.owner))[0];
    if (owner && (await hasForeignParent(owner, workspace))) {
      const use = (await workspace.usages(symbol.name)).find((each) => each.as === 'code');
      if (use) return supported(`${symbol.text} is in use.`, at(use));
      if (INHERITED.test(symbol.name)) return undefined;
    }
    return contradicted(`${symbol.owner} has no ${symbol.name}.`, ...(owner ? [at(owner)] : []));
  }
  // "ServiceLocator.Get()": whatever is called so elsewhere, its owner is nowhere.
  if (
    symbol.owner !== undefined &&
    !line.idle &&
    (await isOfFamily({ ...symbol, name: symbol.owner, code: false }, workspace))
  )
    return absent(`${symbol.owner} is defined nowhere.`);
  const usages = await workspace.usages(symbol.name);
  const used = usages.find((each) => each.as !== 'string') ?? (symbol.noun === undefined ? usages[0] : undefined);
  if (
    used &&
    !(symbol.owner !== undefined && (await workspace.definitions(symbol.owner)).some((each) => each.kind === 'type'))
  )
    return supported(`${symbol.text} is in use.`, at(used));
  // "ScriptableObjects": more than one of what is there.
  const one = /[a-z]s$/.test(symbol.name) ? (await workspace.usages(symbol.name.slice(0, -1)))[0] : undefined;
  if (one) return supported(`${symbol.text} are in use.`, at(one));
  if (await isForeign(symbol, workspace)) return undefined;
  if (usages.length > 0 || AMBIENT.test(symbol.name)) return undefined;
  const owner = symbol.owner !== undefined ? (await workspace.definitions(symbol.owner))[0] : undefined;
  if (line.idle || !((await isOfFamily(symbol, workspace)) || isSurelySymbol(line, symbol))) return undefined;
  // "the rotate_keys lambda": a folder or a file may carry the name.
  const path = (await workspace.files()).find((file) =>
    file.split('/').some((part) => part.replace(/\.\w+$/, '') === symbol.name),
  );
  if (path) return supported(`${path} carries the name.`, { path, line: 1 });
  return absent(`${symbol.text} is defined nowhere.`, ...(owner ? [at(owner)] : await nearNames(symbol, workspace)));
}

/** "AuthInterceptor", where other names begin or end so: a name of several words that is one of the project's own kind. */
async function isOfFamily({ name, code }: SymbolMention, workspace: Workspace): Promise<boolean> {
  if (code || !/^[A-Z]+[a-z\d]+(?:[A-Z][a-z\d]+)+$/.test(name) || (await isKnown(name, workspace))) return false;
  const words = name.split(/(?=[A-Z])/);
  for (const word of [words[0] ?? '', words.at(-1) ?? ''])
    if (word.length > 3 && (await isPartOfName(word, workspace))) return true;
  return false;
}

/** Whether a name in code has this word as one of several. */
async function isPartOfName(word: string, workspace: Workspace): Promise<boolean> {
  return workspace.once(`part ${word}`, async () => {
    const pattern = new RegExp(`[a-z\\d]${word}(?![a-z])|(?<![A-Za-z])${word}[A-Z]`);
    for (const path of (await workspace.files()).filter(
      (file) => !/\.(?:mdx?|txt|rst|adoc|svg|lock)$|-lock\.\w+$/.test(file),
    ))
      if (pattern.test((await workspace.text(path)) ?? '')) return true;
    return false;
  });
}

/** How names of code end, and those of products do not. */
const SUFFIX =
  /(?:Service|Controller|Manager|Handler|Factory|Store|Client|Error|Exception|Provider|Repository|Model|View|Parser|Builder|Registry|Queue|Cache|Config|Options|Props|State|Context|Schema|Router|Middleware|Adapter|Job|Worker|Helper|Utils?|Loader|Reader|Writer|Engine|Runner|Validator|Formatter|Logger|Session|Policy|Request|Response|Event|Listener|Emitter|Stream|Buffer|Pool|Gateway|Button|Modal|Form|Page|Panel|List|Table|Card|Hook|Mixin|Base|Impl|Type|Info|Data|Result|Params|Settings|Serializer|Resolver|Guard|Pipe|Module|Index|Tree|Node|Item|Entry|Record|Mapper|Strategy|Visitor|Command|Plugin|Interceptor|Filter|Fragment|Activity|Dao|Entity|Dto|Screen|Dialog|Delegate|Coordinator|Presenter|UseCase|Interactor|Scope|Definition|Component|Channel|Hub|Mailer|Importer|Exporter|Generator|Scheduler|Supervisor|Server|Live|Socket|Presence|Binding)$/;

/** Whether not finding it means that it is gone: a word in backticks may be anything. */
function isSurelySymbol(line: LineText, symbol: SymbolMention): boolean {
  const { name, code, noun } = symbol;
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(name)) return true;
  // Errors of Go are called so, and nothing else is.
  if (/^Err[A-Z]\w+$/.test(name)) return true;
  if (/^_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(name) || /^[a-z][a-z0-9]*[A-Z]/.test(name))
    return code || noun !== undefined || name.length > 5;
  if (
    noun !== undefined &&
    (code || /^[A-Z]/.test(name) || symbol.text !== name || /\(\)/.test(line.plain.slice(symbol.start, symbol.end + 2)))
  )
    return true;
  const acts =
    /^\(?\)?[`'"]?\s+(?:is|handles?|parses?|wraps?|extends|implements|returns?|validates?|throws?|calls?|creates?|lives|does|reads?|writes?|loads?|stores?|manages?|keeps?|holds?|builds?|runs?|converts?|maps?|sends?|takes?|owns|renders?|adds?|removes?|mails?|opens?|shows?|hides?|draws?|syncs|registers|guards|protects|tracks|measures|logs|records|provides|persists|deletes|updates|notifies|schedules|listens|watches|merges|signs|encodes|decodes|wires|stands?|marks?|exposes|exports|emits?|computes?|must|should|inherits|has|uses|talks|checks?|formats?|caches|retries|polls|orchestrates|dispatches|encapsulates|represents|defines|decides|resolves|caps|limits)\b/i.test(
      line.plain.slice(symbol.end),
    );
  const told =
    /\b(?:call(?:s|ed|ing)?|us(?:e|es|ing)|via|through|import(?:s|ed)?|extend(?:s|ing)?|implement(?:s|ing)?|invok(?:e|es|ing)|instantiate|throws?|returns?|raises?|in|by|from|of|with|see|the|into|subclass(?:es)?|on)\s+[`'"]?$/i.test(
      line.plain.slice(0, symbol.start),
    );
  // "JetStream is on", "CloudNative has …": products are spelled so, too.
  if (
    !code &&
    /^\s+(?:is|are)\s+(?:turned\s+|switched\s+)?(?:on|off|enabled|disabled|available|running|up|down)\b/i.test(
      line.plain.slice(symbol.end),
    )
  )
    return false;
  const does =
    acts && !/^[`'"]?\s+(?:is|does|has|must|should|lives|runs?|keeps?|needs?)\b/i.test(line.plain.slice(symbol.end));
  if (/^[A-Z][a-z0-9]+(?:[A-Z]\w*)+$/.test(name))
    return code || does || (acts && SUFFIX.test(name)) || (told && SUFFIX.test(name));
  if (!code) return false;
  // A lower-case word in backticks: a symbol where the line treats it as one.
  if (/^[A-Z][a-z]+$/.test(name)) return acts || told;
  return (
    /\bcall(?:s|ed|ing)?\s+`$|\binvok\w+\s+`$/i.test(line.plain.slice(0, symbol.start)) ||
    (acts &&
      /^\(?\)?`\s+(?:parses?|returns?|validates?|throws?|wraps?|converts?|computes?|formats?|calls?|reads?|writes?|loads?|creates?)\b/i.test(
        line.plain.slice(symbol.end),
      ))
  );
}

/** The definition whose name begins or ends the same way: often what it is called now. */
async function nearNames(symbol: SymbolMention, workspace: Workspace): Promise<Evidence[]> {
  const words = symbol.name.split(/(?=[A-Z])|_/).filter((word) => word.length > 2);
  if (words.length < 2) return [];
  const [stem = ''] = words;
  const pattern = new RegExp(
    `\\b(?:function|class|interface|type|def|func|fn|const|struct)\\s+(\\w*${stem.toLowerCase()}\\w*)`,
    'i',
  );
  for (const path of await workspace.codeFiles()) {
    const text = await workspace.text(path);
    if (text === null) continue;
    const hit = pattern.exec(workspace.masked(path, text));
    if (hit) return [{ path, line: text.slice(0, hit.index).split('\n').length }];
  }
  return [];
}
