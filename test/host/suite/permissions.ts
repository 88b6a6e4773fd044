// Permissions as this window has them: the parser in the extension host, rules of the workspace's own files, consent for them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ScriptGuard } from '../../../src/agent/decide-scripts.ts';
import { Permitting } from '../../../src/permitting.ts';
import { ApprovedScripts } from '../../../src/skills/approved-scripts.ts';
import type { HostCase } from '../runner/case.ts';
import { at, put, rootFolder } from '../support.ts';

const KEY = 'letta.permissions.accepted';

/** What is kept for the computer, in memory. */
class State implements vscode.Memento {
  readonly values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.values.keys()];
  }
  get<T>(key: string, fallback?: T): T {
    return (this.values.get(key) ?? fallback) as T;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }
}

async function withPermitting(run: (permitting: Permitting, state: State) => Promise<void>): Promise<void> {
  const product = vscode.extensions.getExtension('letta-vscode.letta-vscode');
  assert.ok(product, 'the packaged extension is installed');
  const state = new State();
  const permitting = new Permitting({
    ignored: { lines: ['hidden/'], workspace: [rootFolder()], whole: async () => {} },
    vendorPath: join(product.extensionPath, 'dist', 'vendor'),
    state,
    scripts: new ScriptGuard({ skills: async () => [], approved: new ApprovedScripts(state) }),
    log: (line) => assert.fail(line),
  });
  try {
    await run(permitting, state);
  } finally {
    permitting.dispose();
    rmSync(at('.letta'), { recursive: true, force: true });
  }
}

const command = (text: string) => ({ kind: 'command', command: text }) as const;

/** Looks again until the watcher has told. */
async function eventually(what: string, look: () => Promise<string>, expected: string): Promise<void> {
  const end = Date.now() + 20_000;
  for (let seen = await look(); seen !== expected; seen = await look()) {
    assert.ok(Date.now() < end, `${what}: ${seen} instead of ${expected}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const cases: HostCase[] = [
  {
    name: 'commands are read with the grammars that the package brings',
    run: () =>
      withPermitting(async (permitting) => {
        const decide = async (text: string) => (await permitting.decide(command(text), 'Bash')).decision;
        assert.equal(await decide('ls && git status'), 'allow');
        assert.equal(await decide('ls && rm x'), 'ask');
        assert.equal(await decide('cat hidden/a'), 'ask');
        assert.deepEqual((await permitting.decide(command('npm ci && npm test'), 'Bash')).rules, [
          'Bash(npm ci:*)',
          'Bash(npm test:*)',
        ]);
      }),
  },
  {
    name: 'what the workspace refuses counts at once, what it allows after that very file was accepted',
    run: () =>
      withPermitting(async (permitting, state) => {
        const decide = async (text: string) => (await permitting.decide(command(text), 'Bash')).decision;
        const write = (allow: string[], deny: string[]): string => {
          const text = JSON.stringify({ permissions: { allow, deny } });
          put('.letta/settings.json', text);
          return createHash('sha256').update(text).digest('hex');
        };
        const hash = write(['Bash(npm test:*)'], ['Bash(git push:*)']);
        assert.equal(await decide('git push'), 'deny');
        assert.equal(await decide('npm test'), 'ask');

        const [folder] = vscode.workspace.workspaceFolders ?? [];
        const path = join(folder?.uri.fsPath ?? '', '.letta', 'settings.json');
        await state.update(KEY, { [path]: hash });
        assert.equal(await decide('npm test'), 'allow');

        // Another file in its place: nobody has accepted that one.
        write(['Bash(npm test:*)', 'Bash(make:*)'], ['Bash(git pull:*)']);
        await eventually('the new file refuses', () => decide('git pull'), 'deny');
        assert.equal(await decide('npm test'), 'ask');
        assert.equal(await decide('make'), 'ask');

        put('.letta/settings.json', '{ broken');
        await eventually('a broken file asks', () => decide('ls'), 'ask');
        rmSync(at('.letta/settings.json'));
        await eventually('without the file', () => decide('ls'), 'allow');
      }),
  },
];
