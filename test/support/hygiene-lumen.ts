// A labelled repository written before the rules had run on it: alerts, with services in Go, a TypeScript workspace, a Rust crate and Python tools.
import type { Labelled } from './hygiene-repo.ts';

export const LUMEN: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/trunk\n',
  '.git/refs/heads/trunk': `${'a'.repeat(40)}\n`,
  '.nvmrc': '22.11.0\n',
  '.tool-versions': 'golang 1.23.4\nnodejs 22.11.0\npython 3.12.7\nrust 1.82.0\n',
  '.prettierrc': '{ "singleQuote": true, "semi": false, "printWidth": 110, "trailingComma": "all" }\n',
  '.env.example':
    'LUMEN_HTTP_ADDR=:7070\nLUMEN_NATS_URL=nats://localhost:4222\nLUMEN_DB_DSN=postgres://lumen@localhost:5444/lumen\nLUMEN_SMTP_HOST=\nVITE_API_BASE=http://localhost:7070\n',
  '.github/workflows/build.yml':
    'name: build\non:\n  push:\n    branches: [trunk]\n  pull_request:\njobs:\n  go:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v5\n        with:\n          go-version: "1.23"\n      - run: make vet test\n  web:\n    runs-on: ubuntu-24.04\n    strategy:\n      matrix:\n        node: [20, 22]\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n      - run: pnpm install --frozen-lockfile\n      - run: pnpm -r test\n  rust:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: cargo test --manifest-path crates/rollup/Cargo.toml\n',
  '.github/workflows/nightly.yml':
    'name: nightly\non:\n  schedule:\n    - cron: "30 3 * * *"\njobs:\n  soak:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 90\n    steps:\n      - run: make soak\n',
  '.github/dependabot.yml':
    'version: 2\nupdates:\n  - package-ecosystem: gomod\n    directory: /\n    schedule:\n      interval: weekly\n',
  '.github/CODEOWNERS': '/crates/ @lumen/storage\n/apps/ @lumen/web\n',
  'README.md': '# lumen\n\nAlerts that explain themselves.\n\n    make up\n    pnpm dev\n',
  LICENSE: 'Apache License\nVersion 2.0, January 2004\nhttp://www.apache.org/licenses/\n',
  'go.mod':
    'module lumen.dev/lumen\n\ngo 1.23\n\nrequire (\n\tgithub.com/go-chi/chi/v5 v5.1.0\n\tgithub.com/jackc/pgx/v5 v5.7.1\n\tgithub.com/nats-io/nats.go v1.37.0\n\tgithub.com/spf13/cobra v1.8.1\n\tgo.uber.org/zap v1.27.0\n)\n',
  Makefile:
    'COMPOSE := docker compose -f infra/compose.yaml\n\n.PHONY: up down vet test soak sqlc web\n\nup:\n\t$(COMPOSE) up -d\n\ndown:\n\t$(COMPOSE) down -v\n\nvet:\n\tgo vet ./...\n\ntest:\n\tgo test -shuffle=on ./...\n\nsoak:\n\tgo test -run Soak -timeout 80m ./services/...\n\nsqlc:\n\tsqlc generate -f infra/sqlc.yaml\n\nweb:\n\tpnpm --filter @lumen/console build\n',
  'infra/compose.yaml':
    'services:\n  postgres:\n    image: postgres:17\n    ports: ["5444:5432"]\n  nats:\n    image: nats:2.10-alpine\n    command: ["-js"]\n    ports: ["4222:4222", "8222:8222"]\n  mailpit:\n    image: axllent/mailpit:v1.21\n    ports: ["8025:8025"]\n  gateway:\n    build:\n      context: ..\n      dockerfile: infra/gateway.Dockerfile\n    ports: ["7070:7070"]\n    depends_on: [postgres, nats]\n',
  'infra/gateway.Dockerfile':
    'FROM golang:1.23-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /gateway ./services/gateway\nFROM debian:bookworm-slim\nCOPY --from=build /gateway /gateway\nEXPOSE 7070\nCMD ["/gateway"]\n',
  'infra/sqlc.yaml':
    'version: "2"\nsql:\n  - engine: postgresql\n    queries: internal/store/queries\n    schema: internal/store/schema\n',
  'services/gateway/main.go':
    'package main\n\nimport (\n\t"net/http"\n\t"os"\n\n\t"github.com/go-chi/chi/v5"\n\t"go.uber.org/zap"\n)\n\nfunc main() {\n\tlog, _ := zap.NewProduction()\n\tr := chi.NewRouter()\n\tr.Get("/livez", live)\n\tr.Route("/api/v2", func(r chi.Router) {\n\t\tr.Get("/alerts", listAlerts)\n\t\tr.Post("/alerts/{id}/ack", ackAlert)\n\t\tr.Put("/rules/{id}", putRule)\n\t})\n\tlog.Fatal("stopped", zap.Error(http.ListenAndServe(os.Getenv("LUMEN_HTTP_ADDR"), r)))\n}\n\nfunc live(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }\nfunc listAlerts(w http.ResponseWriter, _ *http.Request) {}\nfunc ackAlert(w http.ResponseWriter, _ *http.Request) {}\nfunc putRule(w http.ResponseWriter, _ *http.Request) {}\n',
  'services/evaluator/evaluator.go':
    'package evaluator\n\nimport "time"\n\n// TickInterval is how often rules are evaluated.\nconst TickInterval = 20 * time.Second\n\nconst maxSeries = 5000\n\n// Evaluator turns samples into alerts.\ntype Evaluator struct{ rules []Rule }\n\n// Rule is one condition.\ntype Rule struct {\n\tID        string\n\tThreshold float64\n\tHoldFor   time.Duration\n}\n\n// Evaluate runs all rules once.\nfunc (e *Evaluator) Evaluate(now time.Time) []Alert { return nil }\n\n// Alert is what a rule found.\ntype Alert struct{ RuleID string }\n',
  'services/evaluator/evaluator_test.go':
    'package evaluator\n\nimport "testing"\n\nfunc TestEvaluateHolds(t *testing.T) {}\nfunc TestEvaluateClears(t *testing.T) {}\nfunc TestSoakManyRules(t *testing.T) {}\n',
  'services/notifier/notifier.go':
    'package notifier\n\nimport "github.com/nats-io/nats.go"\n\n// Subject is where fired alerts are published.\nconst Subject = "alerts.fired"\n\n// Run sends a message for each alert.\nfunc Run(nc *nats.Conn) error {\n\t_, err := nc.QueueSubscribe(Subject, "notifiers", deliver)\n\treturn err\n}\n\nfunc deliver(m *nats.Msg) {}\n',
  'internal/store/schema/001_alerts.sql':
    'CREATE TABLE alerts (\n  id bigint PRIMARY KEY,\n  rule_id text NOT NULL,\n  fired_at timestamptz NOT NULL,\n  acked_by text\n);\n',
  'internal/store/schema/002_silences.sql':
    'CREATE TABLE silences (\n  id bigint PRIMARY KEY,\n  matcher text NOT NULL,\n  ends_at timestamptz NOT NULL\n);\n',
  'internal/store/queries/alerts.sql': '-- name: OpenAlerts :many\nSELECT * FROM alerts WHERE acked_by IS NULL;\n',
  'internal/store/store.go':
    'package store\n\nimport "github.com/jackc/pgx/v5/pgxpool"\n\n// Store reads and writes alerts.\ntype Store struct{ pool *pgxpool.Pool }\n\n// Open connects with at most 12 connections.\nfunc Open(dsn string) (*Store, error) {\n\tcfg, err := pgxpool.ParseConfig(dsn)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tcfg.MaxConns = 12\n\treturn nil, err\n}\n',
  'cmd/lumenctl/root.go':
    'package main\n\nimport "github.com/spf13/cobra"\n\nvar root = &cobra.Command{Use: "lumenctl"}\nvar silence = &cobra.Command{Use: "silence MATCHER"}\nvar replay = &cobra.Command{Use: "replay FILE"}\n\nfunc init() {\n\treplay.Flags().Bool("dry-run", false, "only print")\n\tsilence.Flags().Duration("for", 0, "how long")\n\troot.AddCommand(silence, replay)\n}\n\nfunc main() { _ = root.Execute() }\n',
  'package.json':
    '{\n  "name": "lumen-web",\n  "private": true,\n  "packageManager": "pnpm@9.14.2",\n  "engines": { "node": ">=20.18" },\n  "scripts": {\n    "dev": "pnpm --filter @lumen/console dev",\n    "test": "pnpm -r test",\n    "lint": "biome check .",\n    "codegen": "openapi-typescript api/openapi.yaml -o packages/client/src/schema.ts"\n  },\n  "devDependencies": { "@biomejs/biome": "1.9.4", "openapi-typescript": "7.4.3", "typescript": "5.6.3" }\n}\n',
  'pnpm-workspace.yaml': 'packages:\n  - apps/*\n  - packages/*\n',
  'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  'api/openapi.yaml':
    'openapi: 3.1.0\ninfo:\n  title: lumen\n  version: 2.3.0\npaths:\n  /api/v2/alerts:\n    get: {}\n',
  'apps/console/package.json':
    '{\n  "name": "@lumen/console",\n  "version": "0.8.1",\n  "scripts": { "dev": "vite --port 5180", "build": "vite build", "test": "vitest run" },\n  "dependencies": { "@lumen/client": "workspace:*", "@tanstack/react-query": "5.60.2", "react": "18.3.1", "react-dom": "18.3.1", "zustand": "5.0.1" },\n  "devDependencies": { "@playwright/test": "1.48.2", "vite": "5.4.11", "vitest": "2.1.4" }\n}\n',
  'apps/console/vite.config.ts':
    "import { defineConfig } from 'vite'\n\nexport default defineConfig({ server: { port: 5180, proxy: { '/api': 'http://localhost:7070' } }, build: { outDir: 'build' } })\n",
  'apps/console/src/main.tsx':
    "import { createRoot } from 'react-dom/client'\nimport { AlertList } from './alerts/AlertList'\n\ncreateRoot(document.body).render(<AlertList />)\n",
  'apps/console/src/alerts/AlertList.tsx':
    "import { useAlerts } from './useAlerts'\n\nexport function AlertList() {\n  const { data } = useAlerts()\n  return <ul>{data?.map((a) => <li key={a.id}>{a.ruleId}</li>)}</ul>\n}\n",
  'apps/console/src/alerts/useAlerts.ts':
    "import { useQuery } from '@tanstack/react-query'\nimport { fetchAlerts } from '@lumen/client'\n\nexport const POLL_MS = 15_000\n\nexport function useAlerts() {\n  return useQuery({ queryKey: ['alerts'], queryFn: fetchAlerts, refetchInterval: POLL_MS })\n}\n",
  'apps/console/src/state/session.ts':
    "import { create } from 'zustand'\n\nexport const useSession = create<{ token?: string }>(() => ({}))\n",
  'apps/console/e2e/ack.spec.ts':
    "import { test } from '@playwright/test'\n\ntest('acknowledge', async ({ page }) => {\n  await page.goto('/')\n})\n",
  'packages/client/package.json':
    '{\n  "name": "@lumen/client",\n  "version": "2.3.0",\n  "main": "src/index.ts",\n  "dependencies": { "openapi-fetch": "0.13.0" }\n}\n',
  'packages/client/src/index.ts':
    "export interface Alert {\n  id: string\n  ruleId: string\n}\n\nexport class ApiError extends Error {\n  constructor(readonly status: number) {\n    super('HTTP ' + status)\n  }\n}\n\nexport async function fetchAlerts(): Promise<Alert[]> {\n  return []\n}\n\nexport async function ackAlert(id: string): Promise<void> {}\n",
  'crates/rollup/Cargo.toml':
    '[package]\nname = "lumen-rollup"\nversion = "0.4.0"\nedition = "2021"\nrust-version = "1.80"\n\n[dependencies]\nanyhow = "1.0.93"\narrow = "53"\nclap = { version = "4.5", features = ["derive"] }\n\n[features]\ndefault = ["zstd"]\nzstd = []\n',
  'crates/rollup/src/lib.rs':
    '/// Samples of one series.\npub struct Chunk {\n    pub samples: Vec<(i64, f64)>,\n}\n\npub const BUCKET_SECS: i64 = 300;\n\n/// Averages samples by bucket.\npub fn downsample(chunk: &Chunk) -> Chunk {\n    Chunk { samples: chunk.samples.clone() }\n}\n\n#[derive(Debug)]\npub enum RollupError {\n    Empty,\n    OutOfOrder,\n}\n',
  'tools/pyproject.toml':
    '[project]\nname = "lumen-tools"\nversion = "0.2.0"\nrequires-python = ">=3.12"\ndependencies = ["httpx>=0.27", "polars==1.13.1"]\n\n[project.scripts]\nlumen-report = "lumen_tools.report:main"\n\n[tool.ruff]\nline-length = 100\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
  'tools/uv.lock': 'version = 1\n',
  'tools/lumen_tools/report.py':
    'import polars as pl\n\n\ndef weekly_summary(frame: pl.DataFrame) -> pl.DataFrame:\n    return frame\n\n\ndef main() -> None:\n    print(weekly_summary(pl.DataFrame()))\n',
  'tools/tests/test_report.py':
    'from lumen_tools.report import weekly_summary\n\n\ndef test_empty():\n    assert weekly_summary is not None\n',
  'docs/architecture.md': '# Architecture\n\nGateway, evaluator, notifier; NATS between them.\n',
  'docs/oncall.md': '# On call\n\nSilence with `lumenctl silence`.\n',
};

