// VS Code's simple dialogs for folders and files: a quick input that proposes a place, lists what is there, and has a button.
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { Workbench } from './workbench.ts';

const WAIT = 45_000;

/** Types a path into the dialog that is open (or about to be) and presses its button. */
export async function chooseFolder({ quick }: Workbench, path: string, button: string): Promise<void> {
  const box = quick.widget.locator('input').first();
  const ok = quick.widget.getByRole('button', { name: button });
  const row = (name: string) => quick.widget.locator('.monaco-list-row', { hasText: name }).first();
  await ok.waitFor({ timeout: WAIT });
  await row('..').waitFor({ timeout: WAIT });
  // It proposes a folder of its own, now and then over what was typed already.
  await vi.waitFor(
    async () => {
      await box.fill(path);
      await row(basename(path)).waitFor({ timeout: 3_000 });
      expect(await box.inputValue()).toBe(path);
      await ok.click({ timeout: 3_000 });
      await ok.waitFor({ state: 'hidden', timeout: 3_000 });
    },
    { timeout: WAIT, interval: 500 },
  );
}

/** Types the path of a file into the dialog that is open (or about to be), and presses its button. */
export async function chooseFile({ quick }: Workbench, path: string, button = 'OK'): Promise<void> {
  const box = quick.widget.locator('input').first();
  const ok = quick.widget.getByRole('button', { name: button });
  await ok.waitFor({ timeout: WAIT });
  await quick.widget.locator('.monaco-list-row', { hasText: '..' }).first().waitFor({ timeout: WAIT });
  // It proposes a name of its own, and may do so over what was typed already: that would be another file.
  await vi.waitFor(
    async () => {
      await box.fill(path);
      await setTimeout(300);
      expect(await box.inputValue()).toBe(path);
      await ok.click({ timeout: 3_000 });
      await ok.waitFor({ state: 'hidden', timeout: 3_000 });
    },
    { timeout: WAIT, interval: 500 },
  );
}
