// What every e2e, host or bench run needs first: the packaged extension, VS Code's server, a browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { BROWSER_FLAGS, ensureBrowser } from '../../../scripts/lib/browser.ts';
import { packageVsix } from '../../../scripts/lib/package.ts';
import { installVsix, provisionServer } from '../../../scripts/vscode-server.ts';

/** Plain data, so that it can be handed to test workers. */
export interface Kit {
  serverHome: string;
  /** An extensions folder with the VSIX (and `more`) installed; shared by all servers, none of which changes it. */
  extensionsDir: string;
}

/**
 * Packages and installs. Set `LETTA_VSIX` to test a VSIX that exists already.
 * @param more further VSIX files to install
 */
export async function prepareKit(more: string[] = []): Promise<{ kit: Kit; dispose(): Promise<void> }> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const [serverHome, vsix] = await Promise.all([
    provisionServer(say),
    process.env.LETTA_VSIX ? Promise.resolve(process.env.LETTA_VSIX) : packageVsix(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'letta-kit-'));
  const extensionsDir = join(folder, 'extensions');
  for (const path of [vsix, ...more]) {
    await installVsix(serverHome, path, { dataDir: join(folder, 'data'), extensionsDir });
  }
  return { kit: { serverHome, extensionsDir }, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** @throws Error that says how to get a browser */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await ensureBrowser();
  return await chromium.launch({ executablePath, args: BROWSER_FLAGS, headless: process.env.LETTA_HEADED !== '1' });
}
