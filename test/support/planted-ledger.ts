// A small Python service with twenty more conventions, so that the figures do not rest on one ecosystem.
import { commitsOf, type Plant, type Planted } from './planted.ts';

const PLANTS: readonly Plant[] = [
  { what: 'snake_case modules', claim: /snake_case/, heldOut: false },
  { what: 'tests in tests/ as test_*.py', claim: /tests\/.*test_\*?|test_\*\.py/, heldOut: false },
  { what: 'double quotes', claim: /double quotes/i, heldOut: false },
  { what: 'functions are fully typed', claim: /type (?:hints|annotations)|annotated/i, heldOut: false },
  { what: 'f-strings', claim: /f-strings/i, heldOut: false },
  { what: 'Google docstrings', claim: /google/i, heldOut: false },
  { what: 'pathlib', claim: /pathlib/, heldOut: false },
  { what: 'ruff at 100 columns', claim: /ruff.*100|100.*ruff|line.length.*100/i, heldOut: false },
  { what: 'uv', claim: /\buv\b/, heldOut: false },
  { what: 'Python 3.12 and later', claim: /python.*3\.12/i, heldOut: false },
  { what: 'future annotations in every module', claim: /from __future__ import annotations/, heldOut: true },
  { what: 'dataclasses are frozen with slots', claim: /dataclass.*frozen=True.*slots=True/, heldOut: true },
  { what: 'exceptions derive from LedgerError', claim: /LedgerError/, heldOut: true },
  { what: 'a structlog logger in every module', claim: /structlog/, heldOut: true },
  { what: 'absolute imports only', claim: /absolute imports|imports are absolute/i, heldOut: true },
  { what: 'commit subjects start with the ticket', claim: /commit.*(?:ticket|LED)/i, heldOut: true },
  { what: 'make lint', claim: /make lint/, heldOut: true },
  { what: 'changelog fragments', claim: /changes\/.*\.md/, heldOut: true },
  { what: 'environment variables begin with LEDGER_', claim: /LEDGER_/, heldOut: true },
  { what: 'keyword-only arguments in services', claim: /keyword-only/i, heldOut: true },
];

const THINGS = [
  'account',
  'bank_transfer',
  'booking',
  'closing_entry',
  'currency',
  'journal',
  'opening_entry',
  'posting',
  'tax_code',
];
const pascal = (snake: string): string =>
  snake
    .split('_')
    .map((w) => w[0]?.toUpperCase() + w.slice(1))
    .join('');

const moduleOf = (thing: string): string => `from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from ledger.errors import LedgerError

log = structlog.get_logger(__name__)


class ${pascal(thing)}NotFound(LedgerError):
    """Raised when there is no such ${thing}."""


@dataclass(frozen=True, slots=True)
class ${pascal(thing)}:
    """One ${thing} as it is stored."""

    key: str
    amount: int


def load_${thing}(*, folder: Path, key: str) -> ${pascal(thing)}:
    """Reads one ${thing}.

    Args:
        folder: Where the files are.
        key: Its key.

    Returns:
        What was stored.

    Raises:
        ${pascal(thing)}NotFound: There is none.
    """
    path = folder / f"{key}.json"
    if not path.exists():
        raise ${pascal(thing)}NotFound(f"no ${thing} {key}")
    log.info("${thing}_read", key=key)
    return ${pascal(thing)}(key=key, amount=len(path.read_text()))
`;

const testOf = (thing: string): string => `from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from ledger.services.${thing} import ${pascal(thing)}NotFound, load_${thing}

log = structlog.get_logger(__name__)


def test_${thing}_is_missing(tmp_path: Path) -> None:
    with pytest.raises(${pascal(thing)}NotFound):
        load_${thing}(folder=tmp_path, key="none")


def test_${thing}_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("12")
    assert load_${thing}(folder=tmp_path, key="a").amount == 2
`;

export const LEDGER: Planted = {
  name: 'ledger (Python)',
  plants: PLANTS,
  files: Object.assign(
    {
      'pyproject.toml': `[project]
name = "ledger"
version = "1.4.0"
requires-python = ">=3.12"
dependencies = ["structlog>=24"]

[dependency-groups]
dev = ["pytest>=8", "ruff", "mypy"]

[tool.ruff]
line-length = 100

[tool.mypy]
strict = true

[tool.pytest.ini_options]
testpaths = ["tests"]
`,
      'uv.lock': 'version = 1\n',
      'README.md': '# Ledger\n\nDouble-entry bookkeeping as a library.\n',
      Makefile: '.PHONY: lint test\n\nlint:\n\tuv run ruff check .\n\tuv run mypy ledger\n\ntest:\n\tuv run pytest\n',
      '.env.example': 'LEDGER_FOLDER=/var/ledger\nLEDGER_CURRENCY=EUR\nLEDGER_LOG_LEVEL=info\n',
      '.github/workflows/ci.yml':
        'name: ci\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        python: ["3.12", "3.13"]\n    steps:\n      - uses: actions/checkout@v4\n      - run: make lint\n      - run: make test\n',
      'ledger/__init__.py': '',
      'ledger/services/__init__.py': '',
      'ledger/errors.py':
        'from __future__ import annotations\n\nimport structlog\n\nlog = structlog.get_logger(__name__)\n\n\nclass LedgerError(Exception):\n    """Base of all errors here."""\n',
    },
    ...THINGS.map((t, i) => ({
      [`ledger/services/${t}.py`]: moduleOf(t),
      [`tests/services/test_${t}.py`]: testOf(t),
      [`changes/${120 + i}.feature.md`]: `Reads ${t} from a folder.\n`,
    })),
  ),
  commits: commitsOf(THINGS.flatMap((t, i) => [`LED-${40 + i}: read ${t}`, `LED-${40 + i}: test ${t}`])),
  branches: ['main', 'LED-41-read-accounts'],
};
