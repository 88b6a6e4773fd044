// Ties a VS Code to a test file: started before its cases, ended after them, and looked at when a case fails.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';
import { type OpenOptions, VsCode, type VsCodeOptions } from './vscode.ts';
import type { Workbench } from './workbench.ts';

const FAILURES = join(root, 'dist', 'e2e-failures');

// Cases run in a child of vitest. When vitest is killed, nothing of what they started may stay.
process.once('disconnect', () => process.exit(1));

/**
 * Call it at the top of a file (or a `describe`). All cases share the server; each opens windows of its own, which are
 * closed after it, and finds the scripted model empty.
 * @returns the running VS Code; valid inside hooks and cases
 */
export function withVsCode(options: VsCodeOptions = {}): () => VsCode {
  let vscode: VsCode | undefined;
  beforeAll(async () => {
    vscode = await VsCode.start(inject('kit'), options);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail' && vscode) await keepEvidence(vscode, context.task.name);
    await vscode?.closeWindows();
    if (options.model !== false) vscode?.model.reset();
  });
  afterAll(async () => {
    await vscode?.dispose();
  });
  return () => {
    if (!vscode) throw new Error('VS Code is not running: withVsCode() works inside hooks and cases only.');
    return vscode;
  };
}

/** Valid inside hooks and cases. */
export interface Opened {
  vscode(): VsCode;
  window(): Workbench;
}

export interface WindowOptions extends VsCodeOptions, Pick<OpenOptions, 'files' | 'initScript'> {
  /** What the workspace needs besides `files` (absent: a copy of the sample workspace), before the window opens. */
  prepare?(folder: string, vscode: VsCode): Promise<void>;
}

let shared: { options: WindowOptions; prepare: NonNullable<WindowOptions['prepare']>[]; opened: Opened } | undefined;

/**
 * As `withVsCode`, with one window for all cases, its chat open at an empty thread: opening a window costs more than most
 * cases. A case that fails leaves its window behind; the next one gets a new one, on a new workspace. A test file may be made
 * of several modules of cases: each calls this, and all get the window of the first, prepared and set as all of them ask.
 */
export function withWindow({ prepare, settings, ...rest }: WindowOptions = {}): Opened {
  shared ??= newWindow(rest);
  if (prepare) shared.prepare.push(prepare);
  shared.options.settings = { ...shared.options.settings, ...settings };
  // Else one of them would run in a window that it did not ask for.
  const { settings: _, ...same } = shared.options;
  if (!isDeepStrictEqual(same, rest)) throw new Error('Cases of one file want windows of different kinds.');
  return shared.opened;
}

function newWindow(options: WindowOptions): NonNullable<typeof shared> {
  let vscode: VsCode | undefined;
  let window: Workbench | undefined;
  const prepare: NonNullable<WindowOptions['prepare']>[] = [];
  const opening = { ...options };
  beforeAll(async () => {
    vscode = await VsCode.start(inject('kit'), opening);
  });
  beforeEach(async () => {
    if (!vscode) return;
    if (!window || window.page.isClosed()) {
      const folder = await vscode.makeWorkspace(options.files);
      for (const each of prepare) await each(folder, vscode);
      window = await vscode.open({ folder, ...(options.initScript ? { initScript: options.initScript } : {}) });
    }
    await window.letta.open();
    await window.letta.newThread();
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail' && vscode) {
      await keepEvidence(vscode, context.task.name);
      await vscode.closeWindows();
      window = undefined;
    }
    if (options.model !== false) vscode?.model.reset();
  });
  afterAll(async () => {
    await vscode?.dispose();
  });
  const running = <T>(value: T | undefined): T => {
    if (!value) throw new Error('No window is open: withWindow() works inside hooks and cases only.');
    return value;
  };
  return { options: opening, prepare, opened: { vscode: () => running(vscode), window: () => running(window) } };
}

/** Screenshots of all windows, the requests the model got, and the logs, under dist/e2e-failures. */
async function keepEvidence(vscode: VsCode, name: string): Promise<void> {
  const folder = join(FAILURES, name.replace(/[^\w-]+/g, '-').slice(0, 80));
  await mkdir(folder, { recursive: true });
  for (const [index, page] of vscode.pages.entries()) {
    await page.screenshot({ path: join(folder, `window-${index + 1}.png`) }).catch(() => {});
  }
  const requests = vscode.hasModel ? vscode.model.requests : [];
  await writeFile(join(folder, 'requests.json'), JSON.stringify(requests, null, 2));
  const files = await readdir(vscode.logsFolder, { recursive: true }).catch(() => []);
  const ours = files.filter((file) => /letta|exthost|remoteagent/i.test(file) && file.endsWith('.log'));
  const logs = await Promise.all(
    ours.map(async (file) => `--- ${file}\n${await readFile(join(vscode.logsFolder, file), 'utf8').catch(() => '')}`),
  );
  await writeFile(join(folder, 'logs.txt'), `${vscode.serverLog()}\n${logs.join('\n')}`);
}
