// Finds the agent of a workspace, or makes it. One agent a workspace, also when two windows open at once.
import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { known, LettaError, toLettaError } from '../letta/errors.ts';
import { withLock } from './lock.ts';
import { PROMPT_VERSION } from './prompt-version.ts';
import { WorkspaceAgents } from './workspace-agents.ts';

export interface SetupOptions {
  connection: Connection;
  /** Null: no folder is open. */
  workspace: { root: string; name: string; trusted: boolean } | null;
  /** The extension's storage folder of this workspace. */
  storageFolder: string;
  /** The extension's storage folder of this computer: locks lie there. */
  globalFolder: string;
  /** Handle of the model a new agent gets. */
  model: string;
}

export interface AgentInfo {
  id: string;
  name: string;
  /** Its model's handle; '' when the server does not say. */
  model: string;
  /** Tokens; null when not known. */
  contextWindow: number | null;
  /** This extension has made it: what it is made of may follow the settings. */
  ours: boolean;
  /** What the settings have limited its requests to, in tokens; 0: nothing. */
  windowLimit: number;
}

export interface SetupResult {
  agent: AgentInfo;
  created: boolean;
}

/** The tag of agents that this extension has made. */
export const ORIGIN = 'origin:letta-vscode';
const SHARED_HUMAN = 'letta-vscode:human';
const VERSION_KEY = 'letta_vscode_prompt';
export const WINDOW_KEY = 'letta_vscode_window';

/** Most windows find an agent: what a new one is made of is not parsed for them. */
const loadPrompt = () => import('./prompt.ts');

type Raw = Awaited<ReturnType<Connection['client']['agents']['retrieve']>>;
type CreateBody = Parameters<Connection['client']['agents']['create']>[0];

/** @throws LettaError */
export async function findOrCreateAgent(options: SetupOptions): Promise<SetupResult> {
  try {
    return await find(options);
  } catch (error) {
    throw toLettaError(error);
  }
}

async function find(options: SetupOptions): Promise<SetupResult> {
  const { connection, workspace, storageFolder, globalFolder } = options;
  const remembered = new WorkspaceAgents(workspace, storageFolder);
  const known = await retrieve(connection, await remembered.get(connection.homeKey));
  if (known) return { agent: toInfo(await refreshed(connection, known)), created: false };
  return withLock(join(globalFolder, 'setup.lock'), async () => {
    const tag = workspaceTag(connection, workspace?.root ?? null);
    // Asked for meanwhile: most workspaces that come here need a new agent.
    const human = knownHuman(connection);
    human.catch(() => {});
    const existing =
      (await retrieve(connection, await remembered.get(connection.homeKey))) ?? (await findByTag(connection, tag));
    const raw = existing ?? (await create(options, tag, human));
    await remembered.set(connection.homeKey, raw.id);
    return { agent: toInfo(raw, existing ? undefined : true), created: existing === undefined };
  });
}

/** The agent that a folder has on this home; undefined: none has been made for it yet. @throws LettaError */
export function agentOfFolder(connection: Connection, root: string): Promise<string | undefined> {
  return known(async () => {
    const remembered = new WorkspaceAgents({ root, trusted: true }, join(root, '.letta'));
    const raw =
      (await retrieve(connection, await remembered.get(connection.homeKey))) ??
      (await findByTag(connection, workspaceTag(connection, root)));
    return raw?.id;
  });
}

/** Another agent for the workspace, whichever it had. @throws LettaError */
export function createAgent(options: SetupOptions): Promise<AgentInfo> {
  const { connection, workspace, storageFolder, globalFolder } = options;
  return known(() =>
    withLock(join(globalFolder, 'setup.lock'), async () => {
      const tag = workspaceTag(connection, workspace?.root ?? null);
      const raw = await create(options, tag, knownHuman(connection));
      await new WorkspaceAgents(workspace, storageFolder).set(connection.homeKey, raw.id);
      return toInfo(raw, true);
    }),
  );
}

/** Lets another model carry the agent from its next message on. @throws LettaError */
export async function setModel(connection: Connection, agentId: string, model: string): Promise<void> {
  await known(() => connection.client.agents.update(agentId, { model }, ONCE));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function toInfo(raw: Raw, ours = raw.tags.includes(ORIGIN)): AgentInfo {
  const config: unknown = raw.llm_config;
  const window = isRecord(config) ? config.context_window : undefined;
  const handle = isRecord(config) && typeof config.handle === 'string' ? config.handle : '';
  const limit = raw.metadata?.[WINDOW_KEY];
  return {
    id: raw.id,
    name: raw.name,
    model: raw.model ?? handle,
    contextWindow: typeof window === 'number' && window > 0 ? window : null,
    ours,
    windowLimit: typeof limit === 'number' ? limit : 0,
  };
}

async function retrieve(connection: Connection, agentId: string | undefined): Promise<Raw | undefined> {
  if (!agentId) return undefined;
  try {
    return await connection.client.agents.retrieve(agentId, { include: ['agent.tags'] });
  } catch (error) {
    const known = toLettaError(error);
    // Gone, or an id of another server: look for the workspace's own one.
    if (known.reason === 'not_found' || known.status === 422) return undefined;
    throw known;
  }
}

/** Names a workspace on a server. On a server that others use too, the computer and the account belong to the name. */
export function workspaceTag(connection: Pick<Connection, 'kind'>, root: string | null): string {
  const place = connection.kind === 'embedded' ? '' : `${account()}\0`;
  return `workspace:${printOf(`${place}${root ?? 'no folder'}`)}`;
}

/** Whom the person's block belongs to. Undefined: the home is theirs alone. */
const ownerOf = (connection: Pick<Connection, 'kind'>): string | undefined =>
  connection.kind === 'embedded' ? undefined : printOf(account());

const account = (): string => `${hostname()}\0${userInfo().username}`;

/** Others on the server need not read what names a person. */
const printOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 24);

