// Where skills go in a window with several folders: the person is asked, and nothing is written before.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { SkillLibrary } from '../../../src/native/skill-library.ts';
import type { HostCase } from '../runner/case.ts';
import { at, withSecondFolder } from '../support.ts';

const text = (name: string) => `---\nname: ${name}\ndescription: How it is done.\n---\n\nDo it.\n`;
const skillsIn = (folder: string): string[] => {
  const path = join(folder, '.agents', 'skills');
  return existsSync(path) ? readdirSync(path) : [];
};

/** Presses keys of the open list until what it belongs to has ended. */
async function answering<T>(asked: Promise<T>, ...commands: string[]): Promise<T> {
  let done = false;
  const settled = asked.finally(() => {
    done = true;
  });
  settled.catch(() => {});
  // No event tells that a list is shown.
  do {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const command of done ? [] : commands) await vscode.commands.executeCommand(command);
  } while (!done);
  return settled;
}

export const cases: HostCase[] = [
  {
    name: 'a skill of the project goes into the folder that is chosen, and nowhere when none is',
    run: () =>
      withSecondFolder(async (second) => {
        const storage = mkdtempSync(join(tmpdir(), 'letta-host-skills-'));
        const state = new Map<string, unknown>();
        const library = new SkillLibrary({
          agentId: 'agent-1',
          store: { list: async () => [], put: async () => {}, remove: async () => {} },
          agentFolder: join(storage, 'agent'),
          bundled: join(storage, 'bundled'),
          state: {
            get: <T>(key: string, otherwise?: T) => (state.get(key) as T) ?? otherwise,
            update: async (key: string, value: unknown) => void state.set(key, value),
            keys: () => [...state.keys()],
          },
          changed: () => {},
          openDraft: async () => undefined,
          hiding: async () => undefined,
          secrets: async () => ({ maskSecrets: (each) => each }),
          log: () => {},
        });
        try {
          const refused = answering(library.save(text('fold-it'), 'project'), 'workbench.action.closeQuickOpen');
          await assert.rejects(refused, /no folder was chosen/);
          assert.deepEqual([...skillsIn(at('')), ...skillsIn(second)], []);

          const last = ['quickInput.last', 'workbench.action.acceptSelectedQuickOpenItem'];
          const saved = await answering(library.save(text('fold-it'), 'project'), ...last);
          assert.equal(saved.uri.fsPath, join(second, '.agents', 'skills', 'fold-it', 'SKILL.md'));
          assert.deepEqual([skillsIn(at('')), skillsIn(second)], [[], ['fold-it']]);

          // Whatever is the agent's or the computer's has one place.
          await library.save(text('keep-it'), 'agent');
          assert.deepEqual(readdirSync(join(storage, 'agent')).includes('keep-it'), true);
        } finally {
          library.dispose();
          rmSync(storage, { recursive: true });
        }
      }),
  },
];
