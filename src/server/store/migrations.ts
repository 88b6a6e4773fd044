// The schema, as the list of steps that lead to it. Steps are only ever added.

const first = `
CREATE TABLE agents (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT,
  system TEXT NOT NULL,
  model TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  tools TEXT NOT NULL DEFAULT '[]',
  tool_rules TEXT NOT NULL DEFAULT '[]',
  settings TEXT NOT NULL DEFAULT '{}',
  last_run_at INTEGER,
  last_run_ms INTEGER,
  last_stop_reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blocks (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  value TEXT NOT NULL,
  char_limit INTEGER NOT NULL,
  description TEXT,
  read_only INTEGER NOT NULL DEFAULT 0,
  hidden INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL DEFAULT '{}',
  tags TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE agent_blocks (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  agent_id TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  block_id TEXT NOT NULL REFERENCES blocks(id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  UNIQUE (agent_id, label),
  UNIQUE (agent_id, block_id)
) STRICT;
CREATE INDEX agent_blocks_block ON agent_blocks(block_id);

-- The default conversation of an agent is the row whose id is the agent's.
CREATE TABLE conversations (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  summary TEXT,
  description TEXT,
  hidden INTEGER NOT NULL DEFAULT 0,
  model TEXT,
  model_settings TEXT,
  context_window_limit INTEGER,
  recompiled_at INTEGER NOT NULL,
  context_version INTEGER NOT NULL DEFAULT 0,
  last_message_at INTEGER,
  last_run_at INTEGER,
  archived_at INTEGER,
  deleted_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_agent ON conversations(agent_id);

CREATE TABLE messages (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  owner TEXT NOT NULL,
  role TEXT NOT NULL,
  body TEXT NOT NULL,
  text TEXT,
  otid TEXT,
  run_id TEXT,
  step_id TEXT,
  model TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_agent ON messages(agent_id, n);
CREATE INDEX messages_run ON messages(run_id) WHERE run_id IS NOT NULL;
CREATE INDEX messages_otid ON messages(owner, otid) WHERE otid IS NOT NULL;

-- Which messages a conversation has, in order; a fork shares them. Position 0 is the system message.
CREATE TABLE history (
  owner TEXT NOT NULL,
  position INTEGER NOT NULL,
  message INTEGER NOT NULL REFERENCES messages(n) ON DELETE CASCADE,
  in_context INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (owner, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_message ON history(message);

CREATE VIRTUAL TABLE messages_fts USING fts5(text, content='messages', content_rowid='n', tokenize='porter unicode61');
CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.text IS NOT NULL BEGIN
  INSERT INTO messages_fts(rowid, text) VALUES (new.n, new.text);
END;
CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages WHEN old.text IS NOT NULL BEGIN
  INSERT INTO messages_fts(messages_fts, rowid, text) VALUES ('delete', old.n, old.text);
END;

CREATE TABLE runs (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  owner TEXT NOT NULL,
  status TEXT NOT NULL,
  stop_reason TEXT,
  background INTEGER NOT NULL,
  otid TEXT,
  error TEXT,
  request TEXT NOT NULL DEFAULT '{}',
  usage TEXT,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  ttft_ns INTEGER,
  duration_ns INTEGER,
  created_at INTEGER NOT NULL,
  completed_at INTEGER
) STRICT;
CREATE INDEX runs_owner ON runs(owner, n);
CREATE INDEX runs_agent ON runs(agent_id, n);
CREATE INDEX runs_otid ON runs(owner, otid) WHERE otid IS NOT NULL;
CREATE INDEX runs_live ON runs(status) WHERE status IN ('created', 'running');

CREATE TABLE steps (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  agent_id TEXT NOT NULL,
  status TEXT NOT NULL,
  stop_reason TEXT,
  model TEXT,
  usage TEXT,
  error TEXT,
  context_window_limit INTEGER,
  created_at INTEGER NOT NULL,
  completed_at INTEGER
) STRICT;
CREATE INDEX steps_run ON steps(run_id);
CREATE INDEX steps_agent ON steps(agent_id, n);

-- What a run has streamed, for replay: one row a flush, JSON lines.
CREATE TABLE chunks (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, first_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX chunks_age ON chunks(created_at);

-- The text of the step under way, as it grows. Gone once the step is stored as a message.
CREATE TABLE partials (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  block INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX partials_run ON partials(run_id);

-- One active run a conversation. Held by a random owner that must renew it.
CREATE TABLE leases (
  key TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  run_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE passages (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  archive_id TEXT NOT NULL,
  text TEXT NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]',
  metadata TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX passages_agent ON passages(agent_id, n);
CREATE TABLE passage_tags (
  agent_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  passage INTEGER NOT NULL REFERENCES passages(n) ON DELETE CASCADE,
  PRIMARY KEY (agent_id, tag, passage)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_tags_passage ON passage_tags(passage);
CREATE VIRTUAL TABLE passages_fts USING fts5(text, content='passages', content_rowid='n', tokenize='porter unicode61');
CREATE TRIGGER passages_fts_insert AFTER INSERT ON passages BEGIN
  INSERT INTO passages_fts(rowid, text) VALUES (new.n, new.text);
END;
CREATE TRIGGER passages_fts_delete AFTER DELETE ON passages BEGIN
  INSERT INTO passages_fts(passages_fts, rowid, text) VALUES ('delete', old.n, old.text);
END;

-- The bus between processes: append-only.
CREATE TABLE events (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  agent_id TEXT,
  conversation_id TEXT,
  subject TEXT NOT NULL
) STRICT;
`;

