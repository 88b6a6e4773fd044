// Ties a VS Code to a test file: started before its cases, ended after them, and looked at when a case fails.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/**
 * As `withVsCode`, with one window for all cases, its chat open at an empty thread: opening a window costs more than most
 * cases. A case that fails leaves its window behind; the next one gets a new one, on a new workspace.
 * @param place what the window opens; absent: a copy of the sample workspace
 */
export function withWindow(
  options: VsCodeOptions = {},
  place: (vscode: VsCode) => Promise<OpenOptions> = async () => ({}),
): Opened {
  let vscode: VsCode | undefined;
  let window: Workbench | undefined;
  beforeAll(async () => {
    vscode = await VsCode.start(inject('kit'), options);
  });
  beforeEach(async () => {
    if (!vscode) return;
    if (!window || window.page.isClosed()) window = await vscode.open(await place(vscode));
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
  return { vscode: () => running(vscode), window: () => running(window) };
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
