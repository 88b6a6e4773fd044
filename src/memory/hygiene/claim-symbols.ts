// Claims about symbols: is it defined, and in the file the line says?
import type { PathMention } from './claim-paths.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText, Polarity } from './line-text.ts';
import { maskCode } from './mask.ts';
import type { FoundSymbol, Workspace } from './workspace.ts';

export interface SymbolMention {
  /** As written, without parentheses and arguments. */
  text: string;
  /** The name to look for: `get` of `Store.get()`. */
  name: string;
  /** `Store` of `Store.get()`. */
  owner?: string;
  start: number;
  end: number;
  code: boolean;
  /** The line calls it a function, a class…: only a definition will do. */
  noun?: string;
  polarity: Polarity;
}

const NOUN =
  'functions?|methods?|class(?:es)?|interfaces?|types?|enums?|structs?|traits?|components?|hooks?|helpers?|constants?|consts?|variables?|modules?|decorators?|middlewares?|handlers?|models?|schemas?|fixtures?|macros?|dataclass(?:es)?|exceptions?|errors?|controllers?|services?|factory|wrapper|singleton|protocol|record|endpoint|mixin|util(?:ity)?|func|def|fn|getter|setter|property|field|store|reducer|selector|table|migration|command|context|provider';
const NOUN_BEFORE = new RegExp(`\\b(${NOUN})\\s+(?:called\\s+|named\\s+)?[\`'"]?$`, 'i');
const NOUN_AFTER = new RegExp(`^\\(?\\)?[\`'"]?\\s+(?:\\w+\\s+)?(${NOUN})\\b`, 'i');
const DEFINES =
  /^\(?\)?[`'"]?\s+(?:\w+\s+){0,2}?(?:is|are|lives?|live|resides?|sits?|stays?|was|were|gets?)?\s*(?:defined|declared|implemented|located|lives?|found|exported|kept|placed|is|are|resides?)\s+(?:in|at|inside|under|from|by)\b/i;

/** Words that belong to a language or its platform, not to a project. */
const BUILT_IN = new Set(
  'any unknown never void null undefined true false none nil self this super async await const let var function class interface type enum struct trait impl import export default return yield throw try catch finally if else for while do switch case break continue new delete typeof instanceof in of as is satisfies keyof infer readonly public private protected static abstract override string number boolean object symbol bigint int float double char byte bool str list dict set tuple map array slice chan func def lambda pass raise with from global nonlocal assert del print len range console log process require module exports window document JSON Math Date Promise Map Set WeakMap WeakSet Array Object String Number Boolean Symbol Error TypeError RangeError Buffer URL Request Response fetch setTimeout setInterval queueMicrotask structuredClone AbortController AbortSignal EventEmitter Proxy Reflect RegExp Partial Record Pick Omit Readonly Required ReturnType Awaited Optional Union List Dict Tuple Any Callable Iterator Iterable Generator Exception ValueError KeyError RuntimeError goto defer go select mut pub crate mod use match loop ref Box Vec Result Option Some Ok Err Arc Rc Mutex String unwrap expect clone panic context fmt strings errors http TODO FIXME NOTE HACK XXX WIP main test lint build dev start git ls cd rm cp mv cat grep sed awk curl sudo bash sh zsh node npm npx pnpm yarn bun deno python python3 pip uv poetry make cargo rustc docker kubectl tsc eslint prettier master develop GET POST PUT PATCH DELETE HEAD OPTIONS feat fix chore docs refactor perf style ci revert int32 int64 uint uint8 float32 float64 error interface{} any[] innerHTML eval namespace'.split(
    ' ',
  ),
);
/** Names of products and words that are spelled like symbols. */
const PROPER = new Set(
  'GitHub GitLab BitBucket Bitbucket TypeScript JavaScript CoffeeScript ECMAScript ActionScript PostgreSQL MySQL MariaDB MongoDB SQLite DynamoDB CockroachDB ClickHouse BigQuery NoSQL GraphQL OpenAI OpenAPI ChatGPT DevOps MacBook LaTeX JetBrains WebStorm IntelliJ PyCharm VSCode VsCode CodeLens IntelliSense PowerShell WordPress YouTube LinkedIn StackOverflow PagerDuty DataDog Datadog CloudFlare CloudFront CloudWatch CircleCI TravisCI TeamCity AppVeyor SonarQube SonarCloud NestJS NextJS NodeJS VueJS ReactJS AngularJS ExpressJS RxJS FastAPI SQLAlchemy PyTorch TensorFlow NumPy SciPy PyPI RabbitMQ ActiveMQ ZeroMQ HashiCorp OAuth OAuth2 OpenID WebSocket WebSockets WebAssembly WebGL WebGPU WebRTC WebKit IndexedDB LocalStorage McDonald iOS macOS iPhone iPad iPadOS eBay jQuery npmjs gRPC mTLS eBPF pnpm TailwindCSS StyleX HeadlessUI RadixUI MaterialUI ShadCN TanStack SvelteKit CreateReactApp DaisyUI OpenTelemetry OpenSearch ElasticSearch Elasticsearch PlanetScale NetSuite HubSpot SalesForce QuickBooks AirTable Airtable MailChimp SendGrid SurveyMonkey PayPal YAML README DocuSign CosmosDB InfluxDB TimescaleDB SurrealDB FaunaDB DuckDB LevelDB RocksDB LangChain LlamaIndex HuggingFace DeepMind DeepSeek LetsEncrypt OpenSSL OpenSSH LibreSSL BoringSSL OpenShift KeyCloak Keycloak AppKit UIKit SwiftUI CoreData WinForms DotNet AspNet NuGet GoLand GoReleaser RuboCop RubyGems JUnit TestNG NUnit xUnit PHPUnit PHPStorm CMake MinGW CentOS AlmaLinux OpenSUSE FreeBSD OpenBSD ChromeOS FireFox DevTools DevContainer CamelCase camelCase PascalCase snake_case kebab-case SCREAMING_SNAKE_CASE UPPER_SNAKE_CASE UPPER_CASE lower_case dependabot EditorConfig ESLint TSLint StyleLint JSDoc TSDoc JsDoc TsDoc YugabyteDB OneDrive DropBox ZenDesk BrowserStack LaunchDarkly CodeQL CodeCov CodeClimate CodePen CodeSandbox StackBlitz GitOps MLOps FinOps SecOps DevSecOps SaaS PaaS IaaS IoT APIs URLs UIs IDs PRs ADRs DTOs CTOs VMs CPUs GPUs OKRs KPIs SLAs SLOs RFCs PhD'.split(
    ' ',
  ),
);
/** Names the surroundings give: not finding them says nothing. */
const AMBIENT =
  /^(?:NODE_ENV|PATH|HOME|CI|USER|SHELL|PWD|TMPDIR|LANG|TZ|EDITOR|GITHUB_\w+|NPM_TOKEN|AWS_\w+|GOOGLE_\w+|OPENAI_API_KEY|ANTHROPIC_API_KEY|PYTHONPATH|GOPATH|GOROOT|RUST_LOG|RUSTFLAGS|NODE_OPTIONS|JAVA_HOME|VIRTUAL_ENV|NO_COLOR|FORCE_COLOR|DEBUG|UTF_8|ISO_8601)$/;

/** Names a line uses for code: in backticks, or spelled as no word is. */
export function findSymbols(line: LineText, taken: readonly { start: number; end: number }[]): SymbolMention[] {
  const mentions: SymbolMention[] = [];
  const free = (start: number, end: number): boolean =>
    ![...taken, ...mentions].some((each) => start < each.end && end > each.start);
  const add = (raw: string, start: number, code: boolean): void => {
    const shape = /^@?((?:[A-Za-z_$][\w$]*(?:::|\.|#|->))*)([A-Za-z_$][\w$]*)([!?]?)(\(.*\))?(?:<.*>)?$/.exec(raw);
    if (!shape) return;
    const name = shape[2] ?? '';
    const owners = (shape[1] ?? '')
      .split(/::|\.|#|->/)
      .filter((part) => part !== '' && part !== 'this' && part !== 'self');
    const end = start + raw.length;
    if (!free(start, end)) return;
    const before = line.plain.slice(0, start);
    const after = line.plain.slice(end);
    const noun =
      (NOUN_BEFORE.exec(before) ?? NOUN_AFTER.exec(after))?.[1]?.toLowerCase() ??
      (shape[4] !== undefined ? 'function' : undefined);
    if (PROPER.has(raw) || PROPER.has(name) || (BUILT_IN.has(name) && owners.length === 0)) return;
    if (owners[0] !== undefined && BUILT_IN.has(owners[0])) return;
    const owner = owners.at(-1);
    mentions.push({
      text: raw.replace(/\(.*$/, ''),
      name,
      ...(owner !== undefined ? { owner } : {}),
      start,
      end,
      code,
      ...(noun !== undefined ? { noun } : {}),
      polarity: line.existence(start, end),
    });
  };
  for (const { text, start } of line.spans) {
    const keyword =
      /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|class|interface|type|enum|struct|trait|def|func|fn|const|let|var)\s+(?=[\w$]+)/.exec(
        text,
      )?.[0] ?? '';
    const name = /^[A-Za-z_$@][\w$.:#>!?-]*(?:\(.*\))?(?:<.*>)?$/.exec(text.slice(keyword.length).trimEnd())?.[0];
    if (name !== undefined) add(name, start + keyword.length, true);
  }
  const bare =
    /(?<![\w$@./`#-])(?:[a-z_$][a-z0-9_$]*(?:[A-Z][\w$]*)|[A-Z][a-z0-9]+(?:[A-Z][\w$]*)|[A-Z]{2,}[a-z]+\w*|_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Za-z_$][\w$]*(?=\(\)))(?:\.[A-Za-z_$][\w$]*)*(?:\(\))?|(?<![\w$@./`#-])[A-Z][\w$]*(?:\.|::)[a-z_]\w*(?:\(\))?/g;
  for (const match of line.plain.matchAll(bare)) {
    if (!line.inCode(match.index) && !/^[/@]|^-\w/.test(line.plain.slice(match.index + match[0].length)))
      add(match[0], match.index, false);
  }
  // "src/a.ts exports parse"
  for (const match of line.plain.matchAll(
    /\.\w{1,4}[`'"]?\s+(?:exports|defines|declares)\s+([a-z]\w+)(?=\s*(?:$|[.,;]|and\b))/g,
  )) {
    add(match[1] ?? '', match.index + match[0].length - (match[1] ?? '').length, false);
  }
  // "class Parser", "the parse function"
  const nouned =
    /\b(?:functions?|method|class|interface|type|enum|struct|trait|component|hook|decorator|macro)\s+['"]?([A-Za-z_$][\w$]{2,})['"]?|\bthe\s+([A-Z][a-z]\w+|[a-z]{3,})\s+(?:function|method|class|interface|struct|trait|enum|hook|component)\b/g;
  for (const match of line.plain.matchAll(nouned)) {
    const name = match[1] ?? match[2] ?? '';
    const start = match.index + match[0].lastIndexOf(name);
    const plainWord = /^[a-z]+$/.test(name);
    // "the main class of bugs": only names that are spelled as names, or stand with a file.
    if (plainWord && !/\bin\s+[`'"]?[\w./-]+\.\w+/.test(line.plain)) continue;
    if (
      !line.inCode(start) &&
      !/^(?:that|which|for|of|is|are|in|and|with|to|names?|components?|based|level|should|must|has|have|from|per|or|this|only|first|same|whole|old|new|other|main|public|private|helper|called|named|safety|checks?|annotations?|hints?|definitions?|errors?)$/i.test(
        name,
      )
    )
      add(name, start, false);
  }
  return mentions.sort((a, b) => a.start - b.start);
}

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

interface Place {
  mention: PathMention;
  /** The line says that it is defined there, not only that it occurs there. */
  defines: boolean;
}

/** The file or folder in which a line says a symbol is. */
function placeOf(
  line: LineText,
  symbol: SymbolMention,
  symbols: readonly SymbolMention[],
  paths: readonly PathMention[],
): Place | undefined {
  const usable = paths.filter((path) => !path.glob && path.polarity !== 'contrast');
  const behind = usable.find((path) => path.start > symbol.start);
  if (behind) {
    const between = line.plain.slice(symbol.end, behind.start);
    const nearest = !symbols.some(
      (other) =>
        other.start > symbol.start &&
        other.start < behind.start &&
        !/^[`'"]?(?:\(\))?[`'"]?\s*(?:,|and|or|&)/.test(line.plain.slice(symbol.end)),
    );
    if (nearest && !/[.;]\s/.test(between)) {
      if (
        DEFINES.test(line.plain.slice(symbol.end, behind.start + 1)) ||
        /\b(?:lives?|defined|declared|implemented|located|exported|moved to|kept|found|resides?|comes? from|imported from)\b/i.test(
          between,
        )
      )
        return { mention: behind, defines: true };
      if (
        /^\(?\)?[`'"]?\s+(?:(?:and|or|,)[^.;]{0,60}?\s)?(?:(?:is|are|\w+s|\w+)\s+)?(?:in|at|inside|from|of|\(|@|under|within|→|->|:|—|-)\s*(?:the\s+|file\s+|module\s+)*[`'"(]?$/i.test(
          between,
        ) ||
        /^\(?\)?[`'"]?\s*[(:@—-]+\s*[`'"]?$/.test(between) ||
        (/\bin\s+(?:the\s+)?[`'"(]?$/i.test(between) && symbol.noun !== undefined && between.length < 40)
      ) {
        return {
          mention: behind,
          defines:
            symbol.noun !== undefined ||
            /^\(?\)?[`'"]?\s+(?:is|are)\b/i.test(between) ||
            /\b(?:in|at|from)\s+(?:the\s+)?[`'"(]?$/i.test(between),
        };
      }
    }
  }
  const ahead = [...usable].reverse().find((path) => path.end <= symbol.start);
  if (ahead) {
    const between = line.plain.slice(ahead.end, symbol.start);
    if (
      /^[`'")]?\s+(?:\w+\s+)?(?:exports?|defines?|declares?|contains?|holds?|has|implements?|provides?|houses|re-exports|also exports)\b/i.test(
        between,
      ) &&
      between.length < 90 &&
      !/[.;]\s/.test(between)
    )
      return { mention: ahead, defines: true };
  }
  return undefined;
}

const within = (path: string, place: PathMention): boolean =>
  place.found.some((found) => path === found || path.startsWith(`${found}/`));

/** Names of libraries: `React.memo`, `fs.readFile`. */
async function isForeign(symbol: SymbolMention, workspace: Workspace): Promise<boolean> {
  if (symbol.owner === undefined) return false;
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
      return atLine(symbol, place, there) ?? supported(`${symbol.text} is defined in ${first.path}.`, at(first));
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
  if (first) return supported(`${symbol.text} is defined.`, at(first));
  return undefinedSymbol(line, symbol, all, workspace);
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
  return family ? contradicted(`${symbol.text} is nowhere.`, at(family)) : undefined;
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

/** `Store.get` where `Store` is ours: only what stands in `Store`, or in what it extends. */
async function members(symbol: SymbolMention, all: FoundSymbol[], workspace: Workspace): Promise<FoundSymbol[]> {
  const owners = await workspace.definitions(symbol.owner ?? '');
  if (owners.length === 0) {
    // A Python or Go module: `parser.parse_line`
    const ofModule = all.filter(({ path }) => new RegExp(`(?:^|/)${symbol.owner ?? ''}(?:/[^/]+)?\\.\\w+$`).test(path));
    return ofModule.length > 0
      ? ofModule
      : all.filter((each) => each.kind !== 'value' || !(symbol.owner ?? '').match(/^[A-Z]/));
  }
  const types = owners.filter((owner) => owner.kind === 'type');
  const inside = all.filter((each) =>
    owners.some((owner) => owner.path === each.path && each.start > owner.start && each.end <= owner.end + 1),
  );
  if (inside.length > 0 || types.length === 0) return inside.length > 0 ? inside : all;
  const byReceiver: FoundSymbol[] = [];
  for (const each of all) {
    const text = (await workspace.text(each.path)) ?? '';
    const head = text.slice(each.start, text.indexOf('\n', each.start) + 1 || text.length);
    const before = text.slice(0, each.start);
    // Go: `func (s *Store) get`; Rust: `impl Store { fn get`; C++: `Store::get`; JS: `Store.prototype.get`
    const impl = [...before.matchAll(/^\s*impl(?:<[^>]*>)?\s+(?:[\w:<>, ]+\s+for\s+)?(\w+)/gm)].at(-1)?.[1];
    if (
      new RegExp(
        `\\(\\s*\\w*\\s*\\*?${symbol.owner}\\b[^)]*\\)|\\b${symbol.owner}(?:::|\\.prototype\\.|\\.)${symbol.name}`,
      ).test(head) ||
      impl === symbol.owner
    )
      byReceiver.push(each);
  }
  if (byReceiver.length > 0) return byReceiver;
  for (const type of types) {
    const text = (await workspace.text(type.path)) ?? '';
    const head = text.slice(type.start, type.start + 300);
    if (
      /\b(?:extends|implements|with)\s+\w|^\s*class\s+\w+\s*\([^)]+\)|:\s*(?:public\s+)?[A-Z]\w+/.test(
        head.split('{')[0] ?? '',
      ) &&
      !/^\s*class\s+\w+\s*\((?:object)?\)\s*:/.test(head)
    ) {
      const parents = [
        ...(head.split(/[{:]\s*\n|\{/)[0] ?? '').matchAll(
          /(?:extends|implements|with|[,(:])\s*(?:[\w.]+\.)?([A-Z]\w+)/g,
        ),
      ].map((match) => match[1] ?? '');
      for (const parent of parents) {
        const known = await workspace.definitions(parent);
        const inherited = all.filter((each) =>
          known.some((owner) => owner.path === each.path && each.start > owner.start && each.end <= owner.end + 1),
        );
        if (inherited.length > 0) return inherited;
      }
    }
    // A field or member without a form of its own: any word in the body of the type.
    const body = workspace.masked(type.path, text).slice(type.start, type.end);
    const hit = new RegExp(`(?<![\\w$])${symbol.name}(?![\\w$])`).exec(body);
    if (hit && type.start !== type.end)
      return [
        {
          ...type,
          name: symbol.name,
          start: type.start + hit.index,
          line: type.line + body.slice(0, hit.index).split('\n').length - 1,
        },
      ];
  }
  return [];
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
  const used = (await workspace.usages(symbol.name)).find((each) => each.as === 'code');
  if (used && !place && !/^(?:const|let|var|any|enum)$/.test(symbol.name))
    return contradicted(`${symbol.text} is in use.`, at(used));
  return supported(`${symbol.text} is not there, as the line says.`);
}

/** What the usual frameworks give their classes. */
const INHERITED =
  /^(?:objects|save|delete|get|set|filter|all|create|update|find\w*|where|id|pk|render|setState|state|props|emit|on|once|off|as_view|dict|json|parse_obj|model_\w+|from_\w+|to_\w+|message|stack|name|toString|equals|hashCode|getClass|items|keys|values|append|run|start|setUp|tearDown|assert\w*|query|metadata|_\w*)$/;
const PARENTS = /(?:\bextends|\bimplements|\bwith|[,(:])\s*(?:[\w.]+\.)?([A-Z]\w+)/g;

/** A class built on one that is not of this workspace may have any member. */
async function hasForeignParent(owner: FoundSymbol, workspace: Workspace): Promise<boolean> {
  const text = (await workspace.text(owner.path)) ?? '';
  const head =
    workspace
      .masked(owner.path, text)
      .slice(owner.start, owner.start + 300)
      .split(/\{|:\s*\n/)[0] ?? '';
  if (owner.kind !== 'type' || !/\bclass\b/.test(head)) return false;
  for (const [, parent = ''] of head.slice(head.indexOf(owner.name) + owner.name.length).matchAll(PARENTS)) {
    if ((await workspace.definitions(parent)).length === 0) return true;
  }
  return false;
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
  all: readonly FoundSymbol[],
  workspace: Workspace,
): Promise<Outcome | undefined> {
  if (
    symbol.owner !== undefined &&
    (all.length > 0 || symbol.code || symbol.noun !== undefined) &&
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
  const usages = await workspace.usages(symbol.name);
  const used = usages.find((each) => each.as !== 'string') ?? (symbol.noun === undefined ? usages[0] : undefined);
  if (
    used &&
    !(symbol.owner !== undefined && (await workspace.definitions(symbol.owner)).some((each) => each.kind === 'type'))
  )
    return supported(`${symbol.text} is in use.`, at(used));
  if (await isForeign(symbol, workspace)) return undefined;
  if (usages.length > 0 || AMBIENT.test(symbol.name)) return undefined;
  const owner = symbol.owner !== undefined ? (await workspace.definitions(symbol.owner))[0] : undefined;
  if (line.idle || !isSurelySymbol(line, symbol)) return undefined;
  return contradicted(
    `${symbol.text} is defined nowhere.`,
    ...(owner ? [at(owner)] : await nearNames(symbol, workspace)),
  );
}

/** Whether not finding it means that it is gone: a word in backticks may be anything. */
function isSurelySymbol(line: LineText, symbol: SymbolMention): boolean {
  const { name, code, noun } = symbol;
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(name)) return true;
  if (/^_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(name) || /^[a-z][a-z0-9]*[A-Z]/.test(name))
    return code || noun !== undefined || name.length > 5;
  if (
    noun !== undefined &&
    (code || /^[A-Z]/.test(name) || symbol.text !== name || /\(\)/.test(line.plain.slice(symbol.start, symbol.end + 2)))
  )
    return true;
  const acts =
    /^\(?\)?[`'"]?\s+(?:is|handles?|parses?|wraps?|extends|implements|returns?|validates?|throws?|calls?|creates?|lives|does|reads?|writes?|loads?|stores?|manages?|keeps?|holds?|builds?|runs?|converts?|maps?|sends?|takes?|owns|renders?|exposes|exports|emits?|computes?|must|should|inherits|has|uses|talks|checks?|formats?|caches|retries|polls|orchestrates|dispatches|encapsulates|represents|defines|decides|resolves|caps|limits)\b/i.test(
      line.plain.slice(symbol.end),
    );
  const told =
    /\b(?:call(?:s|ed|ing)?|us(?:e|es|ing)|via|through|import(?:s|ed)?|extend(?:s|ing)?|implement(?:s|ing)?|invok(?:e|es|ing)|instantiate|throws?|returns?|raises?|in|by|from|of|with|see|the|into|subclass(?:es)?|on)\s+[`'"]?$/i.test(
      line.plain.slice(0, symbol.start),
    );
  if (/^[A-Z][a-z0-9]+(?:[A-Z]\w*)+$/.test(name))
    return (
      code ||
      acts ||
      (told &&
        /(?:Service|Controller|Manager|Handler|Factory|Store|Client|Error|Exception|Provider|Repository|Model|View|Parser|Builder|Registry|Queue|Cache|Config|Options|Props|State|Context|Schema|Router|Middleware|Adapter|Job|Worker|Helper|Utils?|Loader|Reader|Writer|Engine|Runner|Validator|Formatter|Logger|Session|Policy|Request|Response|Event|Listener|Emitter|Stream|Buffer|Pool|Gateway|Button|Modal|Form|Page|Panel|List|Table|Card|Hook|Mixin|Base|Impl|Type|Info|Data|Result|Params|Settings|Serializer|Resolver|Guard|Pipe|Module|Index|Tree|Node|Item|Entry|Record|Mapper|Strategy|Visitor|Command|Plugin)$/.test(
          name,
        ))
    );
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
