// A labelled repository written before the rules had run on it: a Python library with a command line, notes as people jot them.
import type { Labelled } from './hygiene-repo.ts';

export const WHARF: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': '3333333333333333333333333333333333333333\n',
  '.pre-commit-config.yaml':
    'repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.7.4\n    hooks:\n      - id: ruff\n      - id: ruff-format\n',
  '.gitlab-ci.yml':
    'image: python:3.12-slim\n\nstages: [lint, test]\n\nlint:\n  stage: lint\n  script:\n    - uv run ruff check .\n    - uv run mypy src\n\ntest:\n  stage: test\n  timeout: 20 minutes\n  parallel:\n    matrix:\n      - PY: ["3.11", "3.12"]\n  script:\n    - uv run pytest -n 4\n',
  'README.md': '# Wharf\n\nLoads shipping manifests into DuckDB.\n',
  'pyproject.toml': `[project]
name = "wharf"
version = "1.4.0"
requires-python = ">=3.11"
license = "BSD-3-Clause"
dependencies = ["duckdb>=1.1", "typer>=0.13", "httpx>=0.27", "pydantic>=2.9", "structlog>=24.4"]

[project.scripts]
wharf = "wharf.cli:app"

[dependency-groups]
dev = ["pytest>=8.3", "pytest-xdist>=3.6", "mypy>=1.13", "ruff>=0.7"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.ruff]
line-length = 100
target-version = "py311"

[tool.ruff.lint]
select = ["E", "F", "I", "UP", "B"]
ignore = ["E501"]

[tool.ruff.format]
quote-style = "single"

[tool.mypy]
strict = true
warn_unreachable = true
disallow_any_explicit = false

[tool.pytest.ini_options]
addopts = "-ra --strict-markers"
testpaths = ["tests"]
asyncio_mode = "auto"

[tool.coverage.report]
fail_under = 85
`,
  'src/wharf/__init__.py': '__version__ = "1.4.0"\n',
  'src/wharf/cli.py': `from pathlib import Path

import typer

from wharf.load import load_manifest
from wharf.settings import Settings

app = typer.Typer(no_args_is_help=True)


@app.command()
def load(path: Path, table: str = "manifests", dry_run: bool = False) -> None:
    """Loads one manifest."""
    load_manifest(path, table=table, dry_run=dry_run)


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8117) -> None:
    """Answers queries over HTTP."""


@app.command("prune-old")
def prune_old(days: int = typer.Option(90, help="Older rows go")) -> None:
    """Removes old rows."""
`,
  'src/wharf/client.py': `import httpx

RETRYABLE = frozenset({429, 502, 503})


class PortClient:
    """Talks to the harbour master's API."""

    def __init__(self, base_url: str, *, timeout: float = 12.5, retries: int = 4) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=timeout)
        self._retries = retries

    def fetch(self, vessel_id: str, since: str | None = None) -> dict:
        return self._http.get(f"/vessels/{vessel_id}").json()

    def close(self) -> None:
        self._http.close()


def backoff(attempt: int, base: float = 0.5, cap: float = 20.0) -> float:
    return min(cap, base * 2**attempt)
`,
  'src/wharf/load.py': `from pathlib import Path

import duckdb
import structlog

log = structlog.get_logger()
BATCH_SIZE = 2_000


class ManifestError(ValueError):
    """A manifest that cannot be read."""


def load_manifest(path: Path, *, table: str, dry_run: bool = False) -> int:
    if not path.exists():
        raise ManifestError(path)
    return 0


def split_rows(rows, size=BATCH_SIZE):
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


async def watch(folder: Path, interval: float = 3.0) -> None:
    ...
`,
  'src/wharf/settings.py': `from pydantic import BaseModel


class Settings(BaseModel):
    database: str = "wharf.duckdb"
    max_connections: int = 8
    cache_ttl_seconds: int = 600
    log_level: str = "info"
`,
  'tests/conftest.py': 'import pytest\n\n\n@pytest.fixture\ndef manifest(tmp_path):\n    return tmp_path / "m.csv"\n',
  'tests/test_client.py': 'from wharf.client import backoff\n\n\ndef test_backoff():\n    assert backoff(0) == 0.5\n',
  'tests/test_load.py':
    'from wharf.load import split_rows\n\n\ndef test_split():\n    assert list(split_rows([1, 2], 1)) == [[1], [2]]\n',
};

