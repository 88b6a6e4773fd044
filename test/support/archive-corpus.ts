// A labelled archive: 5,000 technical sentences, and queries as an agent phrases them, each with the sentence it is after.
// The queries were written before any ranking was tuned; odd ones are held out and only ever measured.

export interface LabelledQuery {
  query: string;
  /** Index into `sentences`. */
  target: number;
  kind: 'question' | 'synonym' | 'inflection' | 'identifier' | 'file' | 'partial';
  heldOut: boolean;
}

type Pair = readonly [kind: LabelledQuery['kind'], target: string, query: string];

const PAIRS: readonly Pair[] = [
  [
    'question',
    'Deploys to production happen only on Tuesday and Thursday mornings, never before a holiday.',
    'when are we allowed to deploy to production?',
  ],
  [
    'question',
    'The staging database is reset every night at 02:00 UTC from an anonymised dump.',
    'how often does the staging database get reset',
  ],
  [
    'question',
    'Access tokens of the mobile app live for fifteen minutes; refresh tokens for thirty days.',
    'how long do mobile access tokens live',
  ],
  [
    'question',
    'We chose Postgres over MySQL because of partial indexes and transactional DDL.',
    'why did we choose postgres instead of mysql',
  ],
  [
    'question',
    'The nightly backup is written to the bucket ledger-backups in eu-central-1.',
    'where are nightly backups stored',
  ],
  [
    'question',
    'Maria owns the billing service and must approve every schema change there.',
    'who has to approve schema changes in billing',
  ],
  [
    'question',
    'The flaky checkout test fails when the clock crosses midnight, since it compares dates as strings.',
    'why is the checkout test flaky',
  ],
  [
    'question',
    'Feature flags are read once at start-up; changing one needs a restart of the worker.',
    'do feature flags need a restart to take effect',
  ],
  [
    'question',
    'Uploads larger than 25 MB are rejected by the reverse proxy before they reach the API.',
    'what is the maximum upload size',
  ],
  [
    'question',
    'Run the linter with the fix flag before committing, the pre-commit hook only checks.',
    'what should I run before committing',
  ],
  [
    'question',
    'Error codes from 4100 to 4199 belong to the payment provider adapter.',
    'which error codes belong to the payment adapter',
  ],
  [
    'question',
    'The Windows build needs the long path setting of git, or the checkout breaks in the fixtures folder.',
    'what is needed to build on Windows',
  ],
  [
    'synonym',
    'To remove a tenant, mark it archived first; the purge job erases its rows after ninety days.',
    'how do I delete a customer tenant',
  ],
  [
    'synonym',
    'The login page must never reveal whether an e-mail address is registered.',
    'sign in screen should not leak if an email exists',
  ],
  [
    'synonym',
    'Slow queries are written to the table query_log with their plan.',
    'where are long running SQL statements recorded',
  ],
  [
    'synonym',
    'A crash of the importer leaves a lock file behind in the spool folder; it has to be unlinked by hand.',
    'importer died, stale lock in spool directory',
  ],
  [
    'synonym',
    'Secrets come from the vault sidecar, never from environment variables.',
    'where do credentials come from',
  ],
  [
    'synonym',
    'The picture thumbnails are rendered by a separate worker pool with two processes.',
    'which workers generate image previews',
  ],
  [
    'synonym',
    'Customers on the legacy plan keep their price until they change the plan themselves.',
    'what do users on the old subscription pay',
  ],
  [
    'synonym',
    'The search box waits 200 ms after the last key before it asks the server.',
    'debounce delay of the search input',
  ],
  [
    'synonym',
    'All amounts of money are integers in cents; floats are forbidden in the ledger.',
    'how is currency represented in the ledger',
  ],
  ['synonym', 'The retry of webhooks doubles its pause each time up to one hour.', 'webhook exponential backoff'],
  [
    'synonym',
    'Dark mode colours come from the design tokens file, hard-coded hex values fail review.',
    'theme colors may not be hard coded',
  ],
  [
    'synonym',
    'Never rebase the release branch, other teams cherry-pick from it.',
    'can I rewrite history on the release branch',
  ],
  [
    'inflection',
    'Migrating the user table took forty minutes because of a missing index on email.',
    'user table migration was slow',
  ],
  [
    'inflection',
    'The scheduler skips jobs that were cancelled while they waited in the queue.',
    'does the scheduler run a cancelled job still queued',
  ],
  [
    'inflection',
    'We stopped mocking the clock globally and inject it where time matters.',
    'stop using global clock mocks',
  ],
  [
    'inflection',
    'Compressing responses below 1 KB made latency worse, so a threshold was added.',
    'response compression threshold',
  ],
  [
    'inflection',
    'Parsing of CSV exports must accept semicolons, as German spreadsheets write them.',
    'parse csv with semicolon from German spreadsheet',
  ],
  [
    'inflection',
    'The cache is invalidated by publishing the entity id on the channel entity-changed.',
    'cache invalidation channel for entities',
  ],
  [
    'inflection',
    'Reviewers assign themselves; nobody else may request a specific reviewer.',
    'how is a reviewer assigned',
  ],
  ['inflection', 'Duplicated events are detected by their idempotency key within a day.', 'detecting duplicate events'],
  ['inflection', 'Encrypting backups uses age with the key of the operations team.', 'how are backups encrypted'],
  [
    'inflection',
    'Translators get the strings each Monday; strings merged later wait a week.',
    'string translation schedule',
  ],
  [
    'identifier',
    'The helper parseInvoiceNumber strips the country prefix before it validates the checksum.',
    'parse invoice number helper',
  ],
  [
    'identifier',
    'Call flush_pending_writes before closing the store, or the last batch is lost.',
    'flushPendingWrites before close',
  ],
  [
    'identifier',
    'MAX_CONCURRENT_UPLOADS is 4 because the phones of field staff run out of memory above that.',
    'max concurrent uploads limit',
  ],
  [
    'identifier',
    'useOptimisticCart rolls back the cart when the server answers with a conflict.',
    'optimistic cart hook rollback',
  ],
  ['identifier', 'The class TokenBucketLimiter is shared by all routes under the public API.', 'token bucket limiter'],
  [
    'identifier',
    'set the option strictNullChecks per package, the root config leaves it off.',
    'strict null checks option',
  ],
  ['identifier', 'UserSessionStore keeps sessions in Redis with a sliding expiry.', 'user_session_store expiry'],
  [
    'identifier',
    'The event order-placed is emitted after the transaction commits, not inside it.',
    'orderPlaced event emitted when',
  ],
  ['identifier', 'renderMarkdownSafely removes script tags and data URLs.', 'render markdown safely'],
  ['identifier', 'isRetryableStatus treats 409 as final, unlike the vendor library.', 'is 409 a retryable status'],
  [
    'identifier',
    'The column last_seen_at is updated at most once a minute per account.',
    'lastSeenAt update frequency',
  ],
  [
    'identifier',
    'createHttpAgent reuses sockets; the default agent of the runtime does not.',
    'http agent socket reuse',
  ],
  [
    'file',
    'docker-compose.override.yml mounts the sources, so that the containers reload on save.',
    'docker-compose.override.yml',
  ],
  [
    'file',
    'The rules for imports live in tools/eslint/import-order.cjs and are shared by all packages.',
    'import-order.cjs',
  ],
  [
    'file',
    'src/billing/tax/rates.ts is generated from the spreadsheet of finance; edit the sheet.',
    'src/billing/tax/rates.ts',
  ],
  ['file', 'Do not touch schema.lock.json by hand, run make schema.', 'who generates schema.lock.json'],
  [
    'file',
    'The entry point of the desktop app is main/bootstrap.ts, which forks the updater.',
    'bootstrap.ts desktop entry',
  ],
  [
    'file',
    'Fixtures under test/golden are compared byte by byte; refresh them with UPDATE_GOLDEN=1.',
    'how to refresh test/golden fixtures',
  ],
  ['file', 'The file .env.example lists every variable, and the check compares it with the code.', '.env.example'],
  ['file', 'ops/runbooks/failover.md describes how to promote the replica.', 'runbook for failover'],
  [
    'partial',
    'The method reconcileLedgerEntries runs hourly and reports differences above one cent.',
    'reconcileLedger',
  ],
  ['partial', 'AbortControllerPool frees controllers when their request ends.', 'AbortController pool'],
  ['partial', 'Set GRPC_KEEPALIVE_TIMEOUT_MS to 20000 behind the corporate proxy.', 'GRPC_KEEPALIVE'],
  ['partial', 'The package @acme/telemetry-browser must be loaded after consent.', 'telemetry-browser'],
  ['partial', 'webpackChunkNameResolver gives lazy routes stable file names.', 'ChunkNameResolver'],
  ['partial', 'The flag --experimental-snapshot cuts the start of the CLI by half.', 'experimental-snapshot flag'],
  ['partial', 'The middleware ensureTenantScope adds the tenant filter to every query.', 'tenantScope middleware'],
  ['partial', 'Index idx_orders_customer_created serves the order history page.', 'idx_orders_customer'],
  ['partial', 'normalizePhoneE164 assumes Germany when the number has no country code.', 'normalizePhone country'],
  ['partial', 'DeadLetterQueueInspector prints messages that failed five times.', 'dead letter inspector'],
];

