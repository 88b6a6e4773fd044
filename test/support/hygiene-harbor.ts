// A labelled repository written before the rules had run on it: a store of blobs in Rust, with a client in Python.
import type { Labelled } from './hygiene-repo.ts';

export const HARBOR: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': `${'f'.repeat(40)}\n`,
  '.gitignore': 'target/\n.venv/\n*.pyc\n',
  'Cargo.toml':
    '[workspace]\nresolver = "2"\nmembers = ["crates/harbor-core", "crates/harbor-cli", "crates/harbor-server"]\n\n[workspace.package]\nversion = "0.9.2"\nedition = "2021"\nrust-version = "1.78"\nlicense = "Apache-2.0"\n\n[workspace.dependencies]\ntokio = { version = "1.38", features = ["full"] }\nserde = { version = "1.0", features = ["derive"] }\naxum = "0.7.5"\ntracing = "0.1"\nthiserror = "1.0.61"\nblake3 = "1.5"\n\n[profile.release]\nlto = "thin"\n',
  'rust-toolchain.toml': '[toolchain]\nchannel = "1.79.0"\ncomponents = ["rustfmt", "clippy"]\n',
  'rustfmt.toml': 'max_width = 110\nimports_granularity = "Crate"\n',
  'deny.toml': '[licenses]\nallow = ["MIT", "Apache-2.0"]\n',
  justfile:
    'default: check test\n\ncheck:\n    cargo fmt --check\n    cargo clippy --all-targets -- -D warnings\n\ntest:\n    cargo nextest run\n\nbench:\n    cargo bench -p harbor-core\n\npy-test:\n    cd python && uv run pytest\n\ndocs:\n    cargo doc --no-deps --open\n',
  'CHANGELOG.md': '# Changelog\n\n## 0.9.2\n\n- gc keeps what a pull reads.\n',
  'CONTRIBUTING.md':
    '# Contributing\n\nCommit messages follow Conventional Commits. Every public item has a doc comment.\n',
  LICENSE: '                                 Apache License\n                           Version 2.0, January 2004\n',
  'crates/harbor-core/Cargo.toml':
    '[package]\nname = "harbor-core"\nversion.workspace = true\nedition.workspace = true\n\n[dependencies]\nblake3.workspace = true\nserde.workspace = true\nthiserror.workspace = true\n\n[dev-dependencies]\nproptest = "1.4"\ncriterion = "0.5"\n\n[[bench]]\nname = "split"\nharness = false\n',
  'crates/harbor-core/src/lib.rs':
    '//! Chunks, their hashes, and where they lie.\npub mod chunk;\npub mod hash;\npub mod store;\n\npub use chunk::{split_chunks, CHUNK_SIZE};\npub use store::{BlobStore, StoreError};\n',
  'crates/harbor-core/src/chunk.rs':
    '/// Bytes a chunk.\npub const CHUNK_SIZE: usize = 65_536;\n\n/// Cuts data into chunks of at most `CHUNK_SIZE` bytes.\npub fn split_chunks(data: &[u8]) -> Vec<&[u8]> {\n    data.chunks(CHUNK_SIZE).collect()\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn splits_at_the_border() {\n        assert_eq!(split_chunks(&[0; CHUNK_SIZE + 1]).len(), 2);\n    }\n}\n',
  'crates/harbor-core/src/hash.rs':
    '/// What names a blob.\n#[derive(Clone, PartialEq, Eq)]\npub struct BlobHash([u8; 32]);\n\nimpl BlobHash {\n    /// Hashes with BLAKE3.\n    pub fn of(data: &[u8]) -> Self {\n        BlobHash(*blake3::hash(data).as_bytes())\n    }\n}\n',
  'crates/harbor-core/src/store.rs':
    'use crate::hash::BlobHash;\nuse thiserror::Error;\n\n/// What can go wrong.\n#[derive(Debug, Error)]\npub enum StoreError {\n    #[error("not found")]\n    NotFound,\n    #[error("corrupt")]\n    Corrupt,\n}\n\n/// Keeps blobs by their hash.\npub trait BlobStore {\n    fn put(&mut self, data: &[u8]) -> Result<BlobHash, StoreError>;\n    fn get(&self, hash: &BlobHash) -> Result<Vec<u8>, StoreError>;\n}\n\n/// Blobs in files, two letters of the hash a folder.\npub struct DiskStore {\n    root: std::path::PathBuf,\n}\n',
  'crates/harbor-core/benches/split.rs': 'use criterion::{criterion_group, criterion_main};\n\nfn main() {}\n',
  'crates/harbor-cli/Cargo.toml':
    '[package]\nname = "harbor-cli"\nversion.workspace = true\n\n[[bin]]\nname = "harbor"\npath = "src/main.rs"\n\n[dependencies]\nharbor-core = { path = "../harbor-core" }\nclap = { version = "4.5", features = ["derive"] }\nanyhow = "1.0"\n',
  'crates/harbor-cli/src/main.rs':
    'use clap::{Parser, Subcommand};\n\n#[derive(Parser)]\nstruct Cli {\n    #[command(subcommand)]\n    command: Command,\n}\n\n#[derive(Subcommand)]\nenum Command {\n    Push { path: String },\n    Pull { hash: String },\n    Gc,\n}\n\nfn main() -> anyhow::Result<()> {\n    let _ = Cli::parse();\n    Ok(())\n}\n',
  'crates/harbor-server/Cargo.toml':
    '[package]\nname = "harbor-server"\nversion.workspace = true\n\n[dependencies]\nharbor-core = { path = "../harbor-core" }\naxum.workspace = true\ntokio.workspace = true\ntracing.workspace = true\ntracing-subscriber = "0.3"\n',
  'crates/harbor-server/src/main.rs':
    'mod routes;\n\n#[tokio::main]\nasync fn main() {\n    tracing_subscriber::fmt::init();\n    let listener = tokio::net::TcpListener::bind("0.0.0.0:7070").await.unwrap();\n    axum::serve(listener, routes::router()).await.unwrap();\n}\n',
  'crates/harbor-server/src/routes.rs':
    'use axum::{routing::{get, put}, Router};\n\npub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;\n\npub fn router() -> Router {\n    Router::new()\n        .route("/blobs/:hash", get(get_blob).put(put_blob))\n        .route("/metrics", get(metrics))\n}\n\nasync fn get_blob() {}\nasync fn put_blob() {}\nasync fn metrics() {}\n',
  'config/default.toml':
    '[server]\nport = 7070\nworkers = 4\n\n[gc]\ninterval_hours = 12\nkeep_days = 30\n\n[log]\nlevel = "info"\nformat = "json"\n',
  'docker/Dockerfile':
    'FROM rust:1.79-slim AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release -p harbor-server\n\nFROM debian:bookworm-slim\nCOPY --from=build /src/target/release/harbor-server /usr/local/bin/\nEXPOSE 7070\nCMD ["harbor-server"]\n',
  '.github/workflows/rust.yml':
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how the file is written
    'name: rust\non: [push, pull_request]\njobs:\n  test:\n    strategy:\n      matrix:\n        os: [ubuntu-latest, macos-latest]\n    runs-on: ${{ matrix.os }}\n    steps:\n      - uses: actions/checkout@v4\n      - uses: taiki-e/install-action@nextest\n      - run: just check\n      - run: just test\n',
  '.github/workflows/publish.yml':
    'name: publish\non:\n  push:\n    tags: ["v*"]\njobs:\n  crates:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo publish -p harbor-core\n',
  'python/pyproject.toml':
    '[project]\nname = "harbor-py"\nversion = "0.9.2"\nrequires-python = ">=3.11"\ndependencies = ["httpx>=0.27", "pydantic>=2.7"]\n\n[dependency-groups]\ndev = ["pytest>=8.2", "ruff>=0.5", "mypy>=1.10"]\n\n[tool.ruff]\nline-length = 100\n\n[tool.ruff.lint]\nselect = ["E", "F", "I"]\n\n[tool.mypy]\nstrict = true\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
  'python/uv.lock': 'version = 1\nrequires-python = ">=3.11"\n',
  'python/harbor/__init__.py': 'from harbor.client import HarborClient\n\n__all__ = ["HarborClient"]\n',
  'python/harbor/client.py':
    'from pathlib import Path\n\nimport httpx\n\nfrom harbor.models import BlobInfo\n\nDEFAULT_TIMEOUT = 30.0\n\n\nclass HarborError(Exception):\n    """The server refused."""\n\n\nclass HarborClient:\n    """Talks to a harbor server."""\n\n    def __init__(self, url: str, timeout: float = DEFAULT_TIMEOUT) -> None:\n        self._http = httpx.Client(base_url=url, timeout=timeout)\n\n    def upload(self, path: Path) -> BlobInfo:\n        raise NotImplementedError\n\n    def download(self, digest: str) -> bytes:\n        return self._http.get(f"/blobs/{digest}").content\n',
  'python/harbor/models.py':
    'from pydantic import BaseModel\n\n\nclass BlobInfo(BaseModel):\n    digest: str\n    size: int\n',
  'python/tests/test_client.py':
    'from harbor import HarborClient\n\n\ndef test_opens() -> None:\n    assert HarborClient("http://localhost:7070")\n',
};

