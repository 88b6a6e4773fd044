// The view with a fake host, in a small DOM.
import { act, cleanup, configure, render } from '@testing-library/react';
import { afterEach } from 'vitest';
import { ViewEnd } from '../../../src/protocol/rpc.ts';
import { FakeHost, type Scene } from '../../../webview-ui/dev/fake-host.ts';
import { App } from '../../../webview-ui/src/app.ts';
import { AppProvider } from '../../../webview-ui/src/use-app.ts';
// What the view loads lazily is loaded before, so that no test waits for the disk.
import '../../../webview-ui/src/memory/MemoryPanel.tsx';
import { Shell } from '../../../webview-ui/src/Shell.tsx';
import '../../../webview-ui/src/skills/SkillsPanel.tsx';
import '../../../webview-ui/src/threads/ThreadsPanel.tsx';

// The default of one second is short where two files share a busy machine.
configure({ asyncUtilTimeout: 30_000 });

/** happy-dom lays nothing out. The virtual list needs a window and rows of some height, or it draws none. */
const WINDOW = 4_000;
const ROW = 40;

class MeasuringObserver {
  private readonly notify: (entries: ResizeObserverEntry[]) => void;
  constructor(notify: (entries: ResizeObserverEntry[]) => void) {
    this.notify = notify;
  }
  observe(target: Element): void {
    const height = target.getAttribute('role') === 'log' ? WINDOW : ROW;
    const entry = { target, contentRect: { width: 300, height } };
    queueMicrotask(() => this.notify([entry as ResizeObserverEntry]));
  }
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver = MeasuringObserver as unknown as typeof ResizeObserver;
Object.assign(globalThis, {
  IS_REACT_ACT_ENVIRONMENT: true,
  requestIdleCallback: () => 0,
  cancelIdleCallback: () => {},
});
Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
  get(this: HTMLElement) {
    return this.parentElement;
  },
});

export interface Opened {
  host: FakeHost;
  app: App;
  /** What the view has kept with VS Code. */
  kept: { state: unknown };
  /** Lets everything that is on its way arrive. */
  settle(): Promise<void>;
}

afterEach(cleanup);

/** Opens the view; `kept` is what a view before it has left with VS Code. */
export async function openView(scene: Scene = {}, kept: { state: unknown } = { state: undefined }): Promise<Opened> {
  const host = new FakeHost((message) => queueMicrotask(() => view.receive(structuredClone(message))), scene);
  const view: ViewEnd = new ViewEnd(
    (message) => queueMicrotask(() => void host.end.receive(structuredClone(message))),
    (text) => host.logged.push(text),
  );
  const keeper = {
    getState: () => structuredClone(kept.state),
    setState: (state: unknown) => {
      kept.state = structuredClone(state);
    },
  };
  const app = new App(view, keeper);
  render(
    <AppProvider value={app}>
      <Shell />
    </AppProvider>,
  );
  const settle = () =>
    act(async () => {
      // Turns of the event loop, a frame, and what comes behind it: messages both ways, then the patches of that frame.
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
  await act(() => app.start());
  await settle();
  return { host, app, kept, settle };
}
