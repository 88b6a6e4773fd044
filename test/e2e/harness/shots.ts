// Screenshots of a window as people see it: in the themes and side bar widths that they have.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from './workbench.ts';

export const THEMES = ['Light Modern', 'Dark Modern', 'Dark High Contrast', 'Light High Contrast'] as const;

/** Drags the left edge of the secondary side bar until it is so many pixels wide (VS Code keeps its own limits). */
export async function sideBarWidth(window: Workbench, pixels: number): Promise<void> {
  const { page } = window;
  const bar = await page.locator('.part.auxiliarybar').boundingBox();
  if (!bar) throw new Error('The secondary side bar is not shown.');
  // VS Code leaves a gap between its parts; the sash lies in it.
  const sashes = await page.locator('.monaco-sash.vertical:not(.disabled)').all();
  const boxes = (await Promise.all(sashes.map((sash) => sash.boundingBox()))).filter((box) => box !== null);
  const middle = (box: { x: number; width: number }): number => box.x + box.width / 2;
  const edge = boxes.map(middle).sort((a, b) => Math.abs(a - bar.x) - Math.abs(b - bar.x))[0] ?? bar.x;
  const y = bar.y + bar.height / 2;
  await page.mouse.move(edge, y);
  await page.mouse.down();
  await page.mouse.move(bar.x + bar.width - pixels, y, { steps: 5 });
  await page.mouse.up();
}

/** Writes `NAME.png` into `folder`. */
export async function shoot(window: Workbench, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Out of the way: a pointer over the view shows hovers.
  await window.page.mouse.move(600, 500);
  await window.page.screenshot({ path: join(folder, `${name}.png`) });
}
