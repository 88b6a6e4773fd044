// The names that a memory line uses for code.
import type { LineText, Polarity } from './line-text.ts';

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
/** "raises NotTrained": what is raised is a class, whatever it is called. */
const RAISED = /\b(?:raises?|raised|throws?|thrown)\s+(?:an?\s+)?[`'"]?$/i;
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
      (RAISED.test(before) ? 'exception' : undefined) ??
      (shape[4] !== undefined ? 'function' : undefined);
    // `E2E`, `S3`: no name of code has only capitals and digits and no underscore.
    if (!code && /^[A-Z\d]+$/.test(raw)) return;
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
    /(?<![\w$@./`#-])(?:[a-z_$][a-z0-9_$]*(?:[A-Z][\w$]*)|[A-Z][a-z0-9]+(?:[A-Z][\w$]*)|[A-Z]{2,}[a-z]+\w*|_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Za-z_$][\w$]*(?=\(\)))(?:(?:\.|#|::)[A-Za-z_$][\w$]*)*(?:\(\))?|(?<![\w$@./`#-])[A-Z][\w$]*(?:\.|::|#)[a-z_]\w*[!?]?(?:\(\))?|(?<![\w$@./`#-])[a-z][a-z\d]*\.[A-Z]\w+(?:\(\))?|(?<![\w$@./`#-])[A-Z][a-z][\w$]*(?:(?:\.|::)[A-Z][\w$]*)+|(?<![\w$@./`#-])[a-z_]\w*\.[a-z_]\w*(?=\(\))/g;
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
    /\b(?:functions?|method|class|interface|type|enum|struct|trait|component|hook|decorator|macro)\s+['"]?([A-Za-z_$][\w$]{2,})['"]?|\bthe\s+([A-Z][a-z]\w+|[a-z]{3,})\s+(?:function|method|class|interface|struct|trait|enum|hook|component)\b|\b[Tt]he\s+([A-Z][a-z]\w+)\s+(?:model|entity|serializer|controller|viewset|record)\b(?=[^;]*?(?:\b(?:in|from)\s+|\()[`'"]?[\w./-]+\.\w+)/g;
  for (const match of line.plain.matchAll(nouned)) {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
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
