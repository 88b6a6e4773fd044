// All that the server keeps, one aggregate a member.
import { dirname, join } from 'node:path';
import { Agents } from './agents.ts';
import { Blocks } from './blocks.ts';
import { Conversations } from './conversations.ts';
import { Database, type Durability } from './database.ts';
import { Events } from './events.ts';
import { KeptLocal } from './kept-local.ts';
import { Leases } from './leases.ts';
import { MessageSearch } from './message-search.ts';
import { Messages } from './messages.ts';
import { Passages } from './passages.ts';
import { Runs } from './runs.ts';
import { Secrets } from './secrets.ts';
import { StreamLog } from './stream-log.ts';
import { Tools } from './tools.ts';
import { Vectors } from './vectors.ts';

export class Store {
  readonly agents: Agents;
  readonly blocks: Blocks;
  readonly keptLocal: KeptLocal;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly messageSearch: MessageSearch;
  readonly runs: Runs;
  readonly leases: Leases;
  readonly streamLog: StreamLog;
  readonly passages: Passages;
  readonly vectors: Vectors;
  readonly tools: Tools;
  readonly secrets: Secrets;
  readonly events: Events;
  private readonly db: Database;

  /**
   * @param migrating the database is being brought to this version's schema, which may take long
   * @throws StoreError
   */
  constructor(dataDir: string, log: (line: string) => void = () => {}, migrating: () => void = () => {}) {
    this.db = new Database(dataDir, log, migrating);
    this.events = new Events(this.db);
    this.agents = new Agents(this.db, this.events);
    this.keptLocal = new KeptLocal(this.db);
    this.blocks = new Blocks(this.db, this.events, this.keptLocal);
    this.conversations = new Conversations(this.db, this.events);
    this.messages = new Messages(this.db);
    this.messageSearch = new MessageSearch(this.db);
    this.runs = new Runs(this.db, this.events);
    this.leases = new Leases(this.db);
    this.streamLog = new StreamLog(this.db);
    this.passages = new Passages(this.db, this.events);
    this.vectors = new Vectors(this.db);
    this.tools = new Tools(this.db);
    this.secrets = new Secrets(this.db);
  }

  /** Path of the database. */
  get file(): string {
    return this.db.file;
  }

  /** Folder of an agent's memory as a git repository; there only once somebody has asked for it. */
  repositoryOf(agentId: string): string {
    return join(dirname(this.file), 'git', `${agentId}.git`);
  }

  /** One transaction: all of it or nothing. */
  write<T>(durability: Durability, change: () => T): T {
    return this.db.write(durability, change);
  }

  /** Inside `write`: undoes only this part when it throws. */
  part<T>(change: () => T): T {
    return this.db.savepoint(change);
  }

  /** Another number whenever another process has changed the database. */
  dataVersion(): number {
    return this.db.dataVersion();
  }

  /** Housekeeping that waits for the disk; for when nothing runs. */
  checkpoint(): void {
    this.db.checkpoint();
  }

  close(): void {
    this.db.close();
  }
}
