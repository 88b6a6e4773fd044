// Which of the tools that VS Code lists may be offered to the agent: an installed extension's and an MCP server's, none of VS Code's own.
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';

/** A tool as VS Code lists it, as far as it is looked at. */
interface Listed {
  name: string;
  description: string;
  inputSchema: object | undefined;
  tags: readonly string[];
}

export interface OfferedTool {
  name: string;
  description: string;
  schema?: object | undefined;
  source: 'tool' | 'mcp';
  /** Where it comes from, for a person. */
  from: string;
}

/**
 * Tools of VS Code and its chat that edit, run or fetch would pass by our permissions, checkpoints and review. They are left
 * out by where they come from (`offered`); these names and tags are left out wherever they seem to come from. So are our own for other agents, which have the agent's memory: it has that already.
 */
const NEVER_NAMES =
  /^(?:vscode_|copilot_|github\.copilot)|^(?!mcp_).*terminal|_internal$|^(?:create_and_run_task|run_task|get_task_output|runTests|run_tests|runSubagent|manage_todo_list|install_extension|run_vscode_command|insert_edit_into_file|replace_string_in_file|multi_replace_string_in_file|apply_patch|create_file|create_directory|edit_files|execution_subagent|search_subagent|explore_subagent|skill)$|letta_(?:recall|remember)$/i;
const NEVER_TAGS = /^vscode_(?:edit|terminal|internal)/;
/** Parts of VS Code that come as extensions of their own. */
const NEVER_EXTENSIONS = /^(?:vscode\.|github\.copilot|letta-vscode\.letta-vscode$)/i;

const Manifest = z.object({
  isBuiltin: z.optional(z.boolean()),
  displayName: z.optional(z.string()),
  contributes: z.object({ languageModelTools: z.array(z.object({ name: z.string() })) }),
});

/** Tool names of installed extensions, with the extension's name. */
export function contributed(extensions: Iterable<{ id: string; packageJSON: unknown }>): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, packageJSON } of extensions) {
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
    return [{ name, description, ...schema, source: 'mcp', from: t('MCP server') }];
  });
}
