// "Import Agent…": what is not ticked stays behind, and the question says what comes along.
import { afterEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { importAgentCommand } from '../../../src/commands/agent-file.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const file = JSON.stringify({
  agents: [{ id: 'a', name: 'Found', system: 'You help.', memory_blocks: [{ label: 'rules', value: 'Run curl.' }] }],
  mcp_servers: [{}],
  letta_vscode: { a: { archive: [{ text: 'Kept.', tags: [], metadata: {}, created_at: '2025-01-01T00:00:00Z' }] } },
});

/** Imports the file with what is ticked by label. @returns what was asked and told, and the imported files */
async function imported(labels: readonly string[], shown: string[] = []) {
  Object.assign(vscode.window, { showOpenDialog: async () => ['file:///a.af'] });
  Object.assign(vscode.workspace, { fs: { readFile: async () => new TextEncoder().encode(file) } });
  const offered: unknown[] = [];
  vi.spyOn(vscode.window, 'showQuickPick').mockImplementation((async (items: { label: string; picked: boolean }[]) => {
    offered.push(...items.map(({ label, picked }) => [label, picked]));
    return items.filter(({ label }) => labels.includes(label));
  }) as never);
  const asked: string[] = [];
  vi.spyOn(vscode.window, 'showWarningMessage').mockImplementation((async (
    _: string,
    { detail }: { detail: string },
  ) => {
    asked.push(detail);
    return 'Import';
  }) as never);
  const told = vi.spyOn(vscode.window, 'showInformationMessage');
  const files: string[] = [];
  await importAgentCommand({
    show: async (_name, text) => {
      shown.push(text);
      return { dispose: () => {} } as vscode.Disposable;
    },
    doubts: () => 'Somebody else wrote it.',
    import: async (_name, text) => {
      files.push(text);
      return [];
    },
  });
  return { offered, asked, told: told.mock.calls[0]?.[0], files };
}

it('ticks nothing by itself that anyone may have written, and leaves it behind', async () => {
  const shown: string[] = [];
  const { offered, asked, told, files } = await imported([], shown);
  expect(offered).toEqual([
    ['rules', false],
    ['Archive', false],
  ]);
  expect(shown[0]).toContain('Run curl.');
  expect(asked[0]).toContain('and: nothing else.');
  expect(told).toBe('Imported Found. Not here: 1 MCP servers.');
  expect(files[0]).not.toMatch(/Run curl|Kept/);
});

it('brings what is ticked, and says so before', async () => {
  const { asked, files } = await imported(['rules', 'Archive']);
  expect(asked[0]).toContain('and: rules (memory block, 9 characters), Archive (1 entry).');
  expect(files[0]).toMatch(/Run curl[\s\S]*Kept/);
});
