// A labelled repository written before the rules had run on it: a courier's dispatch service in Go.
import type { Labelled } from './hygiene-repo.ts';

export const COURIER: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': `${'d'.repeat(40)}\n`,
  '.git/refs/heads/feature/retry-queue': `${'e'.repeat(40)}\n`,
  '.gitignore': 'bin/\n.env\ncoverage.out\n',
  '.editorconfig':
    'root = true\n\n[*.go]\nindent_style = tab\n\n[*.{yml,yaml}]\nindent_style = space\nindent_size = 2\n',
  '.env.example':
    'COURIER_PORT=9095\nDATABASE_URL=postgres://courier@localhost:5433/courier\nREDIS_ADDR=localhost:6379\nLOG_LEVEL=info\n',
  '.golangci.yml':
    'run:\n  timeout: 5m\nlinters:\n  enable:\n    - errcheck\n    - gocritic\n    - staticcheck\n    - lll\nlinters-settings:\n  lll:\n    line-length: 120\n',
  '.github/workflows/ci.yml':
    'name: ci\non:\n  push:\n    branches: [main]\n  pull_request:\njobs:\n  test:\n    runs-on: ubuntu-22.04\n    services:\n      postgres:\n        image: postgres:16-alpine\n        ports: ["5433:5432"]\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v5\n        with:\n          go-version-file: go.mod\n      - run: make lint\n      - run: make test\n',
  LICENSE:
    'MIT License\n\nCopyright (c) 2024 Parcelworks\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n',
  'README.md':
    '# courier\n\nAssigns orders to drivers.\n\n## Running\n\n    make run\n\nThe API listens on port 9095.\n',
  'go.mod':
    'module github.com/parcelworks/courier\n\ngo 1.22.5\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgithub.com/golang-migrate/migrate/v4 v4.17.1\n\tgithub.com/lib/pq v1.10.9\n\tgithub.com/prometheus/client_golang v1.19.1\n\tgithub.com/redis/go-redis/v9 v9.5.1\n\tgithub.com/robfig/cron/v3 v3.0.1\n\tgithub.com/stretchr/testify v1.9.0\n)\n',
  Makefile:
    'BIN := bin/courierd\n\n.PHONY: build test lint gen run migrate-up migrate-down\n\nbuild:\n\tgo build -o $(BIN) ./cmd/courierd\n\ntest:\n\tgo test -race -coverprofile=coverage.out ./...\n\nlint:\n\tgolangci-lint run\n\ngen:\n\tprotoc --go_out=. api/courier.proto\n\nrun: build\n\t$(BIN)\n\nmigrate-up:\n\tmigrate -path migrations -database "$(DATABASE_URL)" up\n\nmigrate-down:\n\tmigrate -path migrations -database "$(DATABASE_URL)" down 1\n',
  Dockerfile:
    'FROM golang:1.22-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /courierd ./cmd/courierd\n\nFROM gcr.io/distroless/static-debian12\nCOPY --from=build /courierd /courierd\nUSER nonroot\nEXPOSE 9095\nENTRYPOINT ["/courierd"]\n',
  'api/courier.proto':
    'syntax = "proto3";\npackage courier.v1;\n\nservice Dispatch {\n  rpc Assign(AssignRequest) returns (AssignReply);\n}\n\nmessage AssignRequest { string order_id = 1; }\nmessage AssignReply { string driver_id = 1; }\n',
  'cmd/courierd/main.go':
    'package main\n\nimport (\n\t"log"\n\n\t"github.com/parcelworks/courier/internal/api"\n\t"github.com/parcelworks/courier/internal/config"\n)\n\nfunc main() {\n\tcfg := config.Load()\n\tlog.Fatal(api.NewRouter(cfg).Run(":" + cfg.Port))\n}\n',
  'cmd/courierctl/main.go':
    'package main\n\nimport "fmt"\n\n// courierctl shows and requeues stuck orders.\nfunc main() {\n\tfmt.Println("usage: courierctl requeue ORDER")\n}\n',
  'internal/config/config.go':
    'package config\n\nimport (\n\t"os"\n\t"time"\n)\n\n// DefaultTimeout bounds every call to another service.\nconst DefaultTimeout = 15 * time.Second\n\n// Config is read from the environment once.\ntype Config struct {\n\tPort     string\n\tDatabase string\n\tLogLevel string\n}\n\n// Load reads the environment.\nfunc Load() Config {\n\treturn Config{Port: getenv("COURIER_PORT", "9095"), Database: os.Getenv("DATABASE_URL"), LogLevel: getenv("LOG_LEVEL", "info")}\n}\n\nfunc getenv(key, fallback string) string {\n\tif v := os.Getenv(key); v != "" {\n\t\treturn v\n\t}\n\treturn fallback\n}\n',
  'internal/dispatch/dispatcher.go':
    'package dispatch\n\nimport (\n\t"context"\n\t"errors"\n\n\t"github.com/parcelworks/courier/internal/geo"\n)\n\n// MaxAttempts is how often an order is offered before a person is asked.\nconst MaxAttempts = 5\n\n// ErrNoDriver says that nobody is near.\nvar ErrNoDriver = errors.New("no driver")\n\n// Order is one delivery.\ntype Order struct {\n\tID  string\n\tLat float64\n\tLon float64\n}\n\n// Dispatcher offers orders to drivers.\ntype Dispatcher struct {\n\tdrivers []Driver\n}\n\n// Driver is somebody who delivers.\ntype Driver struct {\n\tID  string\n\tLat float64\n\tLon float64\n}\n\n// Assign picks the nearest driver.\nfunc (d *Dispatcher) Assign(ctx context.Context, o Order) (Driver, error) {\n\tbest, found := Driver{}, false\n\tfor _, each := range d.drivers {\n\t\tif !found || geo.Distance(each.Lat, each.Lon, o.Lat, o.Lon) < geo.Distance(best.Lat, best.Lon, o.Lat, o.Lon) {\n\t\t\tbest, found = each, true\n\t\t}\n\t}\n\tif !found {\n\t\treturn Driver{}, ErrNoDriver\n\t}\n\treturn best, nil\n}\n',
  'internal/dispatch/dispatcher_test.go':
    'package dispatch\n\nimport (\n\t"context"\n\t"testing"\n\n\t"github.com/stretchr/testify/require"\n)\n\nfunc TestAssignPicksNearest(t *testing.T) {\n\td := &Dispatcher{drivers: []Driver{{ID: "a"}}}\n\tgot, err := d.Assign(context.Background(), Order{ID: "1"})\n\trequire.NoError(t, err)\n\trequire.Equal(t, "a", got.ID)\n}\n',
  'internal/geo/haversine.go':
    'package geo\n\nimport "math"\n\nconst earthRadiusKm = 6371.0\n\n// Distance in kilometres between two points.\nfunc Distance(lat1, lon1, lat2, lon2 float64) float64 {\n\treturn earthRadiusKm * math.Abs(lat1-lat2+lon1-lon2)\n}\n',
  'internal/api/router.go':
    'package api\n\nimport (\n\t"net/http"\n\n\t"github.com/gin-gonic/gin"\n\t"github.com/parcelworks/courier/internal/config"\n)\n\n// NewRouter wires the routes.\nfunc NewRouter(cfg config.Config) *gin.Engine {\n\tr := gin.New()\n\tr.Use(RequestID(), RateLimit(100))\n\tr.GET("/healthz", func(c *gin.Context) { c.Status(http.StatusNoContent) })\n\tv1 := r.Group("/v1")\n\tv1.GET("/orders/:id", getOrder)\n\tv1.POST("/orders", createOrder)\n\treturn r\n}\n\nfunc getOrder(c *gin.Context)    {}\nfunc createOrder(c *gin.Context) {}\n',
  'internal/api/middleware.go':
    'package api\n\nimport "github.com/gin-gonic/gin"\n\n// RequestID gives each request an id.\nfunc RequestID() gin.HandlerFunc { return func(c *gin.Context) { c.Next() } }\n\n// RateLimit lets so many requests a second through.\nfunc RateLimit(perSecond int) gin.HandlerFunc { return func(c *gin.Context) { c.Next() } }\n',
  'internal/jobs/expire.go':
    'package jobs\n\nimport "github.com/robfig/cron/v3"\n\n// Start runs ExpireOffers every minute.\nfunc Start() *cron.Cron {\n\tc := cron.New()\n\t_, _ = c.AddFunc("@every 1m", ExpireOffers)\n\tc.Start()\n\treturn c\n}\n\n// ExpireOffers frees orders whose driver did not answer.\nfunc ExpireOffers() {}\n',
  'internal/cache/redis.go':
    'package cache\n\nimport "github.com/redis/go-redis/v9"\n\n// New connects to REDIS_ADDR.\nfunc New(addr string) *redis.Client { return redis.NewClient(&redis.Options{Addr: addr}) }\n',
  'migrations/0001_init.up.sql':
    'CREATE TABLE orders (\n  id uuid PRIMARY KEY,\n  status text NOT NULL,\n  created_at timestamptz NOT NULL DEFAULT now()\n);\n',
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\n',
  'migrations/0002_drivers.up.sql':
    'CREATE TABLE drivers (\n  id uuid PRIMARY KEY,\n  name text NOT NULL,\n  lat double precision,\n  lon double precision\n);\nCREATE INDEX drivers_position ON drivers (lat, lon);\n',
  'migrations/0002_drivers.down.sql': 'DROP TABLE drivers;\n',
  'deployments/docker-compose.yml':
    'services:\n  courier:\n    build: ..\n    ports: ["9095:9095"]\n    depends_on: [db, cache]\n  db:\n    image: postgres:16-alpine\n    ports: ["5433:5432"]\n  cache:\n    image: redis:7.2\n    ports: ["6379:6379"]\n',
  'configs/prod.yaml': 'log_level: warn\npool_size: 40\nbatching: true\ntimeouts:\n  read: 10s\n  write: 20s\n',
  'docs/adr/0001-use-postgres.md': '# Use Postgres\n\nAccepted. Orders need transactions.\n',
  'docs/runbook.md': '# Runbook\n\nStuck orders: `courierctl requeue ORDER`.\n',
  'scripts/seed.sh':
    '#!/usr/bin/env bash\nset -euo pipefail\npsql "$DATABASE_URL" -c "insert into drivers values (1)"\n',
};

