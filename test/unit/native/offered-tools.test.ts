// Which of VS Code's tools the agent may be offered: none that passes by permissions and checkpoints.
import { describe, expect, it } from 'vitest';
import { contributed, offered } from '../../../src/native/offered-tools.ts';

const manifest = (id: string, names: string[], more: object = {}) => ({
  id,
  packageJSON: {
    displayName: `The ${id}`,
    contributes: { languageModelTools: names.map((name) => ({ name })) },
    ...more,
  },
});
const EXTENSIONS = [
  manifest('acme.weather', ['weather', 'run_in_terminal', 'weather_terminal', 'copilot_like', 'quiet_edit']),
  manifest('vscode.mermaid', ['renderMermaidDiagram']),
  manifest('GitHub.copilot-chat', ['copilot_applyPatch', 'search_subagent']),
  manifest('acme.builtin', ['built'], { isBuiltin: true }),
  manifest('letta-vscode.letta-vscode', ['letta_recall', 'letta_remember']),
  manifest('acme.copy', ['letta_recall']),
  { id: 'acme.theme', packageJSON: { contributes: {} } },
  { id: 'acme.broken', packageJSON: null },
];
const tool = (name: string, tags: string[] = []) => ({ name, description: `${name}.`, inputSchema: undefined, tags });
const names = (tools: ReturnType<typeof tool>[]) => offered(tools, contributed(EXTENSIONS)).map(({ name }) => name);

describe('offered tools', () => {
  it('are those of installed extensions and of MCP servers, with where they come from', () => {
    const schema = { type: 'object' };
    expect(
      offered([{ ...tool('weather'), inputSchema: schema }, tool('mcp_git_log', ['mcp'])], contributed(EXTENSIONS)),
    ).toEqual([
      { name: 'weather', description: 'weather.', schema, source: 'tool', from: 'The acme.weather' },
      { name: 'mcp_git_log', description: 'mcp_git_log.', source: 'mcp', from: 'MCP server' },
    ]);
  });

  it('are not VS Code’s own, which no installed extension has brought', () => {
    const own = [
      'run_in_terminal',
      'get_terminal_output',
      'create_and_run_task',
      'vscode_editFile_internal',
      'new_one',
    ];
    expect(names(own.map((name) => tool(name)))).toEqual([]);
    expect(
      names(['renderMermaidDiagram', 'copilot_applyPatch', 'search_subagent', 'built'].map((n) => tool(n))),
    ).toEqual([]);
  });

  it('are none that is named or tagged like those, whoever says to have brought it', () => {
    expect(names(['run_in_terminal', 'weather_terminal', 'copilot_like'].map((name) => tool(name)))).toEqual([]);
    expect(names([tool('quiet_edit', ['vscode_editing'])])).toEqual([]);
    expect(names([tool('vscode_editFile_internal', ['mcp']), tool('copilot_replaceString', ['mcp'])])).toEqual([]);
    // A server that the person has added is theirs to choose, whatever it calls its tools.
    expect(names([tool('mcp_shell_terminal', ['mcp'])])).toEqual(['mcp_shell_terminal']);
  });

  it('are none of our own for other agents, through an MCP server neither: the agent has its memory already', () => {
    const own = [tool('letta_recall'), tool('letta_remember'), tool('mcp_letta_letta_recall', ['mcp'])];
    expect(names(own)).toEqual([]);
  });
});
