// 500 skills as teams write them, and 50 tasks as people ask for them, each with the skill that is meant. Written before the ranking was.

export interface CorpusSkill {
  name: string;
  description: string;
  /** Headings of its body. */
  headings: readonly string[];
}

/** `name | description | heading; heading` */
const WRITTEN = `
add-a-migration | Creates a database migration with an up and a down step and runs it against a copy of the data. Use when the schema has to change. | When the schema changes; Write the migration; Try it on a copy; Roll back
add-feature-flag | Puts new behaviour behind a feature flag with a default, an owner and a date of removal. | Naming a flag; Where flags are read; Removing a flag
accessibility-audit | Checks a page with keyboard and screen reader, contrast and focus order, and files what fails by WCAG level. | Keyboard; Screen reader; Contrast; Report
api-versioning | Adds a new version of a REST endpoint while the old one keeps its contract, with deprecation headers. | When to version; Headers; Sunset
archive-old-branches | Finds branches without commits for months, tags their tips and deletes them after a list was confirmed. | Find stale branches; Tag; Delete
backport-a-fix | Cherry-picks a commit from main to a release branch, resolves conflicts and opens the pull request. | Choose commits; Cherry-pick; Conflicts; Pull request
bisect-regression | Finds the commit that broke something with git bisect and a script that tells good from bad. | Write the check; Run bisect; Report the commit
bump-dependencies | Raises third-party packages to their newest compatible release in small groups, reading changelogs and running tests for each. | Group updates; Read changelogs; Lock file
bundle-size-hunt | Explains why the JavaScript bundle grew, by comparing module statistics of two builds, and removes what is not needed. | Analyse; Compare builds; Lazy loading
cache-headers | Sets Cache-Control, ETag and Vary for static and dynamic responses and verifies them with curl. | Static files; Dynamic pages; Verify
calendar-recurrence | Computes repeating events by RFC 5545 rules across daylight saving changes. | Rules; Exceptions; Daylight saving
capacity-planning | Estimates how many machines a service needs for expected load from measured throughput. | Measure; Model; Headroom
changelog-entry | Writes the line for CHANGELOG.md in the house style from the commits since the last tag. | Style; Which changes count
chart-design | Picks the right kind of diagram for data and draws it with readable axes, colours and labels. | Which chart; Axes; Colours
clean-up-imports | Sorts import statements, removes unused ones and replaces deep relative paths by aliases. | Order; Aliases
cli-help-texts | Writes usage, flags and examples for a command line program so that --help answers most questions. | Usage line; Flags; Examples
code-owners | Keeps the CODEOWNERS file in step with the folders and the teams behind them. | Who owns what; Check the file
commit-messages | Formats commits by the conventional commits rules this team uses: type, scope, subject, body, footer. | Type and scope; Body; Breaking changes
contract-tests | Verifies that a consumer and a provider of an API agree, through recorded expectations. | Consumer side; Provider side; Broker
convert-to-typescript | Moves a JavaScript module to TypeScript step by step, types first at the borders, without any. | Order of files; Border types; Strictness
cookie-consent | Adds the consent banner and keeps trackers off until the visitor has agreed. | Banner; Categories; Proof of consent
cors-errors | Diagnoses requests that browsers block because of cross-origin rules and corrects the server's answer headers. | Read the console; Preflight; Credentials
cost-report | Summarises last month's cloud bill by service and team, with what changed most. | Export; Group; Outliers
crash-dump | Reads a core file or minidump with a debugger and names the function and line where the process died. | Symbols; Stack; Threads
create-a-release | Cuts a release: version number, tag, notes, artefacts, announcement. | Version; Tag; Artefacts; Announce
csv-import | Loads comma-separated files with odd encodings, quotes and separators into tables, rejecting bad rows with reasons. | Encoding; Separators; Rejected rows
customer-apology | Drafts a letter to customers after an outage: what happened, whom it touched, what is done about it. | Tone; Facts; What not to promise
dark-mode | Gives components colours that follow the operating system's light or dark preference. | Tokens; Images; Testing both
data-retention | Deletes personal data after its period, with a log that proves it. | Periods; Jobs; Proof
dead-code | Finds functions, files and exports that nothing refers to and deletes them safely. | Search; False alarms; Delete
debug-memory-leak | Takes heap snapshots of a Node.js process over time and finds what is retained and why. | Snapshots; Retainers; Fix
deploy-preview | Puts a branch on a temporary address so that others can click through it before merging. | Build; Publish; Clean up
design-review | Prepares the one-page design document and its questions before a larger change is built. | Context; Options; Decision
docker-slim | Makes container images smaller with multi-stage builds, fewer layers and a distroless base. | Stages; Layers; Base image
document-an-api | Writes the OpenAPI description of endpoints, with examples and error responses. | Paths; Schemas; Examples; Errors
duplicate-accounts | Merges two user accounts of one person, moving orders and settings, keeping an undo file. | Find; Merge; Undo
email-templates | Builds HTML mails that look right in Outlook, Gmail and dark mode, with a plain text part. | Tables; Inline styles; Plain text
encrypt-secrets | Stores passwords and keys encrypted in the repository with sops and age, readable by those listed. | Keys; Encrypt; Rotate
env-setup | Gets a fresh laptop ready for this project: tools, versions, accounts, first build. | Tools; Accounts; First build
error-messages | Rewrites messages that users see so that they say what happened and what to do next. | What happened; What to do; Tone
estimate-a-task | Breaks a request into pieces and gives a range in days with what is uncertain. | Pieces; Unknowns; Range
etl-backfill | Reruns a data pipeline for past days without doubling rows. | Partition by day; Idempotence; Verify counts
excel-report | Produces an .xlsx workbook with formulas, formats and a pivot sheet from query results. | Sheets; Formulas; Formats
explain-query-plan | Reads EXPLAIN ANALYZE of a slow SQL statement and proposes indexes or a rewrite. | Read the plan; Indexes; Rewrite
fix-flaky-test | Makes a test that sometimes fails deterministic: clocks, order, network, shared state. | Reproduce; Usual causes; Prove it
fonts | Ships only the glyphs that are used, preloads them and avoids layout jumps. | Subset; Preload; Fallback metrics
form-validation | Checks what people type on client and server with one schema and shows errors beside the fields. | One schema; Messages; Server
gdpr-request | Answers a person who wants to see or erase what is stored about them, within the legal time. | Identify; Collect; Erase; Answer
generate-test-data | Makes realistic fake records with stable seeds for development databases. | Seeds; Relations; Volume
geo-search | Finds places near a point with geohashes or PostGIS and sorts them by distance. | Index; Query; Units
git-large-files | Moves binaries out of the history into LFS and shrinks the repository. | Find large blobs; Rewrite; Tell the others
graceful-shutdown | Lets a server finish open requests when it is told to stop, and closes connections in order. | Signals; Draining; Timeouts
graphql-n-plus-one | Batches resolvers with a data loader so that lists do not cause one query per row. | Detect; Batch; Cache
health-checks | Adds liveness and readiness endpoints that tell the truth. | Live; Ready; Dependencies
hiring-exercise | Reviews the take-home exercise of a candidate along the team's rubric. | Rubric; Notes; Bias
icon-set | Adds an SVG icon: optimised, named, with a title, in the sprite. | Optimise; Name; Sprite
image-optimise | Converts pictures to AVIF and WebP, sets sizes and lazy loading. | Formats; Sizes; Lazy loading
incident-review | Writes the blameless postmortem: timeline, causes, what went well, actions with owners. | Timeline; Causes; Actions
internationalise | Pulls texts out of components into message files with plurals and placeholders. | Extract; Plurals; Dates and numbers
invoice-pdf | Renders invoices as PDF/A with embedded XML for e-invoicing. | Layout; XML; Archive
jwt-rotation | Exchanges signing keys of access tokens without logging everybody out. | Two keys; Overlap; Revoke
keyboard-shortcuts | Adds key bindings that do not clash and are listed in the help overlay. | Clashes; Platforms; Overlay
kubernetes-rollback | Takes a deployment back to its previous revision and checks that pods are well. | Decide; Undo; Watch pods
licence-check | Lists licences of all packages and flags those the legal team does not accept. | Collect; Allowed; Exceptions
lint-rule | Writes a custom ESLint rule with a fixer and tests. | AST; Report; Fixer
load-test | Sends growing traffic at a service with k6 and finds where latency breaks. | Scenario; Ramp; Read results
localise-dates | Shows times in the visitor's zone and language, stores them in UTC. | Store; Show; Traps
log-format | Makes services write structured JSON logs with request ids and without personal data. | Fields; Request id; Redaction
machine-learning-card | Documents a trained model: data, metrics, limits, intended use. | Data; Metrics; Limits
meeting-notes | Turns a transcript into decisions, open points and who does what by when. | Decisions; Actions
merge-conflicts | Resolves conflicting changes of two branches by reading what each side wanted. | Read both sides; Resolve; Test
mobile-release | Ships the app to App Store and Google Play: build numbers, screenshots, staged rollout. | Build; Screenshots; Rollout
mock-server | Stands in for an external service in tests with recorded answers. | Record; Replay; Refresh
monorepo-package | Adds a package to the workspace with build, tests and references wired. | Folder; Config; References
move-to-cloud-storage | Moves uploads from local disk to object storage with signed links. | Bucket; Signed links; Copy old files
naming | Chooses names for functions, variables and modules by the team's word list. | Word list; Verbs; Abbreviations
new-component | Scaffolds a React component with story, test and styles in the house layout. | Files; Story; Test
new-endpoint | Adds an HTTP route with validation, authorisation, tests and documentation. | Route; Validate; Authorise; Test
newsletter | Writes the monthly product news for customers from merged pull requests. | Collect; Choose; Write
oauth-login | Adds signing in with Google, GitHub or another OpenID provider. | Provider; Callback; Sessions
on-call-handover | Prepares the summary for whoever carries the pager next week. | Open alerts; Changes; Risks
onboarding-plan | Plans the first weeks of a new colleague: people, readings, first tasks. | First day; First week; First task
pagination | Replaces offset by cursor paging in lists that change while they are read. | Cursor; Sort key; Clients
password-reset | Builds the flow for forgotten passwords with single-use links that expire. | Link; Expiry; Abuse
payment-webhooks | Handles events of the payment provider exactly once, in any order. | Signature; Idempotency; Replay
pdf-forms | Fills fields of PDF documents and flattens them. | Fields; Fill; Flatten
permissions-matrix | Lists roles against actions and tests each cell. | Roles; Actions; Tests
print-stylesheet | Makes pages print well: breaks, links, no navigation. | Breaks; Links
profile-cpu | Records a CPU profile of a slow function, reads the flame graph and speeds up the hot path. | Record; Flame graph; Hot path
pull-request-description | Writes title and text of a pull request: why, what, how it was tested, screenshots. | Why; What; Testing
push-notifications | Sends messages to phones and browsers, with permission asked at a good moment. | Permission; Payload; Badges
query-builder | Writes safe SQL from filters that users put together. | Filters; Escaping; Limits
queue-dead-letters | Looks into jobs that failed too often, repairs the cause and puts them back. | Inspect; Repair; Requeue
rate-limits | Protects endpoints from too many requests with a token bucket and honest headers. | Bucket; Headers; Exceptions
read-rfc | Answers questions about internet standards with the section that says so. | Find; Quote
refactor-to-hooks | Turns React class components into functions with hooks, one at a time. | State; Effects; Tests
regex-safety | Finds patterns that can take exponential time and rewrites them. | Detect; Rewrite; Test
remove-feature | Takes a feature out completely: code, settings, texts, tables, documentation. | Inventory; Order; Announce
reproduce-a-bug | Turns a vague report into the smallest failing example. | Questions; Reduce; Record
responsive-layout | Makes pages work from 320 pixels to wide screens with grid and container queries. | Breakpoints; Grid; Test
restore-backup | Restores last night's database backup into a scratch server and checks that it is complete. | Fetch; Restore; Check
retry-policy | Adds exponential backoff with jitter to calls that may fail for a moment. | What to retry; Backoff; Limits
review-a-pull-request | Reads a change for correctness, security, tests and style, and writes comments worth reading. | Order; Questions; Tone
robots-and-sitemap | Tells search engines what to index, with a sitemap that stays current. | Robots; Sitemap; Verify
rollout-plan | Brings a risky change to users in steps with a way back. | Steps; Measures; Way back
secret-leak | Reacts to a key that was committed: revoke, rotate, rewrite, report. | Revoke; Rotate; Rewrite history; Report
security-headers | Sets Content-Security-Policy, HSTS and friends without breaking pages. | CSP; HSTS; Report only
seed-database | Fills a new database with the reference rows the application needs to start. | Order; Idempotence
sentry-triage | Goes through new errors in Sentry, groups them and opens tickets for what matters. | Sort; Group; Tickets
service-worker | Makes a web app work offline with caching strategies and updates that are noticed. | Strategies; Updates; Debug
slides | Builds a presentation from an outline in the company's template. | Outline; Template; Notes
split-a-module | Cuts a file that has grown too large along its responsibilities. | Find seams; Move; Keep history
sql-style | Formats SQL by the house rules. | Case; Indentation; Aliases
ssl-certificate | Renews certificates, installs them and checks the chain. | Renew; Install; Check
state-machine | Models a process as states and transitions and generates the table of what is allowed. | States; Transitions; Table
status-page | Tells customers about an outage while it lasts, in short and true sentences. | First word; Updates; Closing
story-writing | Turns wishes into user stories with acceptance criteria. | Story; Criteria; Size
supplier-review | Checks a new vendor: data protection, prices, exit. | Data; Prices; Exit
support-reply | Answers a customer's question in our voice, with the link to the article. | Voice; Article
survey-analysis | Groups free text answers of a survey into themes with quotes. | Code; Themes; Quotes
svg-animation | Animates drawings with CSS and respects people who prefer less motion. | Keyframes; Reduced motion
tech-debt-list | Keeps the list of known shortcuts with cost and a proposal for each. | Record; Rate; Pay back
test-coverage-gaps | Finds branches of the code that no test runs and writes the missing ones that matter. | Measure; Choose; Write
threat-model | Walks through a design with STRIDE and lists threats with counter-measures. | Diagram; STRIDE; Measures
time-zone-bugs | Hunts errors around midnight, month ends and summer time. | Suspects; Freeze the clock; Fix
translate-texts | Translates message files with the glossary and keeps placeholders. | Glossary; Placeholders; Review
undo-redo | Adds undo to an editor by commands that know their inverse. | Commands; Groups; Limits
upgrade-framework | Moves the application to the next major version of its web framework along the official guide. | Read the guide; Codemods; Test
upload-files | Accepts large uploads in pieces, scans them for viruses and stores them. | Chunks; Scan; Store
usability-test | Prepares and runs a session with five people and sums up what they stumbled over. | Tasks; Session; Findings
websocket-reconnect | Keeps live connections up over bad networks and catches up on what was missed. | Heartbeat; Backoff; Catch up
weekly-status | Collects what was done, what is next and what is in the way into one message for the team. | Done; Next; In the way
write-adr | Records an architecture decision: context, options, choice, consequences. | Context; Options; Consequences
xml-schema | Validates and versions XML documents by XSD. | Schema; Versions
zero-downtime-schema | Changes large tables in steps that old and new code both survive: expand, backfill, switch, contract. | Expand; Backfill; Switch; Contract
`;