const SERVICES = [
  'billing',
  'checkout',
  'search',
  'ledger',
  'import',
  'export',
  'mobile',
  'desktop',
  'payment',
  'session',
  'webhook',
  'upload',
  'scheduler',
  'report',
  'invoice',
  'order',
  'tenant',
  'user',
  'notification',
  'analytics',
];
const PARTS = [
  'service',
  'worker',
  'adapter',
  'queue',
  'cache',
  'database',
  'API',
  'test',
  'schema',
  'table',
  'proxy',
  'client',
  'middleware',
  'job',
  'index',
  'page',
  'form',
  'hook',
  'plugin',
  'container',
];
const VERBS = [
  'reads',
  'writes',
  'validates',
  'retries',
  'rejects',
  'compresses',
  'parses',
  'renders',
  'emits',
  'logs',
  'encrypts',
  'deletes',
  'updates',
  'merges',
  'skips',
  'resets',
  'deploys',
  'migrates',
  'mocks',
  'translates',
];
const THINGS = [
  'tokens',
  'events',
  'rows',
  'requests',
  'uploads',
  'strings',
  'amounts',
  'backups',
  'exports',
  'flags',
  'secrets',
  'sessions',
  'images',
  'webhooks',
  'invoices',
  'dates',
  'errors',
  'messages',
  'fixtures',
  'plans',
];
const WHEN = [
  'every night',
  'every hour',
  'before a deploy',
  'after the transaction',
  'at start-up',
  'on save',
  'once a minute',
  'when the server answers',
  'on Monday',
  'within a day',
  'behind the proxy',
  'in production',
  'in staging',
  'on Windows',
  'before committing',
  'after a crash',
  'by hand',
  'with the key of the team',
  'per account',
  'on the release branch',
];
const WHY = [
  'because the old path was slow',
  'since the vendor library does not',
  'or the build breaks',
  'so that latency stays low',
  'unless the flag is set',
  'as the review demands',
  'to keep the price stable',
  'which needs a restart',
  'and reports differences',
  'because of a missing index',
];
const CAMEL = ['parse', 'render', 'flush', 'create', 'ensure', 'normalize', 'resolve', 'validate', 'schedule', 'retry'];

