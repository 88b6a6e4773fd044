// Finds a Chromium on this machine, or gets one.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { aptInstall } from './apt.ts';
import { root } from './package.ts';

/** Without a user interface of its own, which takes a sixth of the time of tests where there are two cores. */
const SHELL = 'chromium-headless-shell';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const WELL_KNOWN = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns the path of a browser: `LETTA_BROWSER`, Playwright's own, one on PATH, one in its usual place; or undefined */
export function findBrowser(): string | undefined {
  if (process.env.LETTA_BROWSER) return process.env.LETTA_BROWSER;
  const playwrights = chromium.executablePath();
  if (playwrights && existsSync(playwrights)) return playwrights;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const names = process.env.LETTA_HEADED === '1' ? NAMES : [SHELL, ...NAMES];
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  return onPath ?? WELL_KNOWN.find((path) => existsSync(path));
}

/** Chromium without what a test machine has no use for. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** Finds a browser or gets one: from the system's packages, else Playwright's. @throws Error that says what to do */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser();
  if (found) return found;
  process.stderr.write('No Chromium found; getting one …\n');
  if (process.env.LETTA_HEADED === '1' || !aptInstall(SHELL)) aptInstall('chromium');
  const installer = join(root, 'node_modules', 'playwright-core', 'cli.js');
  if (!findBrowser()) works(process.execPath, [installer, 'install', 'chromium']);
  const now = findBrowser();
  if (!now) throw new Error('No Chromium found, and none could be installed. Install one, or set LETTA_BROWSER.');
  return now;
}
