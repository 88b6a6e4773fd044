// The rival in the same run: Letta Code in its terminal mode, on the same scripted model, in a HOME of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheDir } from '../../scripts/lib/cache.mjs';
import { messageText, startScriptedModel } from '../support/scripted-model.ts';
import { type Row, row } from './stats.ts';

const VERSION = '0.34.12';
const TURNS = 40;

/** @returns its program, or null where it cannot be had (no Python, no package index) */
async function provision(): Promise<string | null> {
  const home = join(cacheDir(), `letta-code-${VERSION}`);
  const program = join(home, 'bin', 'letta');
  if (existsSync(program)) return program;
  await rm(home, { recursive: true, force: true });
  await mkdir(cacheDir(), { recursive: true });
  const ok =
    spawnSync('python3', ['-m', 'venv', home], { stdio: 'ignore' }).status === 0 &&
    spawnSync(join(home, 'bin', 'pip'), ['install', '-q', '--no-deps', `letta==${VERSION}`], { stdio: 'ignore' })
      .status === 0;
  if (ok && existsSync(program)) return program;
  // Moved away first: a folder that is half there must not be taken for a whole one.
  if (existsSync(home)) {
    await rename(home, `${home}.broken`);
    await rm(`${home}.broken`, { recursive: true, force: true });
  }
  return null;
}

/** @returns rows to compare with; none where the rival cannot run */
export async function benchLettaCode(): Promise<Row[]> {
  const program = await provision();
  if (!program) {
    process.stderr.write(`Letta Code ${VERSION} cannot be installed here: its rows are left out.\n`);
    return [];
  }
  const home = await mkdtemp(join(tmpdir(), 'letta-code-'));
  const model = await startScriptedModel();
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8' };
  const connect = ['connect', 'lmstudio', '--base-url', model.baseUrl, '--backend', 'local'];
  try {
    if (spawnSync(program, connect, { env, cwd: home, stdio: 'ignore' }).status !== 0) {
      process.stderr.write('Letta Code did not connect to the scripted model: its rows are left out.\n');
      return [];
    }
    const args = ['-p', '--new-agent', '--backend', 'local', '-m', 'lmstudio/scripted'];
    const child = spawn(program, [...args, '--input-format', 'stream-json', '--output-format', 'stream-json'], {
      env,
      cwd: home,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const until = async (type: string): Promise<void> => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`Letta Code ended before it said "${type}".`);
        if (value.startsWith('{') && (JSON.parse(value) as { type?: string }).type === type) return;
      }
    };
    await until('system');
    const samples: number[] = [];
    for (let i = 0; i <= TURNS; i++) {
      const from = Date.now();
      child.stdin.write(`${JSON.stringify({ type: 'user', message: { role: 'user', content: `hello ${i}` } })}\n`);
      await until('result');
      const request = model.requests.find((each) => each.time >= from);
      if (request) samples.push(request.time - from);
    }
    child.stdin.end();
    child.kill();
    await exited;
    const [first = Number.NaN, ...rest] = samples;
    const prompt = model.requests[0]?.body;
    const system = messageText(prompt?.messages.find((message) => message.role !== 'user'));
    const tokens = (Buffer.byteLength(system) + Buffer.byteLength(JSON.stringify(prompt?.tools ?? []))) / 4;
    return [
      row(`send to model request, first turn, Letta Code ${VERSION}`, 'ms', 'cold', [first]),
      row(`send to model request, Letta Code ${VERSION}`, 'ms', 'warm', rest),
      row(`fixed prompt, Letta Code ${VERSION}`, 'tokens', '-', [tokens]),
    ];
  } finally {
    await model.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