async function findByTag(connection: Connection, tag: string): Promise<Raw | undefined> {
  const page = await connection.client.agents.list({
    tags: [tag],
    match_all_tags: true,
    include: ['agent.tags'],
    limit: 50,
  });
  const mine = page.items.filter((agent) => agent.tags.includes(tag));
  // The oldest: two windows that find two agents must choose the same one.
  return mine.sort((a, b) => order(a).localeCompare(order(b)))[0];
}

const order = (agent: Raw): string => `${agent.created_at ?? ''} ${agent.id}`;

/** Agents of ours that were made with older instructions get the new ones; the threads they have keep theirs. */
async function refreshed(connection: Connection, raw: Raw): Promise<Raw> {
  const metadata = raw.metadata ?? {};
  const version = metadata[VERSION_KEY];
  if (!raw.tags.includes(ORIGIN) || typeof version !== 'number' || version >= PROMPT_VERSION) return raw;
  const { SYSTEM_PROMPT } = await loadPrompt();
  return connection.client.agents.update(
    raw.id,
    { system: SYSTEM_PROMPT, metadata: { ...metadata, [VERSION_KEY]: PROMPT_VERSION } },
    ONCE,
  );
}

async function create(
  { connection, workspace, model }: SetupOptions,
  tag: string,
  known: Promise<string | undefined>,
): Promise<Raw> {
  const { AGENT_BLOCKS, SYSTEM_PROMPT, TOOL_RULES, TOOLS } = await loadPrompt();
  const human = (await known) ?? (await newHuman(connection));
  const body: CreateBody = {
    agent_type: 'letta_v1_agent',
    name: 'Letta',
    description: workspace ? `Coding agent of ${workspace.name} in VS Code` : 'Coding agent in VS Code',
    model,
    system: SYSTEM_PROMPT,
    memory_blocks: AGENT_BLOCKS.map((block) => ({ ...block })),
    block_ids: [human],
    tools: [...TOOLS],
    tool_rules: [...TOOL_RULES],
    include_base_tools: false,
    include_base_tool_rules: false,
    initial_message_sequence: [],
    parallel_tool_calls: true,
    tags: [ORIGIN, tag],
    metadata: { [VERSION_KEY]: PROMPT_VERSION },
  };
  return attempt(connection, body);
}

/** Creates, and mends what a server that was never used may lack: its own tools, a model for embeddings. */
async function attempt(connection: Connection, body: CreateBody): Promise<Raw> {
  const { client } = connection;
  let next = body;
  for (let mended = 0; ; mended++) {
    try {
      return await client.agents.create(next, ONCE);
    } catch (error) {
      const known = toLettaError(error);
      if (mended >= 2 || known.reason === 'unreachable') throw known;
      if (/tools not found by name/i.test(known.detail)) await client.post('/v1/tools/add-base-tools', ONCE);
      else if (/embedding/i.test(known.detail) && !next.embedding) {
        const [embedding] = await client.models.embeddings.list();
        if (!embedding?.handle) throw known;
        next = { ...next, embedding: embedding.handle };
      } else throw known;
    }
  }
}

/** Id of the person's block, which all their agents of the extension on this home share. Nobody else's is taken. */
async function knownHuman(connection: Connection): Promise<string | undefined> {
  const { HUMAN_BLOCK } = await loadPrompt();
  const { blocks } = connection.client;
  const owner = ownerOf(connection);
  const mine: string[] = [];
  for await (const { id, label, metadata } of blocks.list({ label: HUMAN_BLOCK.label, limit: 200 })) {
    const shared = label === HUMAN_BLOCK.label && metadata?.shared === SHARED_HUMAN;
    if (shared && (metadata.owner ?? undefined) === owner) mine.push(id);
  }
  return mine.sort()[0];
}

async function newHuman(connection: Connection): Promise<string> {
  const { HUMAN_BLOCK } = await loadPrompt();
  const owner = ownerOf(connection);
  const metadata = { shared: SHARED_HUMAN, ...(owner === undefined ? {} : { owner }) };
  const made = await connection.client.blocks.create({ ...HUMAN_BLOCK, metadata }, ONCE);
  if (!made.id) throw new LettaError('unknown', { detail: 'The server did not say the id of the new block.' });
  return made.id;
}