export const WHARF_LINES: readonly Labelled[] = [
  ['PortClient times out after 12.5 s unless told otherwise', 'true'],
  ['the timeout of PortClient defaults to 30 seconds', 'stale'],
  ['PortClient retries 4 times by default', 'true'],
  ['retries default to 3 in PortClient', 'stale'],
  ['`backoff` takes an attempt, a base and a cap', 'true'],
  ['backoff() takes two arguments', 'stale'],
  ['the cap of backoff is 20 seconds by default', 'true'],
  ['backoff starts at a base of 1 second', 'stale'],
  ['fetch wants a vessel id and, optionally, since', 'true'],
  ['`PortClient.fetch` takes `vessel_id` and `until`', 'stale'],
  ['`load_manifest` is async', 'stale'],
  ['watch is async and polls every 3 s', 'true'],
  ['watch polls every 10 seconds', 'stale'],
  ['split_rows is a generator', 'true'],
  ['batches have 2000 rows', 'true'],
  ['BATCH_SIZE is 500', 'stale'],
  ['load_manifest raises ManifestError when the file is missing', 'true'],
  ['ManifestError is a RuntimeError', 'stale'],
  ['`ManifestError` extends ValueError', 'true'],
  ['table defaults to "manifests" on the command line', 'true'],
  ['`wharf load` has a --force flag', 'stale'],
  ['wharf load --dry-run writes nothing', 'true'],
  ['wharf serve listens on 8117', 'true'],
  ['serve binds port 8000 by default', 'stale'],
  ['prune-old keeps 90 days', 'true'],
  ['`wharf prune-old` drops what is older than 30 days', 'stale'],
  ['there is a `wharf export` command', 'stale'],
  ['Ruff formats with single quotes', 'true'],
  ['strings have double quotes (ruff format)', 'stale'],
  ['lines go up to 100 characters', 'true'],
  ['ruff line length is 88', 'stale'],
  ['ruff targets py311', 'true'],
  ['ruff target-version is py39', 'stale'],
  ['mypy is strict', 'true'],
  ['strict mode is off in mypy', 'stale'],
  ['mypy warns about unreachable code', 'true'],
  ['E501 is ignored', 'true'],
  ['ruff ignores D100', 'stale'],
  ['ruff selects E, F, I, UP and B', 'true'],
  ['isort is used for imports', 'stale'],
  ['Black formats the code', 'stale'],
  ['we format with ruff, not black', 'true'],
  ['coverage must stay above 85 %', 'true'],
  ['coverage fails under 90', 'stale'],
  ['pytest runs on four workers in CI', 'true'],
  ['CI runs pytest with 8 workers', 'stale'],
  ['asyncio_mode is auto, no need for @pytest.mark.asyncio', 'true'],
  ['asyncio mode is strict', 'stale'],
  ['CI is GitLab', 'true'],
  ['CI is GitHub Actions', 'stale'],
  ['there is no CI', 'stale'],
  ['tests run on Python 3.11 and 3.12', 'true'],
  ['we test on 3.10 too', 'stale'],
  ['the CI test job times out after 20 minutes', 'true'],
  ['the test job may take an hour', 'stale'],
  ['we use uv', 'true'],
  ['dependencies are managed by Poetry', 'stale'],
  ['built with hatchling', 'true'],
  ['setuptools builds the package', 'stale'],
  ["we don't use Docker", 'true'],
  ['the Docker image is python:3.12-slim in CI', 'true'],
  ['there are no tests', 'stale'],
  ['no pre-commit hooks here', 'stale'],
  ['pre-commit runs ruff and ruff-format', 'true'],
  ['pandas loads the files', 'stale'],
  ['rows land in DuckDB', 'true'],
  ['data is stored in SQLite', 'stale'],
  ['logging goes through structlog', 'true'],
  ['loguru for logging', 'stale'],
  ['HTTP goes through requests', 'stale'],
  ['we retry on 429, 502 and 503', 'true'],
  ['429 is not retried', 'stale'],
  ['at most 8 connections', 'true'],
  ['max_connections defaults to 20', 'stale'],
  ['the cache lives ten minutes', 'true'],
  ['cache TTL is 300 seconds', 'stale'],
  ['log level is info unless set', 'true'],
  ['default log level is debug', 'stale'],
  ['the database file is wharf.duckdb', 'true'],
  ['needs Python 3.11 or newer', 'true'],
  ['Python 3.9 is still supported', 'stale'],
  ['licensed under MIT', 'stale'],
  ['BSD license', 'true'],
  ['the manifest fixture sits in tests/conftest.py', 'true'],
  ['Maria reviews the loader changes', 'unknown'],
  ['be kind in reviews', 'unknown'],
];