/** What teams have a skill for in every technology they use: near neighbours that a search must tell apart. */
const TECHNOLOGIES = [
  ['python', 'Python', 'pytest, ruff and uv'],
  ['rust', 'Rust', 'cargo, clippy and rustfmt'],
  ['go', 'Go', 'go test, golangci-lint and modules'],
  ['java', 'Java', 'JUnit, Maven and Checkstyle'],
  ['kotlin', 'Kotlin', 'Gradle, ktlint and JUnit'],
  ['swift', 'Swift', 'XCTest and the Swift package manager'],
  ['php', 'PHP', 'PHPUnit, Composer and PHPStan'],
  ['ruby', 'Ruby', 'RSpec, Bundler and RuboCop'],
  ['elixir', 'Elixir', 'ExUnit, mix and Credo'],
  ['csharp', 'C#', 'xUnit, NuGet and dotnet format'],
  ['postgres', 'PostgreSQL', 'psql, pg_dump and pg_stat_statements'],
  ['mongodb', 'MongoDB', 'mongosh and the aggregation framework'],
  ['redis', 'Redis', 'redis-cli and streams'],
  ['kafka', 'Kafka', 'topics, consumer groups and the schema registry'],
  ['terraform', 'Terraform', 'modules, state and plans'],
  ['ansible', 'Ansible', 'playbooks, roles and vaults'],
  ['aws-lambda', 'AWS Lambda', 'handlers, layers and the SAM CLI'],
  ['vue', 'Vue', 'single-file components, Pinia and Vitest'],
  ['angular', 'Angular', 'components, services and RxJS'],
  ['svelte', 'Svelte', 'components, stores and SvelteKit'],
  ['flutter', 'Flutter', 'widgets, pub and golden tests'],
  ['unity', 'Unity', 'scenes, prefabs and the test runner'],
] as const;
const CHORES: readonly (readonly [string, (tech: string, tools: string) => string, string])[] = [
  [
    'tests',
    (t, tools) => `Writes and runs automated tests for ${t} code with ${tools}.`,
    'Arrange; Run; Read failures',
  ],
  ['style', (t, tools) => `Applies the house style to ${t} with ${tools}.`, 'Format; Lint; Exceptions'],
  [
    'upgrade',
    (t) => `Moves a project to a newer release of ${t} and repairs what breaks.`,
    'Release notes; Steps; Check',
  ],
  [
    'performance',
    (t) => `Finds out why something in ${t} is slow and makes it faster, with numbers before and after.`,
    'Measure; Change; Measure again',
  ],
  ['security', (t) => `Reviews ${t} for known weaknesses and unsafe settings.`, 'Checklist; Tools; Report'],
  [
    'debugging',
    (t, tools) => `Tracks down faults in ${t} step by step, using ${tools}.`,
    'Reproduce; Narrow down; Fix',
  ],
  [
    'new-project',
    (t, tools) => `Starts a ${t} project with the folders, settings and ${tools} that we use.`,
    'Folders; Settings; First commit',
  ],
  ['ci', (t) => `Sets up the pipeline that builds and checks ${t} on every push.`, 'Jobs; Caches; Secrets'],
  ['documentation', (t) => `Documents ${t} code and how to run it.`, 'Readme; Reference; Examples'],
  [
    'error-handling',
    (t) => `Handles failures in ${t}: what to catch, what to log, what to tell the caller.`,
    'Catch; Log; Tell',
  ],
  ['logging', (t) => `Adds useful log lines to ${t} without noise or personal data.`, 'Levels; Context; Redaction'],
  [
    'configuration',
    (t) => `Reads settings of ${t} from files and environment with checked defaults.`,
    'Sources; Defaults; Checks',
  ],
  ['deployment', (t) => `Ships ${t} to production and back.`, 'Build; Ship; Roll back'],
  [
    'monitoring',
    (t) => `Watches ${t} in production with metrics and alerts that mean something.`,
    'Metrics; Alerts; Dashboards',
  ],
  ['interview', (t) => `Asks candidates about ${t} fairly, with questions from easy to hard.`, 'Questions; Rubric'],
  ['cheat-sheet', (t, tools) => `Answers quick questions about ${t}: ${tools}.`, 'Commands; Idioms'],
  ['teaching', (t) => `Explains ${t} to somebody who comes from another technology.`, 'Analogies; Exercises'],
];

