// The architecture check goes red on a planted forbidden import, and is quiet on the allowed ones.
import { describe, expect, test } from 'vitest';
import { findViolations, readSources } from '../../../scripts/check-architecture.ts';
import { root } from '../../../scripts/lib/package.ts';

const whatIsWrong = (files: Record<string, string>): string[] =>
  findViolations(new Map(Object.entries(files))).map(({ where, what }) => `${where} ${what}`);

describe('forbidden imports', () => {
  test.each([
    ['src/server/app.ts', "import { x } from '../protocol/messages.ts';", 'server must not import protocol'],
    ['src/server/app.ts', "import * as vscode from 'vscode';", '`vscode` may be imported only in'],
    ['src/server/app.ts', "import type { Tool } from '../tools/tool.ts';", 'server must not import tools'],
    ['src/protocol/messages.ts', "export { x } from '../agent/events.ts';", 'protocol must not import agent'],
    ['src/tools/read.ts', "import { run } from '../agent/turn.ts';", 'tools must not import agent'],
    ['src/memory/blocks.ts', "import { t } from '../threads/threads.ts';", 'memory must not import threads'],
    ['src/agent/turn.ts', "import { chat } from '../chat/chat.ts';", 'agent must not import chat'],
    ['src/agent/turn.ts', "const app = await import('../server/app.ts');", 'agent must not import server'],
    ['src/agent/turn.ts', "type App = typeof import('../server/app.ts');", 'agent must not import server'],
    ['src/host.ts', "import { createServer } from './server/app.ts';", 'must not import server'],
    ['src/permissions/decide.ts', "import { readFileSync } from 'node:fs';", 'permissions is pure'],
    ['src/permissions/decide.ts', "import { read } from '../tools/read.ts';", 'permissions must not import tools'],
    ['src/letta/client.ts', "import * as z from 'zod';", 'classic zod'],
    ['webview-ui/src/app.tsx', "import { x } from '../../src/agent/events.ts';", 'webview-ui must not import agent'],
    ['webview-ui/src/app.tsx', "import fs from 'node:fs';", 'the webview has no Node'],
    ['src/chat/view.ts', "import { App } from '../../webview-ui/src/app.tsx';", 'chat must not import webview-ui'],
    ['src/skills/find.ts', "import\n  {\n  a,\n  b,\n}\nfrom '../editor/editor.ts';", 'skills must not import editor'],
    ['src/misc/thing.ts', '', 'not a room'],
  ])('%s: %s', (path, source, what) => {
    expect(whatIsWrong({ [path]: source }).join('\n')).toContain(what);
  });

  test('a circle is named with its whole way', () => {
    const wrong = whatIsWrong({
      'src/letta/a.ts': "import { b } from './b.ts';",
      'src/letta/b.ts': "import type { c } from './c.ts';",
      'src/letta/c.ts': "import { a } from './a.ts';",
    });
    expect(wrong).toEqual([
      'src/letta/a.ts circle: src/letta/a.ts -> src/letta/b.ts -> src/letta/c.ts -> src/letta/a.ts',
    ]);
  });
});

describe('allowed imports', () => {
  test.each([
    ['src/agent/turn.ts', "import { x } from '../letta/client.ts';\nimport { y } from '../protocol/messages.ts';"],
    ['src/permissions/decide.ts', "import type { Access } from '../tools/tool.ts';\nimport { join } from 'node:path';"],
    ['src/editor/editor.ts', "import * as vscode from 'vscode';"],
    ['src/extension.ts', "const host = import('./host.ts');"],
    ['src/agent/turn.ts', "// import { x } from '../chat/chat.ts'\n/* import('../chat/x.ts') */ const a = 1;"],
    ['src/agent/turn.ts', "const text = `import { x } from '../chat/chat.ts'`;"],
  ])('%s: %s', (path, source) => {
    expect(whatIsWrong({ [path]: source })).toEqual([]);
  });
});

test('a forbidden import planted into the real sources is the one thing found more', () => {
  const sources = new Map(readSources(root));
  const before = findViolations(sources).length;
  const path = 'src/server/app.ts';
  sources.set(path, `import { decide } from '../permissions/decide.ts';\n${sources.get(path) ?? ''}`);
  const after = findViolations(sources);
  expect(after).toHaveLength(before + 1);
  expect(after.map(({ where }) => where)).toContain(`${path}:1`);
});
