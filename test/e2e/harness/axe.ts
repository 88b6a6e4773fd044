// axe-core inside the real webview: what it finds in the page as VS Code shows it, colours included.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';
import type { LettaView } from './letta-view.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function frameOf(view: LettaView): Promise<Frame> {
  const body = await view.frame.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('The view has no frame.');
  return frame;
}

/** @returns one line a violation: the rule and the elements concerned; empty when axe finds nothing */
export async function violations(view: LettaView): Promise<string[]> {
  const frame = await frameOf(view);
  // Evaluated by the debugger, so the view's Content Security Policy does not forbid it.
  if (!(await frame.evaluate('typeof axe === "object"'))) await frame.evaluate(`${source};0`);
  return await frame.evaluate(async () => {
    // The view is transparent; what VS Code paints behind it is in another frame, and axe would take that for white.
    const { style } = document.documentElement;
    style.backgroundColor = 'var(--vscode-sideBar-background)';
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    // A view is a part of VS Code's window, not a page with a title of its own.
    const { violations: found } = await axe.run(document, { rules: { 'page-has-heading-one': { enabled: false } } });
    style.backgroundColor = '';
    const colors = (html: string, data: unknown) => {
      const { fgColor, bgColor } = (data ?? {}) as { fgColor?: string; bgColor?: string };
      return fgColor ? `${html} (${fgColor} on ${bgColor})` : html;
    };
    return found.map(({ id, nodes }) => {
      const where = nodes.map((node) => colors(node.html.slice(0, 160), node.any[0]?.data));
      return `${id}: ${where.join(' | ')}`;
    });
  });
}

/** Puts faults that axe must find into the view. @returns takes them out again */
export async function plantViolations(view: LettaView): Promise<() => Promise<void>> {
  const frame = await frameOf(view);
  await frame.evaluate(() => {
    const planted = document.createElement('div');
    planted.id = 'planted';
    const button = document.createElement('button');
    const faint = document.createElement('p');
    faint.textContent = 'Nobody can read this.';
    faint.style.color = '#777';
    faint.style.background = '#888';
    planted.append(button, faint);
    document.querySelector('main')?.append(planted);
  });
  return () => frame.evaluate(() => document.getElementById('planted')?.remove());
}