const context = `
-- A context is read without the messages that left it, however many there are.
CREATE INDEX history_context ON history(owner, position) WHERE in_context > 0;
`;

const words = `
-- The archive's index is made of search terms (search-terms.ts), which SQLite's own tokenizers do not know.
DROP TRIGGER passages_fts_insert;
DROP TRIGGER passages_fts_delete;
DROP TABLE passages_fts;
CREATE VIRTUAL TABLE passages_words USING fts5(terms, content='', contentless_delete=1, tokenize="unicode61 tokenchars '_'");
CREATE TABLE passage_terms (
  agent INTEGER NOT NULL REFERENCES agents(n) ON DELETE CASCADE,
  term TEXT NOT NULL,
  passages INTEGER NOT NULL,
  PRIMARY KEY (agent, term)
) STRICT, WITHOUT ROWID;
INSERT INTO passages_words (rowid, terms)
  SELECT a.n * 4294967296 + p.n, indexed_text(p.text, p.tags) FROM passages p JOIN agents a ON a.id = p.agent_id ORDER BY 1;
INSERT INTO passage_terms (agent, term, passages)
  SELECT a.n, t.value, count(*) FROM passages p JOIN agents a ON a.id = p.agent_id, json_each(indexed_terms(p.text, p.tags)) t
  GROUP BY a.n, t.value;
CREATE TRIGGER passages_words_delete AFTER DELETE ON passages BEGIN
  DELETE FROM passages_words WHERE rowid = (SELECT n FROM agents WHERE id = old.agent_id) * 4294967296 + old.n;
END;
-- Behind the trigger above an agent that is deleted with its passages is gone already.
CREATE TRIGGER passages_words_agent BEFORE DELETE ON agents BEGIN
  DELETE FROM passages_words WHERE rowid IN (SELECT old.n * 4294967296 + n FROM passages WHERE agent_id = old.id);
END;
CREATE INDEX passages_created ON passages(agent_id, created_at);
UPDATE messages SET text = with_identifier_words(text) WHERE text IS NOT NULL;
INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');
`;

const vectors = `
-- Models whose vectors are kept. The same name at another address, or with other answers, is another model.
CREATE TABLE embedding_models (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  handle TEXT NOT NULL,
  base_url TEXT NOT NULL,
  dim INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
-- One row a passage and model: the signs of its vector, which are what a search goes through. No code: the model refused it.
CREATE TABLE passage_codes (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  model INTEGER NOT NULL REFERENCES embedding_models(n) ON DELETE CASCADE,
  agent INTEGER NOT NULL REFERENCES agents(n) ON DELETE CASCADE,
  passage INTEGER NOT NULL REFERENCES passages(n) ON DELETE CASCADE,
  code BLOB,
  UNIQUE (passage, model)
) STRICT;
CREATE INDEX passage_codes_agent ON passage_codes(agent, model, n);
CREATE INDEX passage_codes_model ON passage_codes(model);
-- The vector in 8 bits a number, read only for those that the signs have found.
CREATE TABLE passage_vectors (
  n INTEGER PRIMARY KEY REFERENCES passage_codes(n) ON DELETE CASCADE,
  vector BLOB NOT NULL
) STRICT;
`;

const kept = `
-- Blocks that are for local models only (kept-local.ts): marks of all text that was ever in them, the agents whose local
-- models could read them, and what a person said that went into one.
CREATE TABLE kept_marks (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  block TEXT NOT NULL,
  mark TEXT NOT NULL,
  UNIQUE (block, mark)
) STRICT;
CREATE TABLE kept_readers (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  agent TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  block TEXT NOT NULL,
  UNIQUE (agent, block)
) STRICT;
CREATE TABLE kept_messages (message INTEGER PRIMARY KEY REFERENCES messages(n) ON DELETE CASCADE) STRICT;
`;

const tools = `
-- Tools that clients have made: Python functions. An agent names its tools, so a name is given once.
CREATE TABLE tools (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  fields TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE agent_secrets (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  agent TEXT NOT NULL REFERENCES agents(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (agent, key)
) STRICT;
`;

const said = `
-- Each prompt that is compiled says how many messages there are; without this all of them would be read for it.
CREATE INDEX messages_said ON messages(agent_id) WHERE role NOT IN ('system', 'summary');
`;

/** Step i leads from `user_version` i to i + 1. */
export const migrations: readonly string[] = [first, context, words, vectors, kept, tools, said];
export const SCHEMA_VERSION = migrations.length;
