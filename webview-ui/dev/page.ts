// The page around the view in the dev harness: a theme, `acquireVsCodeApi` and a fake host, chosen by the address.
// `?scene=chat&theme=dark`; scenes are in `scenes.ts`, themes in `themes.json`.

import { t } from '../src/l10n.tsx';
import { FakeHost } from './fake-host.ts';
import { manySkills } from './fixtures.ts';
import { SCENES } from './scenes.ts';
import themes from './themes.json' with { type: 'json' };

const query = new URLSearchParams(location.search);
const { saved, told, typed, pressed, ...scene } = (SCENES[query.get('scene') ?? 'chat'] ?? SCENES.chat)?.() ?? {};

applyTheme(query.get('theme') ?? 'dark');

let state: unknown = saved && { panel: 'chat', threadId: null, drafts: {}, anchors: {}, blockDrafts: {}, ...saved };

/** All that the host has said: words of people and models, and its own. */
const said: string[] = stringsIn(saved);
const host = new FakeHost((message) => {
  said.push(...stringsIn(message));
  window.postMessage(structuredClone(message));
}, scene);
Object.assign(window, {
  host,
  said,
  applyTheme,
  manySkills: manySkills(500),
  violations: [] as string[],
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => queueMicrotask(() => void host.end.receive(structuredClone(message))),
    getState: () => state,
    setState: (next: unknown) => {
      state = structuredClone(next);
    },
  }),
});
document.addEventListener('securitypolicyviolation', (event) => {
  (window as unknown as { violations: string[] }).violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
document.documentElement.dataset.scene = 'coming';
void act().then(() => {
  document.documentElement.dataset.scene = 'there';
});

/** What the person and the host do once the view has come. */
async function act(): Promise<void> {
  const panel = `#panel-${scene.init?.panel ?? 'chat'}:not([hidden])`;
  const shown = (): string => document.querySelector(panel)?.textContent ?? '';
  // Lazily loaded code and all.
  while (shown().length < 20 || shown().includes(t('Loading…'))) await frame();
  told?.(host);
  for (const { name, text } of typed ?? []) {
    const box = await found<HTMLInputElement | HTMLTextAreaElement>(`${panel} [aria-label="${t(name)}"]`);
    box.focus();
    // As a browser does it: React listens for the native setter.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value')?.set?.call(box, text);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
  for (const name of pressed ?? []) (await found(`${panel} button[aria-label="${t(name)}"]:not(:disabled)`)).click();
  for (let frames = 2; frames > 0; frames--) await frame();
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function frame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

async function found<E extends HTMLElement>(selector: string): Promise<E> {
  for (;;) {
    const element = document.querySelector<E>(selector);
    if (element) return element;
    await frame();
  }
}

function applyTheme(name: string): void {
  const colours = Object.entries(themes).find(([key]) => key === name)?.[1] ?? themes.dark;
  const { style } = document.documentElement;
  style.cssText = '';
  for (const [token, value] of Object.entries(colours)) style.setProperty(token, value);
  style.setProperty('--vscode-font-family', 'system-ui, "Liberation Sans", sans-serif');
  style.setProperty('--vscode-font-size', '13px');
  style.setProperty('--vscode-font-weight', 'normal');
  style.setProperty('--vscode-editor-font-family', '"DejaVu Sans Mono", monospace');
  style.setProperty('--vscode-editor-font-size', '12px');
  style.background = 'var(--vscode-sideBar-background)';
  document.body.dataset.vscodeThemeKind =
    { light: 'vscode-light', 'hc-dark': 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast-light' }[name] ??
    'vscode-dark';
  document.body.className = { 'hc-dark': 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast-light' }[name] ?? '';
}
