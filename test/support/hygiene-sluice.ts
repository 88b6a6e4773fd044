// A labelled repository written before the rules had run on it: a service in Go, notes as people jot them.
import type { Labelled } from './hygiene-repo.ts';

export const SLUICE: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/trunk\n',
  '.git/refs/heads/trunk': '4444444444444444444444444444444444444444\n',
  '.golangci.yml':
    'run:\n  timeout: 4m\nlinters:\n  disable-all: true\n  enable:\n    - errcheck\n    - govet\n    - revive\n    - gocyclo\nlinters-settings:\n  gocyclo:\n    min-complexity: 18\n  revive:\n    severity: warning\n',
  '.github/workflows/build.yml':
    'name: build\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 12\n    services:\n      postgres:\n        image: postgres:16\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v5\n        with: { go-version-file: go.mod }\n      - run: make test\n',
  Dockerfile:
    'FROM golang:1.23-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /sluice ./cmd/sluice\n\nFROM gcr.io/distroless/static\nCOPY --from=build /sluice /sluice\nUSER nonroot\nEXPOSE 7400\nENTRYPOINT ["/sluice"]\n',
  Makefile:
    'GO ?= go\n\n.PHONY: test lint run\n\ntest:\n\t$(GO) test -race -count=1 ./...\n\nlint:\n\tgolangci-lint run\n\nrun:\n\t$(GO) run ./cmd/sluice --config config.dev.yaml\n\nmigrate:\n\tgoose -dir db/migrations up\n',
  'README.md': '# Sluice\n\nTakes events in, batches them, writes them to Postgres.\n',
  'config.dev.yaml':
    'server:\n  address: ":7400"\n  read_timeout: 5s\n  max_body_bytes: 1048576\nbatch:\n  size: 250\n  flush_interval: 2s\n  compression: zstd\npostgres:\n  dsn: postgres://localhost:5432/sluice\n  pool:\n    max_conns: 12\n    min_conns: 2\nmetrics:\n  enabled: true\n  path: /metrics\ntracing:\n  enabled: false\n  sample_ratio: 0.05\n',
  'cmd/sluice/main.go': `package main

import (
	"flag"
	"log/slog"
	"os"

	"example.com/sluice/internal/ingest"
)

func main() {
	config := flag.String("config", "/etc/sluice/config.yaml", "where the configuration is")
	verbose := flag.Bool("verbose", false, "log more")
	drain := flag.Duration("drain", 15*time.Second, "how long to drain")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	if err := ingest.Run(*config, *verbose, *drain); err != nil {
		os.Exit(2)
	}
}
`,
  'internal/ingest/run.go': `package ingest

import (
	"context"
	"errors"
	"time"
)

// ErrQueueFull is returned when nothing more fits.
var ErrQueueFull = errors.New("ingest: queue is full")

const (
	maxQueue     = 10_000
	retryDelay   = 750 * time.Millisecond
	maxAttempts  = 6
)

type Event struct {
	ID      string    \`json:"id"\`
	Kind    string    \`json:"kind"\`
	Payload []byte    \`json:"payload"\`
	Seen    time.Time \`json:"seen"\`
}

// Queue holds events until they are flushed.
type Queue struct {
	events chan Event
}

func NewQueue(size int, clock func() time.Time) *Queue {
	return &Queue{events: make(chan Event, size)}
}

func (q *Queue) Push(ctx context.Context, e Event) error {
	select {
	case q.events <- e:
		return nil
	default:
		return ErrQueueFull
	}
}

func (q *Queue) Flush(ctx context.Context) (int, error) {
	return 0, nil
}

func Run(config string, verbose bool, drain time.Duration) error {
	return nil
}
`,
  'internal/ingest/run_test.go':
    'package ingest\n\nimport "testing"\n\nfunc TestPush(t *testing.T) {\n\tt.Parallel()\n}\n',
  'internal/store/postgres.go': `package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

type Store interface {
	Insert(ctx context.Context, rows []Row) error
	Latest(ctx context.Context, kind string, limit int) ([]Row, error)
}

type Row struct {
	ID   string
	Kind string
}

type Postgres struct {
	pool *pgxpool.Pool
}

func (p *Postgres) Insert(ctx context.Context, rows []Row) error { return nil }
`,
  'internal/web/routes.go': `package web

import "github.com/go-chi/chi/v5"

func Routes() chi.Router {
	r := chi.NewRouter()
	r.Post("/v1/events", ingest)
	r.Get("/v1/events/{id}", show)
	r.Get("/healthz", health)
	return r
}
`,
  'db/migrations/00001_events.sql':
    '-- +goose Up\nCREATE TABLE events (\n  id text PRIMARY KEY,\n  kind text NOT NULL,\n  payload jsonb,\n  seen timestamptz NOT NULL DEFAULT now()\n);\n',
  'go.mod':
    'module example.com/sluice\n\ngo 1.23\n\nrequire (\n\tgithub.com/go-chi/chi/v5 v5.1.0\n\tgithub.com/jackc/pgx/v5 v5.7.1\n\tgithub.com/klauspost/compress v1.17.11\n\tgithub.com/prometheus/client_golang v1.20.5\n\tgithub.com/stretchr/testify v1.9.0\n)\n',
};