function written(): CorpusSkill[] {
  return WRITTEN.trim()
    .split('\n')
    .map((line) => {
      const [name = '', description = '', headings = ''] = line.split(' | ');
      return { name, description, headings: headings.split('; ') };
    });
}

function repeated(): CorpusSkill[] {
  return TECHNOLOGIES.flatMap(([id, title, tools]) =>
    CHORES.map(([chore, say, headings]) => ({
      name: `${id}-${chore}`,
      description: say(title, tools),
      headings: headings.split('; '),
    })),
  );
}

/** 500 skills; every one of the written ones is among them. */
export const SKILL_CORPUS: readonly CorpusSkill[] = [...written(), ...repeated()].slice(0, 500);

/** What a person asks, and the name of the skill that is meant. */
export const SKILL_TASKS: readonly (readonly [task: string, skill: string])[] = [
  ['We need a new column on the orders table, and a way to take it out again', 'add-a-migration'],
  ['Ship this only to some users first and let me switch it off', 'add-feature-flag'],
  ['Can blind people use our checkout page?', 'accessibility-audit'],
  ['This worked last week. Which commit broke it?', 'bisect-regression'],
  ['Get the fix from main into the 2.3 release branch', 'backport-a-fix'],
  ['Our packages are ancient, please bring them up to date', 'bump-dependencies'],
  ['Why is the JavaScript we send to browsers suddenly twice as big?', 'bundle-size-hunt'],
  ['The browser says blocked by CORS policy', 'cors-errors'],
  ['The process segfaulted and left a core file, where did it crash?', 'crash-dump'],
  ['Publish version 4.0 with release notes', 'create-a-release'],
  ['Import this spreadsheet export with weird umlauts and semicolons', 'csv-import'],
  ['Node keeps eating RAM until it gets killed', 'debug-memory-leak'],
  ['The docker image is 2 GB, shrink it', 'docker-slim'],
  ['Write the swagger docs for the orders endpoints', 'document-an-api'],
  ['This SELECT takes 40 seconds, does it need an index?', 'explain-query-plan'],
  ['The login test fails every tenth run on CI', 'fix-flaky-test'],
  ['A customer wants to know what data we hold about him and have it erased', 'gdpr-request'],
  ['Fill the dev database with fake customers', 'generate-test-data'],
  ['Show shops near the user sorted by distance', 'geo-search'],
  ['The repo is huge because somebody committed videos', 'git-large-files'],
  ['GraphQL list fires a query for each row', 'graphql-n-plus-one'],
  ['Write the postmortem of yesterday’s outage', 'incident-review'],
  ['Translate the UI: get the hard-coded strings out of the components', 'internationalise'],
  ['Roll the kubernetes deployment back, pods are crashing', 'kubernetes-rollback'],
  ['Are we allowed to use all these open source licenses?', 'licence-check'],
  ['How many requests per second can the service take before it gets slow?', 'load-test'],
  ['Summarise this call: who promised what?', 'meeting-notes'],
  ['git says CONFLICT in three files after merging', 'merge-conflicts'],
  ['Submit the iPhone app to the App Store', 'mobile-release'],
  ['Add a button component with a storybook story', 'new-component'],
  ['Let people sign in with their Google account', 'oauth-login'],
  ['A new developer starts on Monday, plan her first weeks', 'onboarding-plan'],
  ['Users forgot their password and cannot get a new one', 'password-reset'],
  ['Stripe sends the same event twice and we charge again', 'payment-webhooks'],
  ['This function is slow, make a flame graph', 'profile-cpu'],
  ['Somebody hammers our API, throttle them', 'rate-limits'],
  ['Could this regular expression hang the server?', 'regex-safety'],
  ['Check that last night’s backup can really be restored', 'restore-backup'],
  ['I pushed an AWS key to GitHub by accident', 'secret-leak'],
  ['Have the app keep working in a tunnel without network', 'service-worker'],
  ['This file has 3,000 lines, break it up', 'split-a-module'],
  ['Our HTTPS cert expires on Friday', 'ssl-certificate'],
  ['Appointments are off by one hour since the clocks changed', 'time-zone-bugs'],
  ['Rename a column on a table with a billion rows without an outage', 'zero-downtime-schema'],
  ['Start a fresh Rust project the way we do it', 'rust-new-project'],
  ['pytest for the parser module, please', 'python-tests'],
  ['Our Terraform runs should be checked on every push', 'terraform-ci'],
  ['Which alerts do we want for Kafka in production?', 'kafka-monitoring'],
  ['Explain Go to me, I come from another language', 'go-teaching'],
  ['Redis got slow since yesterday', 'redis-performance'],
];

