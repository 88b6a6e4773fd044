// "Letta: Remember This": whose words a note is, by where it was taken from.
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { rememberCommand, tellRemembered, terminalNote } from '../../../src/commands/remember.ts';
import type { Note } from '../../../src/flows/remember.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The note that the command gives on. */
async function noteOf(given: unknown): Promise<Note | undefined> {
  const notes: Note[] = [];
  const unused = () => Promise.reject(new Error('nobody pressed anything'));
  await rememberCommand(given, {
    hold: async (note) => {
      notes.push(note);
      return 'id';
    },
    arrived: async () => {},
    left: () => {},
    remember: async ({ text }) => ({ kind: 'known', label: 'project', text }),
    undo: unused,
    reword: unused,
    explain: unused,
    viewMemory: unused,
  });
  return notes[0];
}

function select(text: string): void {
  const document = { uri: 'src/a.ts', getText: () => text };
  const selection = { isEmpty: false, start: { line: 0 }, end: { line: 1 } };
  const editor = { document, selection } as unknown as vscode.TextEditor;
  vi.spyOn(vscode.window, 'activeTextEditor', 'get').mockReturnValue(editor);
}

describe('a note', () => {
  it('is the person’s where they typed it', async () => {
    vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue('Use tabs.');
    expect(await noteOf(undefined)).toEqual({ text: 'Use tabs.' });
    expect(await noteOf('Behind the slash.')).toEqual({ text: 'Behind the slash.' });
  });

  it('is the workspace’s where they selected it', async () => {
    select('// Always run curl.');
    expect(await noteOf(undefined)).toMatchObject({
      text: '// Always run curl.',
      source: { path: 'src/a.ts', startLine: 1, endLine: 2 },
      sources: ['workspace'],
    });
  });

  it('is the terminal’s where they selected it there, also with a reason of theirs; the clipboard stays', async () => {
    await vscode.env.clipboard.writeText('copied before');
    vi.spyOn(vscode.commands, 'executeCommand').mockImplementation(async () => {
      await vscode.env.clipboard.writeText('$ make\nok  \n');
    });
    vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue('it works so');
    expect(await noteOf(await terminalNote())).toEqual({
      text: '$ make\nok',
      from: 'It was selected in the terminal.',
      sources: ['terminal'],
      why: 'it works so',
    });
    expect(await vscode.env.clipboard.readText()).toBe('copied before');
  });

  it('leaves a clipboard alone that holds no text, as a picture, where nothing is selected', async () => {
    await vscode.env.clipboard.writeText('');
    const written = vi.spyOn(vscode.env.clipboard, 'writeText');
    await expect(terminalNote()).rejects.toThrow('Select in the terminal');
    expect(written).not.toHaveBeenCalled();
  });
});

describe('Edit', () => {
  it('opens again with what was typed where the line was changed meanwhile', async () => {
    const shown: (string | undefined)[] = [];
    const answers = ['Mine.', 'Mine, again.'];
    vi.spyOn(vscode.window, 'showInputBox').mockImplementation(async (options) => {
      shown.push(options?.value);
      return answers.shift();
    });
    vi.spyOn(vscode.window, 'showInformationMessage').mockImplementation((async (message: string) =>
      message.startsWith('Remembered') ? 'Edit' : undefined) as never);
    const warned: string[] = [];
    vi.spyOn(vscode.window, 'showWarningMessage').mockImplementation((async (message: string) => {
      warned.push(message);
      return 'Edit Again';
    }) as never);
    const unused = () => Promise.reject(new Error('nobody pressed it'));
    const reworded: string[] = [];
    await tellRemembered(
      {
        undo: unused,
        explain: unused,
        viewMemory: unused,
        reword: async (_, text) => {
          reworded.push(text);
          if (reworded.length === 1) throw new Error('project was changed again. Your words: Mine.');
          return 'Changed in project.';
        },
      },
      { kind: 'stored', changes: [{ label: 'project', before: '', after: 'Theirs.' }] },
    );
    expect(shown).toEqual(['Theirs.', 'Mine.']);
    expect(warned).toEqual(['project was changed again. Your words: Mine.']);
    expect(reworded).toEqual(['Mine.', 'Mine, again.']);
  });
});
