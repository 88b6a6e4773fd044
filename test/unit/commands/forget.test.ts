// "Letta: Forget…": what it looks for.
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { forgetCommand } from '../../../src/commands/forget.ts';

const editor = { selection: { isEmpty: false }, document: { getText: () => 'something else' } };

/** What is searched for when the command is given this; nothing is ever found. */
async function searched(given: unknown): Promise<string[]> {
  const queries: string[] = [];
  const find = async (query: string) => {
    queries.push(query);
    return { found: [], cut: false };
  };
  await forgetCommand(given, { find, forget: () => Promise.reject(new Error('nothing was ticked')) });
  return queries;
}

function select(active: unknown): void {
  vi.spyOn(vscode.window, 'activeTextEditor', 'get').mockReturnValue(active as vscode.TextEditor | undefined);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('forget', () => {
  it('searches for the words behind /forget, asks nothing, and leaves the selection alone', async () => {
    select(editor);
    const ask = vi.spyOn(vscode.window, 'showInputBox');
    expect(await searched('staging server')).toEqual(['staging server']);
    expect(ask).not.toHaveBeenCalled();
  });

  it.each([undefined, ' ', { path: '/a.ts' }])('takes the selection when it is given %j', async (given) => {
    select(editor);
    expect(await searched(given)).toEqual(['something else']);
  });

  it('says where the archive may hold more than is listed', async () => {
    const passage = { id: 'p', text: 'The till', tags: [], at: '2026-01-01' };
    const shown: unknown[] = [];
    vi.spyOn(vscode.window, 'showQuickPick').mockImplementation((async (_items: unknown, options: object) => {
      shown.push('placeHolder' in options ? options.placeHolder : undefined);
      return undefined;
    }) as never);
    for (const cut of [true, false]) {
      const find = async () => ({ found: [{ kind: 'passage' as const, passage, score: 1 }], cut });
      await forgetCommand('till', { find, forget: () => Promise.reject(new Error('nothing was ticked')) });
    }
    expect(shown).toEqual([expect.stringContaining('only the best matches are listed'), 'Tick what to forget']);
  });

  it('asks where there is neither', async () => {
    select(undefined);
    vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue('typed');
    expect(await searched(undefined)).toEqual(['typed']);
  });
});
