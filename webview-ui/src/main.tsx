// The webview's entry: connects to the host and draws.
import './jitless.ts';
import './l10n.tsx';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { ViewEnd } from '../../src/protocol/rpc.ts';
import { App } from './app.ts';
import { drawOverEarly } from './early.ts';
import { Shell } from './Shell.tsx';
import { AppProvider } from './use-app.ts';
import './main.css';
import type { StateKeeper } from './saved.ts';

declare function acquireVsCodeApi(): StateKeeper & { postMessage(message: unknown): void };

const vscode = acquireVsCodeApi();
const host = new ViewEnd(
  (message) => vscode.postMessage(message),
  (text) => console.warn(text),
);
window.addEventListener('message', (event: MessageEvent<unknown>) => host.receive(event.data));

const app = new App(host, vscode);
app.showKept(keptView());
const root = document.getElementById('root');
const draw = (into: HTMLElement) =>
  flushSync(() =>
    createRoot(into).render(
      <AppProvider value={app}>
        <Shell />
      </AppProvider>,
    ),
  );
if (root)
  drawOverEarly(
    (text) => app.addToDraft(text),
    () => draw(root),
  );
void app.start();

/** What the extension put into the page. */
function keptView(): unknown {
  try {
    return JSON.parse(document.getElementById('kept')?.textContent ?? 'null');
  } catch {
    return undefined;
  }
}