export const SLUICE_LINES: readonly Labelled[] = [
  ['server reads time out after 5 s', 'true'],
  ['the read timeout is 10 seconds', 'stale'],
  ['server.read_timeout is 5s', 'true'],
  ['bodies over 1 MiB are refused', 'true'],
  ['max_body_bytes is 2097152', 'stale'],
  ['batch.size is 250', 'true'],
  ['we write in batches of 500', 'stale'],
  ['batches are flushed every 2 seconds', 'true'],
  ['flush interval: 5s', 'stale'],
  ['batches are compressed with zstd', 'true'],
  ['compression is gzip', 'stale'],
  ['postgres.pool.max_conns is 12', 'true'],
  ['postgres.pool.max_conns is 20', 'stale'],
  ['the pool keeps at least 2 connections', 'true'],
  ['the pool opens up to 50 connections', 'stale'],
  ['metrics are on, at /metrics', 'true'],
  ['metrics.enabled is false in dev', 'stale'],
  ['tracing is off in dev', 'true'],
  ['tracing is enabled', 'stale'],
  ['traces are sampled at 5 %', 'true'],
  ['sample_ratio is 0.5', 'stale'],
  ['drain takes 15 seconds unless told otherwise', 'true'],
  ['--drain defaults to 30s', 'stale'],
  ['config is read from /etc/sluice/config.yaml by default', 'true'],
  ['`--config` defaults to ./sluice.yaml', 'stale'],
  ['there is a --verbose flag', 'true'],
  ['`sluice --json` logs as JSON', 'stale'],
  ['logs are JSON through slog', 'true'],
  ['zap is the logger', 'stale'],
  ['we log with logrus', 'stale'],
  ['NewQueue takes a size and a clock', 'true'],
  ['`NewQueue` takes one argument', 'stale'],
  ['Push returns ErrQueueFull when nothing fits', 'true'],
  ['`ErrQueueClosed` tells that the queue is closed', 'stale'],
  ['Flush gives back a count and an error', 'true'],
  ['Run takes four parameters', 'stale'],
  ['the queue holds up to 10000 events', 'true'],
  ['maxQueue is 5000', 'stale'],
  ['retries wait 750 ms', 'true'],
  ['retryDelay is one second', 'stale'],
  ['six attempts at most', 'true'],
  ['maxAttempts is 3', 'stale'],
  ['Store has two methods: Insert and Latest', 'true'],
  ['`Store` has a Delete method', 'stale'],
  ['Event has a Payload', 'true'],
  ['`Event.Source` says where it came from', 'stale'],
  ['routing is chi', 'true'],
  ['we use gin', 'stale'],
  ['gorilla/mux routes requests', 'stale'],
  ['POST /v1/events takes events in', 'true'],
  ['DELETE /v1/events/{id} removes one', 'stale'],
  ['health check at /healthz', 'true'],
  ['the health check is /health', 'stale'],
  ['pgx, no ORM', 'true'],
  ['GORM maps the tables', 'stale'],
  ['the events table has a payload column', 'true'],
  ['events.source is not null', 'stale'],
  ['migrations run with goose', 'true'],
  ['golang-migrate runs the migrations', 'stale'],
  ['payload is jsonb', 'true'],
  ['Go 1.23', 'true'],
  ['we are on Go 1.21', 'stale'],
  ['golangci-lint gives up after 4 minutes', 'true'],
  ['cyclomatic complexity is capped at 18', 'true'],
  ['gocyclo min-complexity is 10', 'stale'],
  ['errcheck is on', 'true'],
  ['errcheck is disabled', 'stale'],
  ['staticcheck is enabled', 'stale'],
  ['tests run with -race', 'true'],
  ['the race detector is off', 'stale'],
  ['testify for assertions', 'true'],
  ['the CI job has 12 minutes', 'true'],
  ['CI times out after 30 minutes', 'stale'],
  ['CI starts Postgres 16', 'true'],
  ['CI tests against Postgres 14', 'stale'],
  ['we have no CI', 'stale'],
  ['no Dockerfile', 'stale'],
  ['there is no docker compose', 'true'],
  ['the image is distroless and runs as nonroot', 'true'],
  ['the image runs as root', 'stale'],
  ['CGO is off', 'true'],
  ['CGO_ENABLED=1 in the image', 'stale'],
  ['the container exposes 7400', 'true'],
  ['sluice listens on 8080', 'stale'],
  ['the default branch is trunk', 'true'],
  ['no Kubernetes here', 'true'],
  ['Redis keeps the queue', 'stale'],
  ["we don't use Redis", 'true'],
  ['no tests for ingest yet', 'stale'],
  ['ask Jonas about the harbour API keys', 'unknown'],
  ['prefer short functions', 'unknown'],
];
