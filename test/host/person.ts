// Who sits before the window of the host suite: answers the dialogs that cases say beforehand how to answer, by files, because
// cases run in the extension host and see no window.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** The button to press in the next dialog. */
const PRESS = 'press';
/** What was asked, a JSON string a line. */
const ASKED = 'asked.jsonl';

export class Person {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Answers a dialog, if there is one that a case has told about. */
  async look(page: Page): Promise<void> {
    const press = join(this.folder, PRESS);
    const dialog = page.locator('.monaco-dialog-box');
    if (!existsSync(press) || !(await dialog.isVisible())) return;
    const asked = await dialog.locator('.dialog-message-container').textContent();
    const button = readFileSync(press, 'utf8');
    rmSync(press);
    appendFileSync(join(this.folder, ASKED), `${JSON.stringify(asked)}\n`);
    await dialog.getByRole('button', { name: button, exact: true }).click();
  }
}

/** For cases. Undefined where nobody sits before the window. */
export function personAt(folder = process.env.LETTA_HOST_PERSON) {
  if (!folder) return undefined;
  const path = join(folder, ASKED);
  const all = (): string[] =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as string)
      : [];
  return {
    /** @returns what they were asked while this ran, and what it came to */
    async during<T>(press: string, run: () => Thenable<T>): Promise<{ asked: string[]; result: T }> {
      const before = all().length;
      writeFileSync(join(folder, PRESS), press);
      try {
        const result = await run();
        return { asked: all().slice(before), result };
      } finally {
        rmSync(join(folder, PRESS), { force: true });
      }
    },
    asked: all,
  };
}
