// `serve` with a scripted model behind it and a recording proxy before it, and the clients run against that.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Letta } from '@letta-ai/letta-client';
import { type SpawnedServer, spawnCli } from '../../contract/support/server.ts';
import { type ScriptedModel, startScriptedModel } from '../../support/scripted-model.ts';
import { LETTA_CODE, PYTHON } from './install.ts';
import { type RecordingProxy, startProxy } from './proxy.ts';

const TIME_MS = 90_000;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What Letta Code prints with `--output-format json`. */
export interface Result {
  subtype: string;
  is_error: boolean;
  num_turns: number;
  result: string;
  agent_id: string;
  conversation_id: string;
  usage: { total_tokens: number; step_count: number };
}

export type LettaCodeVersion = keyof typeof LETTA_CODE;

export class World {
  readonly model: ScriptedModel;
  readonly server: SpawnedServer;
  readonly proxy: RecordingProxy;
  /** Speaks to the server itself, so that the proxy holds what the client under test did. */
  readonly direct: Letta;
  /** The folder that Letta Code works in. */
  readonly workspace: string;
  private readonly folder: string;

  private constructor(parts: Pick<World, 'model' | 'server' | 'proxy' | 'workspace'> & { folder: string }) {
    this.model = parts.model;
    this.server = parts.server;
    this.proxy = parts.proxy;
    this.workspace = parts.workspace;
    this.folder = parts.folder;
    this.direct = new Letta({ baseURL: parts.server.baseUrl, apiKey: null, maxRetries: 0 });
  }

  static async start(): Promise<World> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'letta-clients-')));
    const workspace = join(folder, 'workspace');
    for (const path of [workspace, join(folder, 'home')]) mkdirSync(path);
    const models = [{ id: 'scripted', object: 'model', created: 0, max_model_len: 200_000 }];
    const model = await startScriptedModel({ models });
    const args = ['--port', '0', '--data-dir', join(folder, 'data'), '--no-token'];
    const server = await spawnCli([...args, '--endpoint', `scripted=${model.baseUrl}`]);
    const proxy = await startProxy(server.baseUrl);
    return new World({ folder, workspace, model, server, proxy });
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.server.close();
    await this.model.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Runs Letta Code once, headless, with a HOME of its own. @throws Error with all it said where it prints no result */
  async lettaCode(version: LettaCodeVersion, ...args: string[]): Promise<Result> {
    const ended = await this.tryLettaCode(version, ...args);
    const json = ended.stdout.slice(ended.stdout.indexOf('{'));
    try {
      return JSON.parse(json) as Result;
    } catch {
      throw new Error(`Letta Code ${version} ended with ${ended.code}:\n${ended.stdout}\n${ended.stderr}`);
    }
  }

  tryLettaCode(version: LettaCodeVersion, ...args: string[]): Promise<Ended> {
    const [program = '', ...first] = LETTA_CODE[version];
    return this.spawn(program, [...first, ...args, '--output-format', 'json'], {
      LETTA_CODE_TELEM: '0',
      DISABLE_AUTOUPDATER: '1',
    });
  }

  /** Runs the part of `sdk.py` of that name. @throws Error with all it said where it fails */
  async python<T>(part: string, ...args: string[]): Promise<T> {
    const script = fileURLToPath(new URL('../sdk.py', import.meta.url));
    const { code, stdout, stderr } = await this.spawn(PYTHON, [script, part, ...args]);
    if (code !== 0) throw new Error(`sdk.py ${part} ended with ${code}:\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as T;
  }

  private spawn(program: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd: this.workspace,
        env: {
          PATH: process.env.PATH ?? '',
          HOME: join(this.folder, 'home'),
          LETTA_BASE_URL: this.proxy.baseUrl,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: TIME_MS,
        killSignal: 'SIGKILL',
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }
}
