// The schema of the memory store, as the list of steps that lead to it. Steps are only ever added.

const first = `
-- Texts by their hash, each whole or as its difference to another.
CREATE TABLE texts (
  hash TEXT PRIMARY KEY,
  base TEXT,
  head INTEGER NOT NULL,
  tail INTEGER NOT NULL,
  mid ANY NOT NULL,
  depth INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which block bore a label, and since when.
CREATE TABLE labels (
  home TEXT NOT NULL,
  agent TEXT NOT NULL,
  label TEXT NOT NULL,
  block TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (home, agent, label, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_block ON labels (home, block, since);

-- What is known of the blocks' changes. Nothing here is derived from anything else here, save bound.
CREATE TABLE evidence (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  home TEXT NOT NULL,
  block TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  sub INTEGER NOT NULL DEFAULT 0,
  maybe INTEGER NOT NULL DEFAULT 0,
  agent TEXT,
  label TEXT,
  author TEXT NOT NULL,
  made_by TEXT NOT NULL,
  thread TEXT,
  run TEXT,
  message TEXT,
  call TEXT,
  print TEXT,
  cause TEXT,
  cause_text TEXT,
  args ANY,
  args_base TEXT,
  before TEXT,
  after TEXT,
  from_history INTEGER NOT NULL DEFAULT 0,
  bound TEXT
) STRICT;
-- The column that tells most comes first: without statistics SQLite takes an index by how it begins.
CREATE UNIQUE INDEX evidence_key ON evidence (key, block, home);
CREATE INDEX evidence_order ON evidence (block, home, at, kind, sub, key);
CREATE INDEX evidence_newest ON evidence (block, home, n);
CREATE INDEX evidence_call ON evidence (call, print, home);
CREATE INDEX evidence_made_by ON evidence (made_by, home) WHERE kind = 'ours';
CREATE INDEX evidence_thread ON evidence (thread, home);

-- From which place in its evidence on the revisions of a block are out of date.
CREATE TABLE stale (
  home TEXT NOT NULL,
  block TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (home, block)
) STRICT, WITHOUT ROWID;

-- The timeline, derived from the evidence.
CREATE TABLE revisions (
  home TEXT NOT NULL,
  block TEXT NOT NULL,
  ord INTEGER NOT NULL,
  id TEXT NOT NULL,
  evidence TEXT NOT NULL,
  elsewhere INTEGER NOT NULL,
  at INTEGER NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  added INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  excerpt TEXT NOT NULL,
  PRIMARY KEY (block, home, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_id ON revisions (id, home);
CREATE INDEX revisions_evidence ON revisions (evidence, block, home);

-- What a person or the policy said of a revision; stays when the timeline is made anew.
CREATE TABLE marks (
  home TEXT NOT NULL,
  revision TEXT NOT NULL,
  review TEXT,
  sources TEXT,
  PRIMARY KEY (revision, home)
) STRICT, WITHOUT ROWID;

-- Who wrote each line, as of a revision: made anew when that is gone.
CREATE TABLE origins (
  home TEXT NOT NULL,
  block TEXT NOT NULL,
  ord INTEGER NOT NULL,
  revision TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (home, block)
) STRICT, WITHOUT ROWID;

-- How far a journal of our own writes was read, and a thread's history.
CREATE TABLE read_to (
  home TEXT NOT NULL,
  source TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (home, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviews (
  id TEXT PRIMARY KEY,
  home TEXT NOT NULL,
  agent TEXT NOT NULL,
  state TEXT NOT NULL,
  applying TEXT,
  at INTEGER NOT NULL,
  decided_at INTEGER,
  json TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reviews_state ON reviews (home, agent, state, at);

CREATE TABLE receipts (
  home TEXT NOT NULL,
  agent TEXT NOT NULL,
  id TEXT NOT NULL,
  thread TEXT NOT NULL,
  at INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (id, home)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_thread ON receipts (home, thread, at);

CREATE TABLE line_notes (
  home TEXT NOT NULL,
  block TEXT NOT NULL,
  line TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (home, block, line)
) STRICT, WITHOUT ROWID;
`;

export const migrations: readonly string[] = [first];
export const SCHEMA_VERSION = migrations.length;
