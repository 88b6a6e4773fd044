// How long the Skills panel takes with 500 skills, in a real VS Code: from the click on its tab until their rows can be seen.
import { setTimeout as wait } from 'node:timers/promises';
import { prepareKit } from '../e2e/harness/kit.ts';
import { VsCode } from '../e2e/harness/vscode.ts';
import type { Workbench } from '../e2e/harness/workbench.ts';
import { SKILL_CORPUS } from '../support/skill-corpus.ts';
import { type Row, row } from './stats.ts';

/** The extension host is busy for some time after a window has opened. */
const SETTLE_MS = 4_000;
const OPENINGS = 3;
const SHOWN = 10;
const MAX_MS = 200;

const files = (): Record<string, string> =>
  Object.fromEntries(
    SKILL_CORPUS.slice(0, 500).map(({ name, description, headings }) => [
      `.agents/skills/${name}/SKILL.md`,
      `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n---\n${headings.map((each) => `## ${each}\n`).join('\n')}`,
    ]),
  );

/** Milliseconds from the click to the frame in which rows of skills of the project fill the panel. */
async function clickToRows(window: Workbench): Promise<number> {
  const { letta } = window;
  await letta.panel('Chat');
  await letta.composer.waitFor();
  const shown = letta.frame.locator('body').evaluate(
    ({ ownerDocument }) =>
      new Promise<number>((resolve) => {
        let clicked = Number.NaN;
        ownerDocument.addEventListener('mousedown', () => (clicked = performance.now()), { capture: true, once: true });
        const look = (): void => {
          const rows = ownerDocument.querySelectorAll('[aria-label=Skills] > li[data-id*=".agents/skills/"]');
          const end = [...rows].at(-1)?.getBoundingClientRect().bottom ?? 0;
          if (Number.isNaN(clicked) || end < ownerDocument.documentElement.clientHeight) requestAnimationFrame(look);
          else resolve(performance.now() - clicked);
        };
        look();
      }),
  );
  await letta.panel('Skills');
  return shown;
}

export async function benchSkills(): Promise<Row[]> {
  const { kit, dispose } = await prepareKit();
  const vscode = await VsCode.start(kit, { packed: true });
  try {
    const window = await vscode.open({ files: files() });
    await window.letta.open();
    await wait(SETTLE_MS);
    const first = [await clickToRows(window)];
    while (first.length < OPENINGS) {
      await window.reload();
      await window.letta.open();
      await wait(SETTLE_MS);
      first.push(await clickToRows(window));
    }
    const again: number[] = [];
    for (let i = 0; i < SHOWN; i++) again.push(await clickToRows(window));
    return [
      row('500 skills: click to panel', 'ms', 'cold', first, MAX_MS),
      row('500 skills: click to panel, shown again', 'ms', 'warm', again, MAX_MS),
    ];
  } finally {
    await vscode.dispose();
    await dispose();
  }
}