export const HARBOR_LINES: readonly Labelled[] = [
  // Structure.
  ['- Cargo workspace with three crates: harbor-core, harbor-cli, harbor-server.', 'true'],
  ['- The workspace also has a crate harbor-wasm for browsers.', 'stale'],
  ['- The Python client lives in python/harbor.', 'true'],
  ['- Chunking is implemented in crates/harbor-core/src/chunk.rs.', 'true'],
  ['- Garbage collection is in crates/harbor-core/src/gc.rs.', 'stale'],
  ['- HTTP routes of the server: crates/harbor-server/src/routes.rs.', 'true'],
  ['- Benchmarks are in crates/harbor-core/benches and use criterion.', 'true'],
  ['- Fuzz targets are in the fuzz/ directory.', 'stale'],
  ['- The Dockerfile is in docker/, it builds only harbor-server.', 'true'],
  ['- Defaults of the configuration are in config/default.toml.', 'true'],
  ['- Per-environment overrides sit in config/production.toml.', 'stale'],
  ['- Python tests are in python/tests.', 'true'],
  // Symbols.
  ['- `split_chunks` cuts data into pieces of CHUNK_SIZE bytes.', 'true'],
  ['- CHUNK_SIZE is 65536 bytes.', 'true'],
  ['- CHUNK_SIZE is 1 MiB (1048576).', 'stale'],
  ['- The trait `BlobStore` has `put` and `get`; `DiskStore` is the one on disk.', 'true'],
  ['- `S3Store` implements BlobStore for buckets.', 'stale'],
  ['- StoreError has the variants NotFound and Corrupt.', 'true'],
  ['- `StoreError::QuotaExceeded` means that the disk is full.', 'stale'],
  ['- Hashes are made with `BlobHash::of` (BLAKE3).', 'true'],
  ['- `BlobHash::from_hex` parses what the CLI is given.', 'stale'],
  ['- `HarborClient.download` returns bytes.', 'true'],
  ['- `HarborClient.stream` yields chunks for large files.', 'stale'],
  ['- The client raises HarborError when the server refuses.', 'true'],
  ['- DEFAULT_TIMEOUT of the Python client is 30 seconds.', 'true'],
  ['- DEFAULT_TIMEOUT in python/harbor/client.py is 10.', 'stale'],
  ['- BlobInfo is a pydantic model with digest and size.', 'true'],
  ['- The server refuses bodies over MAX_BODY_BYTES (routes.rs).', 'true'],
  ['- Python exceptions are defined in python/harbor/errors.py.', 'stale'],
  // Commands.
  ['- `just check` runs rustfmt and clippy, warnings are errors.', 'true'],
  ['- Tests: `just test` (cargo nextest).', 'true'],
  ['- Run the Python tests with `just py-test`.', 'true'],
  ['- `just release patch` bumps the version and tags it.', 'stale'],
  ['- `just docs` opens the rustdoc in a browser.', 'true'],
  ['- Use `make check` before committing.', 'stale'],
  ['- Benchmarks: `cargo bench -p harbor-core`.', 'true'],
  ['- `cargo run -p harbor-admin` starts the admin tool.', 'stale'],
  ['- The CLI knows the subcommands push, pull and gc.', 'true'],
  // Packages, versions.
  ['- The server is built on axum 0.7.', 'true'],
  ['- The server is built on actix-web.', 'stale'],
  ['- Async runtime is tokio.', 'true'],
  ['- Errors of the library use thiserror, the CLI uses anyhow.', 'true'],
  ['- Errors are wrapped with eyre.', 'stale'],
  ['- Property tests use proptest.', 'true'],
  ['- Argument parsing is clap 4 with the derive feature.', 'true'],
  ['- Arguments are parsed with structopt.', 'stale'],
  ['- The toolchain is pinned to Rust 1.79.0.', 'true'],
  ['- The toolchain is pinned to 1.74 in rust-toolchain.toml.', 'stale'],
  ['- Minimum supported Rust version is 1.78.', 'true'],
  ['- MSRV: 1.70.', 'stale'],
  ['- Rust edition 2021.', 'true'],
  ['- We moved to edition 2024.', 'stale'],
  ['- Python code needs 3.11 or newer.', 'true'],
  ['- The client supports Python 3.8 and up.', 'stale'],
  ['- The Python client talks HTTP with httpx.', 'true'],
  ['- The Python client uses requests.', 'stale'],
  ['- Python dependencies are managed with uv.', 'true'],
  ['- Python dependencies are managed with Poetry.', 'stale'],
  ['- All crates share version 0.9.2.', 'true'],
  // Settings.
  ['- The server listens on 7070.', 'true'],
  ['- harbor-server binds to port 8000 by default.', 'stale'],
  ['- gc keeps blobs for 30 days (keep_days).', 'true'],
  ['- gc.interval_hours is 24.', 'stale'],
  ['- rustfmt wraps at 110 columns.', 'true'],
  ['- rustfmt max_width is 100.', 'stale'],
  ['- ruff allows lines of 100 characters in Python.', 'true'],
  ['- mypy runs in strict mode.', 'true'],
  ['- The server has four workers unless configured otherwise (server.workers).', 'true'],
  ['- Release builds use thin LTO.', 'true'],
  ['- CI tests on Ubuntu and macOS.', 'true'],
  ['- CI also tests on Windows.', 'stale'],
  ['- Publishing happens when a tag v* is pushed (publish.yml).', 'true'],
  ['- .github/workflows/nightly.yml runs the long tests at night.', 'stale'],
  ['- Blobs are fetched with GET /blobs/:hash.', 'true'],
  ['- GET /stats returns how full the store is.', 'stale'],
  ['- Everything is licensed under Apache-2.0.', 'true'],
  ['- Logs are JSON by default.', 'true'],
  ['- Commit messages follow Conventional Commits.', 'true'],
  // Nothing that a repository could tell.
  ['- Ines reviews everything that touches the on-disk format.', 'unknown'],
  ['- The person dislikes clever macros.', 'unknown'],
  ['- A customer keeps forty million blobs; think of their directory listings.', 'unknown'],
  ['- Explain trade-offs before writing code.', 'unknown'],
  ['- Releases are announced in the forum on Tuesdays.', 'unknown'],
  ['- We once lost a day to a kernel bug in the CI runner.', 'unknown'],
];
