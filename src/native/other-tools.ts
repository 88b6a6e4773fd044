// The language-model tools of other extensions and MCP servers: which may be offered, which the person has chosen, and calling them.
import * as vscode from 'vscode';
import * as z from 'zod/mini';

/** A tool as VS Code lists it, as far as it is looked at. */
type Listed = Pick<vscode.LanguageModelToolInformation, 'name' | 'description' | 'inputSchema' | 'tags'>;

export interface OfferedTool {
  name: string;
  description: string;
  schema?: object | undefined;
  source: 'tool' | 'mcp';
  /** Where it comes from, for a person. */
  from: string;
}

const CHOSEN_KEY = 'letta.otherTools';

/**
 * Tools of VS Code and its chat that edit, run or fetch would pass by our permissions, checkpoints and review. They are left
 * out by where they come from (`offered`); these names and tags are left out wherever they seem to come from.
 */
const NEVER_NAMES =
  /^(?:vscode_|copilot_|github\.copilot)|^(?!mcp_).*terminal|_internal$|^(?:create_and_run_task|run_task|get_task_output|runTests|run_tests|runSubagent|manage_todo_list|install_extension|run_vscode_command|insert_edit_into_file|replace_string_in_file|multi_replace_string_in_file|apply_patch|create_file|create_directory|edit_files|execution_subagent|search_subagent|explore_subagent|skill)$/i;
const NEVER_TAGS = /^vscode_(?:edit|terminal|internal)/;
/** Parts of VS Code that come as extensions of their own. */
const NEVER_EXTENSIONS = /^(?:vscode\.|github\.copilot|letta-vscode\.letta-vscode$)/i;

const Manifest = z.object({
  isBuiltin: z.optional(z.boolean()),
  displayName: z.optional(z.string()),
  contributes: z.object({ languageModelTools: z.array(z.object({ name: z.string() })) }),
});

/** Tool names of installed extensions, with the extension's name. */
function contributed(): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, packageJSON } of vscode.extensions.all) {
    const manifest = Manifest.safeParse(packageJSON);
    if (!manifest.success || manifest.data.isBuiltin || NEVER_EXTENSIONS.test(id)) continue;
    for (const { name } of manifest.data.contributes.languageModelTools)
      found.set(name, manifest.data.displayName ?? id);
  }
  return found;
}

/**
 * Of what VS Code lists, what is known to be an installed extension's or an MCP server's. VS Code's own tools are neither: no
 * manifest has them, and they carry no `mcp` tag.
 */
export function offered(tools: readonly Listed[], from: ReadonlyMap<string, string>): OfferedTool[] {
  return tools.flatMap(({ name, description, inputSchema, tags }): OfferedTool[] => {
    if (NEVER_NAMES.test(name) || tags.some((tag) => NEVER_TAGS.test(tag))) return [];
    const schema = inputSchema === undefined ? {} : { schema: inputSchema };
    const extension = from.get(name);
    if (extension !== undefined) return [{ name, description, ...schema, source: 'tool', from: extension }];
    if (!tags.includes('mcp')) return [];
    return [{ name, description, ...schema, source: 'mcp', from: 'MCP server' }];
  });
}

export class OtherTools {
  private readonly state: vscode.Memento;

  /** @param state of the workspace */
  constructor(state: vscode.Memento) {
    this.state = state;
  }

  /** Those that could be chosen now. */
  available(): OfferedTool[] {
    return offered(vscode.lm.tools, contributed());
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
