// The MCP server as a program of its own, spoken to as MCP clients do: what they are given of memory, and what becomes of what they
// want remembered, as VS Code's review list has it.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';
import { Archive } from '../../../src/memory/archive.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import { OwnHome } from '../agent/own-home.ts';

interface Answer {
  id: number;
  result?: {
    protocolVersion?: string;
    serverInfo?: { name: string };
    tools?: { name: string; inputSchema: object }[];
    content?: { type: string; text: string }[];
    isError?: boolean;
  };
}

let home: OwnHome;
beforeEach(async () => {
  home = await OwnHome.open();
});
afterEach(() => home.close());

const dataDir = () => join(home.workspace.folder, '.letta-data');

class Client {
  readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<unknown, (answer: Answer) => void>();
  private lastId = 0;

  constructor(folder = home.workspace.folder, data = dataDir()) {
    const server = join(root, 'src', 'mcp', 'server.ts');
    this.child = spawn(process.execPath, [server, '--workspace', folder, '--data-dir', data]);
    this.child.stderr.resume();
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.waiting.get(answer.id)?.(answer);
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  ask(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.lastId;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  async call(name: string, args: object): Promise<string> {
    const { result } = await this.ask('tools/call', { name, arguments: args });
    return `${result?.isError ? 'Error: ' : ''}${result?.content?.[0]?.text}`;
  }

  /** Ends it as clients do. @returns its exit code */
  end(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    return ended;
  }
}

/** What VS Code's review list has. */
function reviews() {
  const store = new MemoryStore({ dataDir: dataDir() });
  try {
    return store.reviews('embedded', home.agentId);
  } finally {
    store.close();
  }
}

const set = async (label: string, value: string, metadata = {}) =>
  home.connection.client.blocks.update((await home.block(label)).id, { value, metadata });

it('gives memory while VS Code uses it too, takes notes for review alone, and once, also where it is killed', async () => {
  await set('conventions', 'The hangar door is blue.');
  await set('project', 'The hangar opens with quetzal-7741.', { local_only: true });
  await new Archive(home.connection, home.agentId).add('The hangar: quetzal-7741, they say.', []);
  const client = new Client();
  const hello = await client.ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {} });
  expect(hello.result).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'letta-memory' } });
  const { result } = await client.ask('tools/list');
  expect(result?.tools).toMatchObject([
    { name: 'letta_recall', inputSchema: { type: 'object', required: ['query'] } },
    { name: 'letta_remember', inputSchema: { type: 'object', required: ['text'] } },
  ]);

  const told = await client.call('letta_recall', { query: 'how does the hangar open', limit: 10 });
  expect(told).toContain('1. Block conventions: The hangar door is blue.');
  expect(told).toContain('[kept to local models]');
  expect(told).not.toContain('quetzal');
  await set('conventions', 'The hangar door is green.');
  expect(await client.call('letta_recall', { query: 'hangar' })).toContain('The hangar door is green.');
  expect(await client.call('letta_recall', {})).toMatch(/^Error: This input does not fit:[\s\S]*query/);

  const note = { text: `Deploy with ghp_${'0123456789abcdefABCDEF'.repeat(2)}`, why: 'It works' };
  const both = await Promise.all([1, 2].map(() => client.call('letta_remember', note)));
  expect(both[0]).toMatch(/^It waits for the person's review/);
  expect(both[1]).toMatch(/second time/);
  const once = [
    { kind: 'other-agent', label: 'inbox', after: 'Deploy with [secret] (why: It works)', sources: ['mcp'] },
  ];
  expect(reviews()).toMatchObject(once);
  expect((await home.block('inbox')).value).toBe('');
  expect(await client.call('letta_recall', { query: 'deploy' })).toMatch(/^Nothing /);

  client.child.kill('SIGKILL');
  const next = new Client();
  expect(await next.call('letta_remember', note)).toMatch(/second time/);
  expect(reviews()).toMatchObject(once);
  expect(await next.end()).toBe(0);
});

it('has none where nobody has opened the folder, or Letta, in VS Code; nothing is made then', async () => {
  const elsewhere = new Client(join(root, 'docs'));
  const nowhere = new Client(home.workspace.folder, join(home.workspace.folder, 'no-data'));
  expect(await elsewhere.call('letta_recall', { query: 'x' })).toMatch(/^Error: Letta remembers nothing .* VS Code/);
  expect(await nowhere.call('letta_remember', { text: 'x' })).toMatch(/^Error: Letta remembers nothing/);
  expect((await home.connection.client.agents.list({})).items).toHaveLength(1);
});
