// What must not happen: leaving the workspace, running what is not ours in the view, answering what was not asked.
import { readdirSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { descendants, listProcesses } from '../../../scripts/lib/processes.ts';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { toolResult } from '../harness/results.ts';
import { VsCode } from '../harness/vscode.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };
const SECRET = 'The secret is out.';

/** What the tests see of the page of the view. */
interface Page {
  /** The API that the view's own script got from VS Code. */
  hostApi: { postMessage(message: unknown): void };
  /** What the content security policy has stopped since the page was made. */
  stopped: { directive: string; blocked: string }[];
  received: unknown[];
}

/** Takes the view's own way to the host, as a script that came into the page would, and notes what the policy stops. */
function spy(): void {
  const page = globalThis as unknown as Page;
  let acquire: (() => Page['hostApi']) | undefined;
  Object.defineProperty(globalThis, 'acquireVsCodeApi', {
    configurable: true,
    get: () =>
      acquire &&
      (() => {
        page.hostApi = acquire?.() ?? page.hostApi;
        return page.hostApi;
      }),
    set: (value) => {
      // The page is being made: listeners that were added before are gone.
      acquire = value;
      page.stopped = [];
      page.received = [];
      document.addEventListener('securitypolicyviolation', (event) =>
        page.stopped.push({ directive: event.effectiveDirective, blocked: event.blockedURI }),
      );
      globalThis.addEventListener('message', (event) => page.received.push(event.data));
    },
  });
}

const { vscode, window } = withWindow({
  initScript: spy,
  async prepare(folder, server) {
    const outside = join(server.folder, 'outside');
    await mkdir(outside, { recursive: true });
    await writeFile(join(outside, 'secret.txt'), `${SECRET}\n`);
    await symlink(join(outside, 'secret.txt'), join(folder, 'file-link.txt'));
    await symlink(outside, join(folder, 'folder-link'));
    await symlink(join(outside, 'not-there.txt'), join(folder, 'dangling-link.txt'));
  },
});

/** Hits on an address that nothing in the view may ask for. */
const hits: string[] = [];
const tracker = createServer((request, response) => {
  hits.push(request.url ?? '');
  response.end();
});
await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
const remote = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`;
afterAll(() => void tracker.close());

const body = () => window().letta.frame.locator('body');
const stopped = () => body().evaluate(() => (globalThis as unknown as Page).stopped);
/** Posts to the host as the view does. */
const post = (message: unknown) =>
  body().evaluate((_, sent) => (globalThis as unknown as Page).hostApi.postMessage(sent), message);
const received = () => body().evaluate(() => (globalThis as unknown as Page).received);

test('paths that lead out of the workspace are asked about one by one, through links too; refused, nothing of them is told or written', async () => {
  const { letta, folder } = window();
  const outside = join(vscode().folder, 'outside');
  const paths = [
    '../outside/secret.txt',
    join(outside, 'secret.txt'),
    `file://${join(outside, 'secret.txt')}`,
    'file-link.txt',
    'folder-link/secret.txt',
    '/etc/hostname',
    '~/.bashrc',
  ];
  const writes = ['../outside/new.txt', 'folder-link/new.txt', 'dangling-link.txt'];
  vscode().model.script(
    toolCalls([
      ...paths.map((path, i) => ({ name: 'Read', args: { path }, id: `read-${i}` })),
      {
        name: 'Edit',
        args: { path: 'file-link.txt', edits: [{ old_string: 'secret', new_string: 'lie' }] },
        id: 'edit',
      },
      ...writes.map((path, i) => ({ name: 'Write', args: { path, content: 'new' }, id: `write-${i}` })),
      { name: 'Diagnostics', args: { path: 'file-link.txt' }, id: 'problems' },
    ]),
    text('I stay inside.'),
  );

  await letta.send('Look around.');
  const done = letta.last.getByText('I stay inside.');
  const next = letta.approval().first();
  const asked: string[] = [];
  for (;;) {
    await done.or(next).first().waitFor({ timeout: 30_000 });
    if ((await done.count()) > 0) break;
    const title = (await next.getAttribute('aria-label')) ?? '';
    asked.push(title);
    await next.getByRole('button', { name: 'Deny', exact: true }).click();
    await expect
      .poll(() => next.getAttribute('aria-label', { timeout: 500 }).catch(() => ''), { timeout: 15_000 })
      .not.toBe(title);
  }
  await letta.idle();

  const [, second] = vscode().model.requests;
  for (const [i, path] of paths.entries()) expect(toolResult(second, `read-${i}`), `Read ${path}`).toMatch(/^Error: /);
  for (const [i, path] of writes.entries())
    expect(toolResult(second, `write-${i}`), `Write ${path}`).toMatch(/^Error: /);
  expect(toolResult(second, 'edit')).toMatch(/^Error: /);
  expect(toolResult(second, 'problems')).toMatch(/^Error: /);
  for (const path of paths) expect(asked.join('\n')).toContain(`Read ${path}`);
  expect(JSON.stringify(vscode().model.requests.map((request) => request.body))).not.toContain(SECRET);
  expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(`${SECRET}\n`);
  expect(readdirSync(outside)).toEqual(['secret.txt']);
  expect(readdirSync(folder)).not.toContain('new.txt');
});

