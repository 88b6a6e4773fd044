// "Letta: Copy MCP Server Entry": how other programs on this computer start the server that gives them this folder's memory.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { writeAtomic } from '../agent/files.ts';
import { t } from '../protocol/l10n.ts';

export interface McpPlace {
  extensionPath: string;
  /** Of the embedded home. */
  dataDir: string;
}

/** Entries name this file, because the extension lies elsewhere after every update. */
const launcherOf = (dataDir: string): string => join(dataDir, 'mcp.mjs');

function launcherText(extensionPath: string): string {
  const server = pathToFileURL(join(extensionPath, 'dist', 'mcp', 'server.mjs')).href;
  return `// Written by Letta for VS Code: starts the MCP server of the version that is installed.\nimport ${JSON.stringify(server)};\n`;
}

/** @param folder whose agent's memory it is. @throws Error saying what to do */
export async function copyMcpEntry(place: McpPlace, folder: string | undefined): Promise<void> {
  const entry = await entryFor(place, folder);
  await vscode.env.clipboard.writeText(`${JSON.stringify({ mcpServers: { 'letta-memory': entry } }, null, 2)}\n`);
  void vscode.window.showInformationMessage(
    t('Copied. Paste it into .mcp.json (Claude Code), .cursor/mcp.json, or wherever your program lists MCP servers.'),
  );
}

/** The same, as VS Code starts servers. @throws Error saying what to do */
export async function mcpServer(place: McpPlace, folder: string | undefined): Promise<vscode.McpStdioServerDefinition> {
  const { command, args, env } = await entryFor(place, folder);
  return new vscode.McpStdioServerDefinition(t('Letta memory'), command, args, env);
}

async function entryFor({ extensionPath, dataDir }: McpPlace, folder: string | undefined) {
  if (!folder) throw new Error(t('Open a folder first: the server gives the memory of its agent.'));
  const launcher = launcherOf(dataDir);
  await writeAtomic(launcher, launcherText(extensionPath));
  return {
    command: process.execPath,
    args: [launcher, '--workspace', folder, '--data-dir', dataDir],
    // On a desktop that is VS Code's own program, which is a Node then.
    env: { ELECTRON_RUN_AS_NODE: '1' },
  };
}

/** After an update: entries that were copied earlier start this version. Where none was copied, nothing is written. */
export async function refreshLauncher({ extensionPath, dataDir }: McpPlace): Promise<void> {
  const launcher = launcherOf(dataDir);
  const there = await readFile(launcher, 'utf8').catch(() => undefined);
  const text = launcherText(extensionPath);
  if (there !== undefined && there !== text) await writeAtomic(launcher, text);
}
