// The MCP server over memory, offered to VS Code itself. Off by default: its agents have both tools already. Part of the stub.
import * as vscode from 'vscode';

const SETTING = 'letta.mcp.offerToVsCode';

/** @param server loads what knows how it is started. @throws Error saying what to do */
export function registerMcpProvider(server: () => Promise<vscode.McpStdioServerDefinition>): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(SETTING) && changed.fire()),
    vscode.lm.registerMcpServerDefinitionProvider('letta.memory', {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: async () =>
        vscode.workspace.getConfiguration().get(SETTING) === true ? [await server()] : [],
    }),
  );
}