export const COURIER_LINES: readonly Labelled[] = [
  // Paths and structure.
  ['- The HTTP layer sits in internal/api; router.go registers every route.', 'true'],
  ['- `internal/dispatch/dispatcher.go` decides which driver gets an order.', 'true'],
  ['- Driver matching lives in `internal/matching/matcher.go`.', 'stale'],
  ['- There are two binaries: cmd/courierd (the service) and cmd/courierctl (the operator tool).', 'true'],
  ['- The admin UI is under web/admin and is served by courierd.', 'stale'],
  ['- SQL migrations are in migrations/, one up and one down file each.', 'true'],
  ['- Put new migrations into db/migrations, numbered.', 'stale'],
  ['- docs/runbook.md explains what to do with stuck orders.', 'true'],
  ['- The decision for Postgres is written down in docs/adr/0001-use-postgres.md.', 'true'],
  ['- See docs/adr/0003-event-sourcing.md before touching the order table.', 'stale'],
  ['- The protobuf definitions are in api/courier.proto.', 'true'],
  ['- Kubernetes manifests are in deployments/k8s.', 'stale'],
  ['- docker-compose.yml is in the deployments folder, not in the root.', 'true'],
  ['- Test helpers are in internal/testutil.', 'stale'],
  // Symbols.
  ['- `Dispatcher.Assign` returns `ErrNoDriver` when nobody is near.', 'true'],
  ['- `Dispatcher.Reassign` is called when a driver declines.', 'stale'],
  ['- Orders that nobody takes fail with ErrNoCapacity.', 'stale'],
  ['- An order is offered at most five times (MaxAttempts in the dispatch package).', 'true'],
  ['- MaxAttempts is 3: after that a person is asked.', 'stale'],
  ['- Calls to other services time out after 15 seconds (`config.DefaultTimeout`).', 'true'],
  ['- `config.DefaultTimeout` is 30 seconds.', 'stale'],
  ['- geo.Distance gives kilometres, not metres.', 'true'],
  ['- Use `geo.BoundingBox` to prefilter drivers before computing distances.', 'stale'],
  ['- The middleware chain is RequestID, then RateLimit.', 'true'],
  ['- `AuthMiddleware` in internal/api/middleware.go checks the bearer token.', 'stale'],
  ['- ExpireOffers runs from cron and frees orders whose driver did not answer.', 'true'],
  ['- Config values are read through the `Settings` struct in internal/config.', 'stale'],
  // Commands and scripts.
  ['- Run the tests with `make test`; it uses the race detector.', 'true'],
  ['- `make integration` starts the containers and runs the slow tests.', 'stale'],
  ['- `make gen` regenerates the Go code from the proto file.', 'true'],
  ['- Apply migrations with `make migrate-up`, take the last one back with `make migrate-down`.', 'true'],
  ['- Seed a local database with scripts/seed.sh.', 'true'],
  ['- Before a push: `make fmt && make lint`.', 'stale'],
  ['- Linting is golangci-lint, through `make lint`.', 'true'],
  ['- Run a single test with `go test ./internal/dispatch -run TestAssignPicksNearest`.', 'true'],
  ['- Start everything with `docker compose -f deployments/docker-compose.yml up`.', 'true'],
  ['- `./scripts/release.sh` tags and pushes a release.', 'stale'],
  // Packages and versions.
  ['- The web framework is gin (v1.10).', 'true'],
  ['- The web framework is Echo.', 'stale'],
  ['- Routing is done with gorilla/mux.', 'stale'],
  ['- Assertions come from testify/require.', 'true'],
  ['- Logging goes through zerolog.', 'stale'],
  ['- We use lib/pq as the Postgres driver.', 'true'],
  ['- The Postgres driver is pgx v5.', 'stale'],
  ['- The module needs Go 1.22.', 'true'],
  ['- We are on Go 1.20, so no range-over-int.', 'stale'],
  ['- Redis client: github.com/redis/go-redis/v9.', 'true'],
  ['- Scheduled jobs use robfig/cron v3.', 'true'],
  ['- Metrics are exported with the Prometheus client.', 'true'],
  ['- The module path is github.com/parcelworks/courier.', 'true'],
  // Settings, ports, configuration.
  ['- courierd listens on port 9095 unless COURIER_PORT says otherwise.', 'true'],
  ['- courierd listens on port 8080.', 'stale'],
  ['- Local Postgres is published on 5433, because 5432 is often taken.', 'true'],
  ['- The local database runs on port 5432.', 'stale'],
  ['- Redis address comes from `REDIS_ADDR`.', 'true'],
  ['- Set `COURIER_JWT_SECRET` before starting the service.', 'stale'],
  ['- Production logs at level warn (configs/prod.yaml).', 'true'],
  ['- In configs/prod.yaml pool_size is 25.', 'stale'],
  ['- Lines may be 120 characters long.', 'true'],
  ['- The line limit is 100 characters (lll).', 'stale'],
  ['- golangci-lint runs with a timeout of 5 minutes.', 'true'],
  ['- Compose uses Postgres 16 and Redis 7.2.', 'true'],
  ['- The database in docker-compose is Postgres 14.', 'stale'],
  ['- CI runs on GitHub Actions, on pushes to main and on pull requests.', 'true'],
  ['- CI is CircleCI.', 'stale'],
  ['- The image is distroless and runs as nonroot.', 'true'],
  ['- The health check is GET /healthz and answers 204.', 'true'],
  ['- The readiness probe is at /readyz.', 'stale'],
  ['- Orders are created with POST /v1/orders.', 'true'],
  ['- Go code is indented with tabs.', 'true'],
  ['- The project is under the MIT license.', 'true'],
  ['- Work on retries happens on the branch feature/retry-queue.', 'true'],
  ['- The default branch is master.', 'stale'],
  // Nothing that a repository could tell.
  ['- The operations team wants a call before every deploy on a Friday.', 'unknown'],
  ['- Marek knows most about how drivers are paid.', 'unknown'],
  ['- Prefer small pull requests; reviewers give up after 400 lines.', 'unknown'],
  ['- Dispatch was slow last winter because of a bad index; we measured before fixing it.', 'unknown'],
  ['- The person wants short answers and no emojis.', 'unknown'],
  ['- Customers in Portugal are billed at the end of the month.', 'unknown'],
];
