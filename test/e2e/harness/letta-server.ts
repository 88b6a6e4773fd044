// A self-hosted home: our own server in a process of its own behind a token, or any other Letta server that runs already.
import { join } from 'node:path';
import { type SpawnedServer, spawnCli } from '../../contract/support/server.ts';
import { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from '../../support/scripted-model.ts';

const TOKEN = 'token-of-the-e2e-tier';

/**
 * Another Letta server, e.g. Letta's archived one, by the variables that the contract suite knows it by. Its model endpoint
 * is `http://127.0.0.1:<LETTA_CONTRACT_MODEL_PORT>/v1`, so there can be one VS Code at a time.
 */
const foreign = process.env.LETTA_BASE_URL;
const foreignModel = {
  port: Number(process.env.LETTA_CONTRACT_MODEL_PORT ?? 9900),
  models: ['scripted', 'second'].map((id) => ({ id, object: 'model', created: 0, max_model_len: 32_000 })),
};

/** Where windows find their agents when a case says nothing of it: LETTA_E2E_HOME, or the embedded server. */
export const usualHome = process.env.LETTA_E2E_HOME === 'selfHosted' ? 'selfHosted' : 'embedded';

/** A scripted model that a self-hosted home can reach. */
export function startModelFor(options: ScriptedModelOptions): Promise<ScriptedModel> {
  return startScriptedModel(foreign ? { ...options, ...foreignModel } : options);
}

/** A block's value as our own server keeps it: the archived one begins an insert into an empty block with a line break. */
export const asKept = (value: string): string => (foreign ? value.replace(/^\n/, '') : value);

export class LettaServer {
  readonly url: string;
  /** What a person types as the API key; null where none is asked. */
  readonly token: string | null;
  /** The handle of the scripted model there. */
  readonly model: string;
  private readonly args: string[];
  private running: SpawnedServer | null;

  /** Use `LettaServer.start`. */
  private constructor(url: string, token: string | null, model: string, args: string[], running: SpawnedServer | null) {
    this.url = url;
    this.token = token;
    this.model = model;
    this.args = args;
    this.running = running;
  }

  /** @param folder where its data lies */
  static async start(folder: string, model: ScriptedModel): Promise<LettaServer> {
    if (foreign) {
      const handle = `${process.env.LETTA_CONTRACT_PROVIDER ?? 'openai-proxy'}/scripted`;
      return new LettaServer(foreign, process.env.LETTA_API_KEY ?? null, handle, [], null);
    }
    return LettaServer.over(LettaServer.dataDir(folder), model);
  }

  /** Its `letta.db` lies here. */
  static dataDir(folder: string): string {
    return join(folder, 'letta-server');
  }

  /** Beside whoever uses the files there already. */
  static async over(dataDir: string, model: ScriptedModel): Promise<LettaServer> {
    const args = ['--data-dir', dataDir, '--token', TOKEN, '--endpoint', `scripted=${model.baseUrl}`];
    const running = await spawnCli(['--port', '0', ...args]);
    return new LettaServer(running.baseUrl, TOKEN, 'scripted/scripted', args, running);
  }

  /** GETs a path as any client does. @returns the JSON that it answers */
  get<T>(path: string): Promise<T> {
    return this.request('GET', path);
  }

  /** What it holds under a label, as any client is told: a value for each block. */
  async valuesOf(label: string): Promise<string[]> {
    const blocks = await this.get<{ value: string }[]>(`/v1/blocks/?label=${label}`);
    return blocks.map(({ value }) => value);
  }

  /** POSTs JSON as any client does. @returns the JSON that it answers */
  post<T>(path: string, body: object): Promise<T> {
    return this.request('POST', path, body);
  }

  private async request<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = {
      ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async stop(): Promise<void> {
    await this.running?.close();
    this.running = null;
  }

  /** Once more, at the same address. @param open it asks for no key now */
  async startAgain(open = false): Promise<void> {
    const keyless = [...this.args.filter((arg) => arg !== '--token' && arg !== this.token), '--no-token'];
    const args = open ? keyless : this.args;
    this.running = await spawnCli(['--port', new URL(this.url).port, ...args]);
  }
}