const capital = (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`;

/** Numerical Recipes' generator: the same archive everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Sentences that share their words with the targets and with one another. */
export function distractors(count: number, seed = 7): string[] {
  const below = generator(seed);
  const of = (list: readonly string[]) => list[below(list.length)] ?? '';
  const templates = [
    () => `The ${of(SERVICES)} ${of(PARTS)} ${of(VERBS)} ${of(THINGS)} ${of(WHEN)}, ${of(WHY)}.`,
    () => `${capital(of(THINGS))} of the ${of(SERVICES)} ${of(PARTS)} are kept for ${below(90) + 2} days ${of(WHEN)}.`,
    () => `${of(CAMEL)}${capital(of(SERVICES))}${capital(of(PARTS))} ${of(VERBS)} ${of(THINGS)} ${of(WHY)}.`,
    () =>
      `Set ${of(SERVICES).toUpperCase()}_${of(PARTS).toUpperCase()}_LIMIT to ${below(5000)} ${of(WHEN)} for the ${of(SERVICES)} ${of(PARTS)}.`,
    () =>
      `src/${of(SERVICES)}/${of(PARTS).toLowerCase()}/${of(THINGS)}.ts ${of(VERBS)} the ${of(THINGS)} of the ${of(SERVICES)} ${of(PARTS)}.`,
    () =>
      `Never ${of(CAMEL)} ${of(THINGS)} in the ${of(SERVICES)} ${of(PARTS)} ${of(WHEN)}; the ${of(PARTS)} ${of(VERBS)} them.`,
    () =>
      `Why the ${of(SERVICES)} ${of(PARTS)} ${of(VERBS)} ${of(THINGS)} ${of(WHEN)} is written in docs/${of(SERVICES)}-${of(PARTS).toLowerCase()}.md.`,
    () => `The column ${of(SERVICES)}_${of(THINGS)}_at of the ${of(SERVICES)} table is updated ${of(WHEN)}.`,
  ];
  return Array.from({ length: count }, () => templates[below(templates.length)]?.() ?? '');
}

/** The archive and its queries. Targets stand scattered among the rest. */
export function archiveCorpus(size = 5_000): { sentences: string[]; queries: LabelledQuery[] } {
  const sentences = distractors(size - PAIRS.length);
  const below = generator(11);
  const placed = PAIRS.map(([, target]) => ({ target, at: below(sentences.length) })).sort((a, b) => a.at - b.at);
  placed.forEach(({ target, at }, index) => {
    sentences.splice(at + index, 0, target);
  });
  const queries = PAIRS.map(([kind, target, query], index) => ({
    kind,
    query,
    target: sentences.indexOf(target),
    heldOut: index % 2 === 1,
  }));
  return { sentences, queries };
}

/** Three words each that stand in a large part of the distractors. */
export const COMMON_QUERIES: readonly string[] = [
  'ledger database requests',
  'billing cache tokens',
  'the table of the server',
  'every service worker queue',
  'delete rows behind the proxy',
];