describe('the page of the view', () => {
  test('has a policy that allows its own files and nothing else', async () => {
    const policy = await window()
      .letta.frame.locator('meta[http-equiv="Content-Security-Policy"]')
      .getAttribute('content');
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toContain('unsafe-');
    expect(policy).not.toMatch(/(^|[\s;])(\*|https?:)([\s;]|$)/);
    expect(policy).toMatch(/script-src 'nonce-[\w-]{20,}' /);
    for (const directive of ["base-uri 'none'", "form-action 'none'"]) expect(policy).toContain(directive);
  });

  test('is at peace with its policy in everyday use, and runs and loads nothing that an answer brings', async () => {
    const { letta } = window();
    vscode().model.script(
      text(
        [
          `![a picture](${remote}/markdown.png) <img src="${remote}/html.png" onerror="globalThis.ran = 1">`,
          '',
          `<script>globalThis.ran = 1</script><iframe src="${remote}/frame"></iframe>`,
          '',
          '<svg onload="globalThis.ran = 1"></svg> [a link](javascript:globalThis.ran=1)',
          '',
          '```ts\nconst answer: number = 42;\n```',
          '',
          '| a | b |\n| - | - |\n| 1 | 2 |',
        ].join('\n'),
        { reasoning: 'Let me *think* about it.' },
      ),
    );
    const answer = await letta.ask('Show me something.');
    await answer.locator('table').waitFor();
    await answer.locator('code').filter({ hasText: 'const answer' }).waitFor();
    for (const panel of ['Threads', 'Memory', 'Skills', 'Chat'] as const) await letta.panel(panel);

    expect(await body().evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(await answer.locator('script, iframe, svg[onload], a[href^="javascript"]').count()).toBe(0);
    expect(hits).toEqual([]);
    expect(await stopped()).toEqual([]);
  });

  test('stops inline scripts, eval and whatever is remote', async () => {
    // A script that has our nonce runs (the test would notice nothing otherwise), but may not make code out of text.
    await body().evaluate((element) => {
      const own = document.querySelector<HTMLScriptElement>('script[nonce][src]');
      const script = document.createElement('script');
      script.nonce = own?.nonce ?? '';
      script.textContent = `
        globalThis.ran = ['nonce'];
        // Later: while a debugger evaluates something, as this test does, the policy lets text become code.
        setTimeout(() => {
          try { eval('ran.push("eval")'); } catch (error) { ran.push(error.name); }
          try { new Function('ran.push("Function")')(); } catch (error) { ran.push(error.name); }
          setTimeout('ran.push("timeout")', 0);
        }, 0);`;
      element.append(script);
    });
    await body().evaluate((element, address) => {
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.ran.push("inline")';
      const loaded = document.createElement('script');
      loaded.src = `${address}/script.js`;
      const image = document.createElement('img');
      image.src = `${address}/image.png`;
      image.setAttribute('onerror', 'globalThis.ran.push("handler")');
      const frame = document.createElement('iframe');
      frame.src = `${address}/frame`;
      const style = document.createElement('style');
      style.textContent = 'body { outline: 1px solid red }';
      element.append(inline, loaded, image, frame, style);
      void fetch(`${address}/fetch`).catch(() => {});
    }, remote);

    const directives = async () => new Set((await stopped()).map(({ directive }) => directive));
    await expect
      .poll(directives, WAIT)
      .toEqual(
        new Set([
          'script-src',
          'script-src-elem',
          'script-src-attr',
          'img-src',
          'frame-src',
          'style-src-elem',
          'connect-src',
        ]),
      );
    expect(await body().evaluate(() => (globalThis as unknown as { ran: string[] }).ran)).toEqual([
      'nonce',
      'EvalError',
      'EvalError',
    ]);
    expect(hits).toEqual([]);
    // The tracker does notice who comes.
    await fetch(`${remote}/control`);
    expect(hits.splice(0)).toEqual(['/control']);
  });
});

describe('messages of the view', () => {
  // That they are logged is tested where the boundary is: the server that the cases run on keeps no log files.
  test('that are unknown or malformed are dropped, and the view goes on', async () => {
    const { letta } = window();
    const request = (id: number, method: string, params: unknown) => ({ kind: 'request', id, method, params });
    const unknown: unknown[] = [
      null,
      42,
      'send everything',
      [],
      { kind: 'request' },
      { kind: 'response', id: 1, result: {} },
      { command: 'workbench.action.closeWindow' },
      request(900_001, 'noSuchMethod', {}),
      request(900_002, 'constructor', {}),
      request(900_003, '__proto__', {}),
    ];
    const malformed = [
      request(900_004, 'send', { threadId: 5, text: 'x' }),
      request(900_005, 'decide', { approvalId: 'x', decision: 'perhaps' }),
      request(900_006, 'mode.select', { mode: 'godmode' }),
    ];
    for (const message of [...unknown, ...malformed]) await post(message);

    const answers = async () => (await received()).filter((message) => JSON.stringify(message).includes('"id":9000'));
    await expect.poll(answers, WAIT).toEqual(
      malformed.map(({ id }) => ({
        kind: 'error',
        id,
        message: 'The request was malformed and has been dropped.',
      })),
    );
    vscode().model.script(text('All is well.'));
    expect(await (await letta.ask('Are you still there?')).textContent()).toContain('All is well.');
    expect(await letta.articles.count()).toBe(2);
  });

  test('cannot allow what was not asked', async () => {
    const { letta, folder } = window();
    vscode().model.script(
      toolCalls([
        { name: 'Edit', args: { path: 'README.md', edits: [{ old_string: 'Shelf', new_string: 'Pit' }] }, id: 'e1' },
      ]),
      text('As you wish.'),
    );
    await letta.send('Change the title.');
    await letta.approval('README.md').waitFor(WAIT);

    for (const [id, approvalId] of [
      [900_010, '00000000-0000-4000-8000-000000000000'],
      [900_011, 'e1'],
    ] as const) {
      await post({ kind: 'request', id, method: 'decide', params: { approvalId, decision: 'allow' } });
      await expect.poll(received, WAIT).toContainEqual(expect.objectContaining({ kind: 'error', id }));
    }
    expect(await letta.approval('README.md').count()).toBe(1);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('# Shelf');
    await letta.decide('Deny');
    await letta.idle();
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('# Shelf');
  });
});

test('no process is left behind when the server ends in the middle of an answer', async () => {
  const own = await VsCode.start(inject('kit'));
  try {
    const busy = await own.open();
    await busy.editor.open('src/shelf.ts');
    await busy.letta.open();
    own.model.script(gate('I have begun', 'never', 'never'));
    await busy.letta.send('Say something long.');
    await busy.letta.last.getByText('I have begun').waitFor(WAIT);
    const below = descendants(own.serverPid);
    expect(below.map(({ pid }) => pid)).toContain(await busy.extensionHost());

    // Only the server is told. By pid and command: a busy machine gives pids away again.
    process.kill(own.serverPid, 'SIGTERM');
    const left = () => {
      const now = new Set(listProcesses().map(({ pid, command }) => `${pid} ${command}`));
      return below.map(({ pid, command }) => `${pid} ${command}`).filter((one) => now.has(one));
    };
    await expect.poll(left, WAIT).toEqual([]);
  } finally {
    // Throws when anything that was started below the server is still there without a parent.
    await own.dispose();
  }
});
