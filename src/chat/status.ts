// The item in the status bar: what the agent does in this window, and on which home.
import { plural, t } from '../protocol/l10n.ts';

/** An item of VS Code's status bar. */
interface Item {
  text: string;
  tooltip: unknown;
}

interface State {
  /** Threads in which the agent answers. */
  running: number;
  /** What waits for the person. */
  waiting: number;
  /** The home as the view calls it; absent: none is open. */
  home?: string | undefined;
  /** Why the home does not answer; absent: it does. */
  offline?: string | undefined;
}

export class Status {
  private readonly item: Item;
  private state: State = { running: 0, waiting: 0 };

  constructor(item: Item) {
    this.item = item;
  }

  update(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    const { text, tooltip } = this.words();
    const { home } = this.state;
    this.item.text = text;
    this.item.tooltip = home ? `${tooltip}\n${home}` : tooltip;
  }

  private words(): { text: string; tooltip: string } {
    const { running, waiting, offline } = this.state;
    if (waiting > 0)
      return { text: `$(bell-dot) ${t('Letta: waiting for you')}`, tooltip: t('The agent waits for your decision') };
    if (offline !== undefined) return { text: `$(debug-disconnect) ${t('Letta: offline')}`, tooltip: offline };
    if (running > 0) {
      const tooltip = plural(running, 'The agent is answering', 'The agent is answering in {0} threads');
      return { text: `$(loading~spin) ${t('Letta: working')}`, tooltip };
    }
    return { text: '$(comment-discussion) Letta', tooltip: t('Ready. Open the Letta chat') };
  }
}