/** More of them, written after the ranking was tuned and never used for that: how well it does on what it has not seen. */
export const UNSEEN_TASKS: readonly (readonly [task: string, skill: string])[] = [
  ['Our CLI prints nothing useful with --help', 'cli-help-texts'],
  ['Delete the git branches nobody has touched in a year', 'archive-old-branches'],
  ['Is there code in here that nobody calls anymore?', 'dead-code'],
  ['Put this branch somewhere the designer can click around in it', 'deploy-preview'],
  ['The same customer has two logins, put them together', 'duplicate-accounts'],
  ['The mail we send looks broken in Outlook', 'email-templates'],
  ['How long will this feature take?', 'estimate-a-task'],
  ['Rerun the pipeline for the whole of March', 'etl-backfill'],
  ['When we restart the server, running requests are cut off', 'graceful-shutdown'],
  ['Pictures on the home page load forever', 'image-optimise'],
  ['Make the invoice a PDF our accountant’s software can read', 'invoice-pdf'],
  ['Write our own ESLint check against moment.js', 'lint-rule'],
  ['The logs are a mess, make them JSON', 'log-format'],
  ['Tests must not call the real weather service', 'mock-server'],
  ['The list jumps and repeats rows when I go to the next page', 'pagination'],
  ['What is different about this PR, write the text for it', 'pull-request-description'],
  ['Jobs that failed are piling up in the queue', 'queue-dead-letters'],
  ['Calls to the shipping API fail now and then, try again', 'retry-policy'],
  ['Google does not index our site', 'robots-and-sitemap'],
  ['Who could attack this design and how?', 'threat-model'],
  ['The chat stops when the wifi drops', 'websocket-reconnect'],
  ['Write down why we chose Postgres over Mongo', 'write-adr'],
  ['Upload of big files times out', 'upload-files'],
  ['Set up GitHub checks for our Elixir code', 'elixir-ci'],
  ['Is our Angular code safe?', 'angular-security'],
];
