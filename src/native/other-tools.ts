// The language-model tools of other extensions and MCP servers: those the person has chosen, and calling them.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { contributed, type OfferedTool, offered } from './offered-tools.ts';

const CHOSEN_KEY = 'letta.otherTools';

export class OtherTools {
  private readonly state: vscode.Memento;

  /** @param state of the workspace */
  constructor(state: vscode.Memento) {
    this.state = state;
  }

  /** Those that could be chosen now. */
  available(): OfferedTool[] {
    return offered(vscode.lm.tools, contributed(vscode.extensions.all));
  }

  /** Those that were chosen and are there. */
  chosen(): OfferedTool[] {
    const names = this.chosenNames();
    return names.length === 0 ? [] : this.available().filter(({ name }) => names.includes(name));
  }

  chosenNames(): string[] {
    return z.catch(z.array(z.string()), []).parse(this.state.get(CHOSEN_KEY));
  }

  async choose(names: readonly string[]): Promise<void> {
    await this.state.update(CHOSEN_KEY, names);
  }

  /** VS Code asks for what the tool itself wants confirmed. */
  async invoke(name: string, input: object, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const cancellation = new vscode.CancellationTokenSource();
    const onAbort = () => cancellation.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const options = { input, toolInvocationToken: undefined };
      const { content } = await vscode.lm.invokeTool(name, options, cancellation.token);
      return content.map(textOf).join('\n');
    } finally {
      signal.removeEventListener('abort', onAbort);
      cancellation.dispose();
    }
  }
}

/** What a model that reads text can read of a part. */
function textOf(part: unknown): string {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelPromptTsxPart) return JSON.stringify(part.value);
  if (part instanceof vscode.LanguageModelDataPart) {
    const { mimeType, data } = part;
    if (/^text\/|json/.test(mimeType)) return new TextDecoder().decode(data);
    return `[${mimeType}, ${data.length} bytes: cannot be shown here]`;
  }
  return '';
}
