// `letta_recall` and `letta_remember` as any other extension calls them, over what VS Code asks and what is stored.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import * as vscode from 'vscode';
import { personAt } from '../person.ts';
import type { HostCase } from '../runner/case.ts';
import { until } from '../support.ts';

const FACT = 'The quetzal of hangar nine is fed on Mondays.';
const PROPOSED = 'Never feed the <quetzal> **after midnight**.';

const person = personAt();

/** Reads a database of the embedded home beside whoever uses it; empty before anybody has. */
function stored<T>(file: string, sql: string): T[] {
  const path = join(homedir(), '.letta', 'vscode', file);
  if (!existsSync(path)) return [];
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}

const inbox = (): string =>
  stored<{ value: string }>('letta.db', "SELECT value FROM blocks WHERE label = 'inbox'")
    .map(({ value }) => value)
    .join('\n');

/** What waits for review and is from another agent. */
const proposals = (): { label: string; after: string; sources: string[]; callId?: string }[] =>
  stored<{ json: string }>('memory.db', "SELECT json FROM reviews WHERE state = 'waiting'")
    .map(({ json }) => JSON.parse(json))
    .filter(({ kind }) => kind === 'other-agent');

async function invoke(name: string, input: object, token?: vscode.CancellationToken): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('\n');
}

/** On a desktop nobody sits before the window: then there is nothing to run. */
const withPerson = (run: (present: NonNullable<typeof person>) => Promise<void>) => async () => {
  if (person) await run(person);
};

interface Entry {
  mcpServers: Record<string, { command: string; args: string[]; env: Record<string, string> }>;
}

/** Starts what an entry says, as another program does, calls a tool, and ends it. @returns what the tool said */
async function callOverMcp(entry: Entry, name: string, input: object): Promise<string> {
  const [server] = Object.values(entry.mcpServers);
  assert.ok(server, 'the entry names a server');
  const child = spawn(server.command, server.args, { env: { ...process.env, ...server.env }, cwd: homedir() });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  try {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } };
    child.stdin.write(`${JSON.stringify(call)}\n`);
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line).result.content[0].text;
    throw new Error(`It ended without an answer: ${said}`);
  } finally {
    child.kill();
  }
}

export const cases: HostCase[] = [
  {
    name: 'both tools and the skill are there for other agents, before anything of Letta was used',
    run: async () => {
      const listed = vscode.lm.tools.filter(({ tags }) => tags.includes('letta'));
      assert.deepEqual(listed.map(({ name }) => name).sort(), ['letta_recall', 'letta_remember']);
      for (const { description, inputSchema } of listed) assert.ok(description.length > 100 && inputSchema);
      const files =
        await vscode.commands.executeCommand<{ uri: vscode.Uri; type: string }[]>('_listExtensionPromptFiles');
      const skills = files.filter(({ type, uri }) => type === 'skill' && uri.path.includes('letta-vscode'));
      assert.deepEqual(
        skills.map(({ uri }) => uri.path.split('/').slice(-3).join('/')),
        ['chat-skills/letta-memory/SKILL.md'],
      );
    },
  },
  {
    name: 'letta_recall asks each caller with the words it looks for, and gives what memory says',
    run: withPerson(async ({ during }) => {
      await vscode.commands.executeCommand('letta.remember', FACT);
      await until('the note is in the inbox', () => inbox().includes(FACT), 30_000);
      const call = () => invoke('letta_recall', { query: 'when is the **quetzal** fed' });
      const first = await during('Yes', call);
      assert.match(first.result, /^What the Letta agent of this workspace remembers\./);
      assert.ok(first.result.includes(`Block inbox: ${FACT}`), first.result);
      assert.equal(first.asked.length, 1);
      assert.match(first.asked[0] ?? '', /^Search Letta’s memory of this workspace\?/);
      // The words of the model stand last and as they are.
      assert.match(first.asked[0] ?? '', /It looks for:\s*when is the \*\*quetzal\*\* fed\s*$/);
      // Nobody knows whether it is the same caller.
      assert.equal((await during('Yes', call)).asked.length, 1);
      await assert.rejects(during('Cancel', call));
    }),
  },
  {
    name: 'letta_remember asks with the whole text, and puts it up for review once; memory stays as it is',
    run: withPerson(async ({ during }) => {
      const before = inbox();
      const note = { text: PROPOSED, why: 'It grows.' };
      const first = await during('Yes', () => invoke('letta_remember', note));
      assert.match(first.result, /waits for the person's review/);
      assert.match(first.asked[0] ?? '', /^Put this up for Letta’s memory\?/);
      assert.ok(first.asked[0]?.includes('nothing is remembered before you accept it'), first.asked[0]);
      // Each line is an element of its own there.
      assert.ok(first.asked[0]?.trimEnd().endsWith(`${PROPOSED}Why: It grows.`), first.asked[0]);
      const expected = [{ label: 'inbox', after: `${PROPOSED} (why: It grows.)`, sources: ['tool'] }];
      const shown = () => proposals().map(({ label, after, sources }) => ({ label, after, sources }));
      assert.deepEqual(shown(), expected);

      const again = await during('Yes', () => invoke('letta_remember', note));
      assert.match(again.result, /not put up a second time/);
      await assert.rejects(during('Cancel', () => invoke('letta_remember', { text: 'Refused by the person.' })));
      assert.deepEqual(shown(), expected);
      assert.equal(inbox(), before);
      // What nobody has accepted is told to nobody.
      const { result } = await during('Yes', () => invoke('letta_recall', { query: 'midnight' }));
      assert.match(result, /^Nothing /);
    }),
  },
  {
    name: 'a copied entry starts the server that gives other programs the same memory, and their notes to review',
    run: withPerson(async () => {
      await vscode.commands.executeCommand('letta.copyMcpEntry');
      const entry = JSON.parse(await vscode.env.clipboard.readText()) as Entry;
      const found = await callOverMcp(entry, 'letta_recall', { query: 'quetzal' });
      assert.ok(found.includes(`Block inbox: ${FACT}`), found);
      const said = await callOverMcp(entry, 'letta_remember', { text: 'The quetzal is over MCP.' });
      assert.match(said, /waits for the person's review/);
      assert.deepEqual(
        proposals()
          .filter(({ sources }) => sources.includes('mcp'))
          .map(({ label, after }) => [label, after]),
        [['inbox', 'The quetzal is over MCP.']],
      );
    }),
  },
  {
    name: 'input that does not fit and calls that are cancelled come to nothing, and say so',
    run: withPerson(async ({ during }) => {
      const before = proposals().length;
      for (const input of [{}, { text: '  ' }, { text: 'x'.repeat(2_001) }, { text: 7 }])
        await assert.rejects(
          during('Yes', () => invoke('letta_remember', input)),
          /text/,
        );
      await assert.rejects(
        during('Yes', () => invoke('letta_recall', { query: 'quetzal', limit: 21 })),
        /limit/,
      );
      const source = new vscode.CancellationTokenSource();
      source.cancel();
      await assert.rejects(during('Yes', () => invoke('letta_remember', { text: 'Cancelled.' }, source.token)));
      assert.equal(proposals().length, before);
    }),
  },
];
