// Writes `test/fixtures/default-keybindings.json`: which keys VS Code itself takes, and when. For a new version of VS Code:
// `node scripts/run.mjs keybindings`. The workbench takes the platform from the browser's name; on a Mac, whose keys this machine
// lacks, the sequences of two strokes are read from its code.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareKit } from '../test/e2e/harness/kit.ts';
import { VsCode } from '../test/e2e/harness/vscode.ts';
import { root } from './lib/package.ts';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const PLATFORMS = {
  linux: `Mozilla/5.0 (X11; Linux x86_64) ${CHROME}`,
  windows: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}`,
};

interface Binding {
  key: string;
  command: string;
  when?: string;
}

/** By key, without our own: the conditions under which it does something; '' is always. */
function byKey(bindings: readonly Binding[]): Record<string, string[]> {
  const keys = new Map<string, Set<string>>();
  for (const { key, command, when = '' } of bindings) {
    if (command.startsWith('letta.')) continue;
    keys.set(key, (keys.get(key) ?? new Set()).add(when));
  }
  return Object.fromEntries(
    [...keys].sort(([a], [b]) => a.localeCompare(b)).map(([key, whens]) => [key, [...whens].sort()]),
  );
}

/** Bits of VS Code's numbers for keys, as a Mac reads them. */
const MODIFIERS = [
  [256, 'ctrl'],
  [1_024, 'shift'],
  [512, 'alt'],
  [2_048, 'cmd'],
] as const;
const KEY_BITS = 255;
const CMD_K = 2_089;
/** Its number of the letter A. */
const LETTER_A = 31;

function strokeOf(code: number): string {
  const key = code & KEY_BITS;
  const letter = key - LETTER_A;
  const name = letter >= 0 && letter < 26 ? String.fromCharCode(97 + letter) : `[${key}]`;
  return [...MODIFIERS.filter(([bit]) => code & bit).map(([, modifier]) => modifier), name].join('+');
}

/** The sequences that begin with Cmd+K: `KeyChord(2089, …)` in the bundle. */
function macChords(workbench: string): Record<string, string[]> {
  const seconds = [...workbench.matchAll(/\w\((\d+),(\d+)\)/g)].filter(([, first]) => Number(first) === CMD_K);
  const keys = new Set(seconds.map(([, , second]) => `cmd+k ${strokeOf(Number(second))}`));
  return Object.fromEntries([...keys].sort().map((key) => [key, ['']]));
}

const { kit, dispose } = await prepareKit();
const vscode = await VsCode.start(kit, { model: false });
try {
  const workbench = join(kit.serverHome, 'out', 'vs', 'code', 'browser', 'workbench', 'workbench.js');
  const found: Record<string, Record<string, string[]>> = { mac: macChords(await readFile(workbench, 'utf8')) };
  for (const [platform, userAgent] of Object.entries(PLATFORMS)) {
    const window = await vscode.open({ userAgent });
    await window.command('Preferences: Open Default Keyboard Shortcuts (JSON)');
    const { page } = window;
    const lines = page.locator('.editor-instance .view-lines').first();
    await lines.getByText('"key"').first().waitFor();
    await lines.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    const text = String(await page.evaluate('navigator.clipboard.readText()'));
    found[platform] = byKey(JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '')) as Binding[]);
    await vscode.closeWindows();
  }
  await writeFile(join(root, 'test', 'fixtures', 'default-keybindings.json'), `${JSON.stringify(found, null, 1)}\n`);
} finally {
  await vscode.dispose();
  await dispose();
}
