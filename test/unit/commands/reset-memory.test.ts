// Reset says who else loses what stands in a block.
import { afterEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { resetMemoryCommand } from '../../../src/commands/reset-memory.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const block = (label: string, more: Partial<BlockView> = {}): BlockView => ({
  id: `block-${label}`,
  label,
  description: '',
  value: 'ten chars.',
  limit: 100,
  readOnly: false,
  ...more,
});

it.each([
  [true, '10 characters, shared with other agents', / Other agents have human too, and lose what stands there\./],
  [false, '10 characters', /^They go back to how a new agent has them\. What stands there now/],
])(
  'a block that is shared (%s) is named so, in the list and before it is done',
  async (shared, described, detailed) => {
    const listed: unknown[] = [];
    vi.spyOn(vscode.window, 'showQuickPick').mockImplementation((async (items: readonly vscode.QuickPickItem[]) => {
      listed.push(...items.map(({ description }) => description));
      return items;
    }) as never);
    const details: unknown[] = [];
    vi.spyOn(vscode.window, 'showWarningMessage').mockImplementation((async (
      _: string,
      options: { detail: string },
    ) => {
      details.push(options.detail);
      return undefined;
    }) as never);
    const blocks = async () => [block('human', { shared }), block('project')];
    await resetMemoryCommand({ blocks, reset: () => Promise.reject(new Error('It was not confirmed.')) });
    expect(listed).toEqual([described, '10 characters']);
    expect(details).toEqual([expect.stringMatching(detailed)]);
  },
);
