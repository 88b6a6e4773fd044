// Which agent a workspace has, per home: kept in the workspace, or in the extension's storage where that may not be.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from './files.ts';

type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Our key beside those of other clients: `{"vscode": {"agents": {HOME: AGENT_ID}}}`. */
const OWN = 'vscode';

export class WorkspaceAgents {
  /** `.letta/settings.local.json`; null where the workspace has no folder or is not trusted. */
  private readonly workspaceFile: string | null;
  private readonly storageFile: string;

  constructor(workspace: { root: string; trusted: boolean } | null, storageFolder: string) {
    this.workspaceFile = workspace?.trusted ? join(workspace.root, '.letta', 'settings.local.json') : null;
    this.storageFile = join(storageFolder, 'agents.json');
  }

  /** Where it is kept, absolute. */
  get files(): string[] {
    return [...(this.workspaceFile ? [this.workspaceFile] : []), this.storageFile];
  }

  async get(homeKey: string): Promise<string | undefined> {
    for (const path of this.files) {
      const agent = agentsOf(await readJson(path))[homeKey];
      if (typeof agent === 'string' && agent) return agent;
    }
    return undefined;
  }

  /** @returns where it was written. @throws Error when neither place can be written. */
  async set(homeKey: string, agentId: string): Promise<'workspace' | 'storage'> {
    if (this.workspaceFile) {
      try {
        await update(this.workspaceFile, homeKey, agentId);
        return 'workspace';
      } catch {
        // Read-only, or a file that is not ours to mend: the storage folder knows it then.
      }
    }
    await update(this.storageFile, homeKey, agentId);
    return 'storage';
  }
}

/** Undefined: there is no file; null: it is not a JSON object. */
async function readJson(path: string): Promise<Json | null | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function agentsOf(settings: Json | null | undefined): Json {
  const own = settings?.[OWN];
  return isRecord(own) && isRecord(own.agents) ? own.agents : {};
}

/** @throws Error when the file is there and is no JSON object: it is left as it is. */
async function update(path: string, homeKey: string, agentId: string): Promise<void> {
  const settings = await readJson(path);
  if (settings === null) throw new Error(`${path} is not a JSON object.`);
  const agents = agentsOf(settings);
  if (settings !== undefined && agents[homeKey] === agentId) return;
  const own = isRecord(settings?.[OWN]) ? settings[OWN] : {};
  const next = { ...settings, [OWN]: { ...own, agents: { ...agents, [homeKey]: agentId } } };
  await writeAtomic(path, `${JSON.stringify(next, null, 2)}\n`);
}