export const LUMEN_LINES: readonly Labelled[] = [
  // Versions and toolchains.
  ['- node 22 locally (.nvmrc), CI also tests 20', 'true'],
  ['- we pin Node 18 in .nvmrc', 'stale'],
  ['- CI matrix for the web job: Node 18 and 20.', 'stale'],
  ['- go 1.23 (see go.mod), image builds on golang:1.23-bookworm', 'true'],
  ['- The gateway image is built from golang:1.21-alpine.', 'stale'],
  ['- MSRV of the rollup crate is 1.80, edition 2021', 'true'],
  ['- rollup crate uses edition 2024', 'stale'],
  ['- Tools need Python >= 3.12', 'true'],
  ['- Python tooling still supports 3.9.', 'stale'],
  ['- TypeScript 5.6, Vite 5, React 18.', 'true'],
  ['- The console was upgraded to React 19 and uses the `use` hook.', 'stale'],
  ['- @lumen/client is at 2.3.0, same as the OpenAPI document', 'true'],
  ['- lumen-rollup is at version 0.3.2', 'stale'],
  ['- pnpm 9 via packageManager; corepack enable once', 'true'],
  ['- package manager: yarn (berry)', 'stale'],
  // What is used instead of what.
  ['- We use chi instead of gin for HTTP.', 'true'],
  ['- HTTP routing goes through gorilla mux, not chi.', 'stale'],
  ['- Data access is pgx + sqlc, no ORM.', 'true'],
  ['- GORM models live next to the handlers.', 'stale'],
  ['- Logging: zap. Do not reach for logrus.', 'true'],
  ['- All services log with slog.', 'stale'],
  ['- Messages between services go over NATS (JetStream is on).', 'true'],
  ['- Kafka carries alerts from the evaluator to the notifier.', 'stale'],
  ['- State in the console: zustand; server data: react-query.', 'true'],
  ['- The console keeps its state in Redux Toolkit.', 'stale'],
  ['- Biome lints and formats, we dropped ESLint.', 'true'],
  ['- eslint + prettier run in pre-commit.', 'stale'],
  ['- E2E is Playwright, specs in apps/console/e2e.', 'true'],
  ['- Browser tests are written with Cypress.', 'stale'],
  ['- Unit tests in the web packages run with vitest', 'true'],
  ['- jest is the test runner of apps/console', 'stale'],
  ['- Reports are computed with polars, pandas was too slow.', 'true'],
  ['- tools/ depends on pandas and requests.', 'stale'],
  ['- Python deps are locked with uv.', 'true'],
  ['- Install the Python tools with `poetry install`.', 'stale'],
  ['- lumenctl is a cobra app with `silence` and `replay`.', 'true'],
  ['- `lumenctl backfill` re-sends old alerts.', 'stale'],
  ['- `lumenctl replay --dry-run FILE` only prints.', 'true'],
  ['- Pass `--force` to lumenctl silence to override.', 'stale'],
  // Ports, addresses, environment.
  ['- gateway: 7070, console dev server: 5180, mailpit UI: 8025', 'true'],
  ['- The console dev server comes up on 5173.', 'stale'],
  ['- Vite proxies /api to localhost:7070', 'true'],
  ['- vite proxies /api to port 8080', 'stale'],
  ['- Postgres is mapped to 5444 on the host.', 'true'],
  ['- connect to the dev db on localhost:5432', 'stale'],
  ['- NATS monitoring at :8222', 'true'],
  ['- Outgoing mail in dev is caught by MailHog.', 'stale'],
  ['- LUMEN_DB_DSN holds the connection string.', 'true'],
  ['- export DATABASE_URL before running anything', 'stale'],
  ['- The web app reads VITE_API_BASE', 'true'],
  ['- set `VITE_SENTRY_DSN` for error reports', 'stale'],
  ['- compose runs postgres 17 and nats 2.10', 'true'],
  ['- The dev stack is on Postgres 15.', 'stale'],
  // Commands.
  ['- make up / make down for the local stack (down also drops volumes)', 'true'],
  ['- `make dev` starts everything', 'stale'],
  ['- regenerate queries: make sqlc', 'true'],
  ['- after changing SQL run `make generate`', 'stale'],
  ['- pnpm codegen rewrites packages/client/src/schema.ts from the OpenAPI file', 'true'],
  ['- `pnpm typecheck` before pushing', 'stale'],
  ['- pnpm --filter @lumen/console build', 'true'],
  ['- pnpm --filter @lumen/admin dev', 'stale'],
  ['- cargo test --manifest-path crates/rollup/Cargo.toml', 'true'],
  ['- weekly report: `lumen-report` (entry point in tools/pyproject.toml)', 'true'],
  ['- run `lumen-digest` for the weekly report', 'stale'],
  // Where things are.
  ['- Alert evaluation is in services/evaluator, delivery in services/notifier', 'true'],
  ['- Ingestion happens in services/ingest.', 'stale'],
  ['- schema files: internal/store/schema, queries beside them', 'true'],
  ['- migrations live in db/migrations and are applied by goose', 'stale'],
  ['- compose file moved to infra/compose.yaml', 'true'],
  ['- docker-compose.yml in the root starts the stack', 'stale'],
  ['- who is on call reads docs/oncall.md', 'true'],
  ['- Design decisions go to docs/rfcs/', 'stale'],
  ['- Shared UI components are in packages/ui', 'stale'],
  ['- useAlerts.ts sits next to AlertList.tsx', 'true'],
  ['- The session store is src/stores/session.ts in the console', 'stale'],
  // Symbols, values, tables, routes.
  ['- rules are evaluated every 20s (TickInterval)', 'true'],
  ['- TickInterval is one minute', 'stale'],
  ['- POLL_MS in the console is 15 seconds', 'true'],
  ['- the alert list polls every 5 seconds (`POLL_MS`)', 'stale'],
  ['- `downsample` in the rollup crate averages into 5 minute buckets (BUCKET_SECS = 300)', 'true'],
  ['- BUCKET_SECS is 60', 'stale'],
  ['- RollupError has Empty and OutOfOrder', 'true'],
  ['- RollupError::Corrupt is returned for bad chunks', 'stale'],
  ['- pool size is capped at 12 connections (MaxConns in internal/store)', 'true'],
  ['- fired alerts are published on the subject alerts.fired', 'true'],
  ['- The notifier subscribes to `alerts.raised`.', 'stale'],
  ['- tables: alerts, silences', 'true'],
  ['- users are in the `accounts` table', 'stale'],
  ['- alerts.acked_by is null until somebody takes it', 'true'],
  ['- the alerts table has a severity column', 'stale'],
  ['- ack with POST /api/v2/alerts/{id}/ack', 'true'],
  ['- GET /api/v1/alerts lists open alerts', 'stale'],
  ['- liveness probe is /livez', 'true'],
  ['- health endpoint: /healthz', 'stale'],
  ['- fetchAlerts throws ApiError with the status', 'true'],
  ['- `fetchSilences()` from @lumen/client feeds the sidebar', 'stale'],
  ['- weekly_summary() in tools/lumen_tools/report.py does the aggregation', 'true'],
  ['- `monthly_summary` builds the board report', 'stale'],
  // CI, branches, style, the rest.
  ['- default branch is trunk', 'true'],
  ['- open PRs against main', 'stale'],
  ['- jobs in build.yml: go, web, rust', 'true'],
  ['- the `lint` job in build.yml must be green', 'stale'],
  ['- the soak run is nightly at 03:30 UTC', 'true'],
  ['- nightly starts at midnight', 'stale'],
  ['- Dependabot only watches Go modules, weekly', 'true'],
  ['- Renovate opens the update PRs', 'stale'],
  ['- no semicolons, single quotes in TS', 'true'],
  ['- prettier printWidth is 80', 'stale'],
  ['- ruff line length 100', 'true'],
  ['- Apache-2.0', 'true'],
  ['- MIT licensed', 'stale'],
  ['- go tests run shuffled', 'true'],
  ['- evaluator_test.go has three tests', 'true'],
  ['- zstd is a default feature of the crate', 'true'],
  ['- the console builds into dist/', 'stale'],
  // Nothing that a repository could tell.
  ['- Ines reviews everything under crates', 'unknown'],
  ['- customers page us when a silence is forgotten', 'unknown'],
  ['- keep answers short', 'unknown'],
  ['- the demo for Bosch is in May', 'unknown'],
  ['- flapping alerts annoyed everybody last year', 'unknown'],
];
