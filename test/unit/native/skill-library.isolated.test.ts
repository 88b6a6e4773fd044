// The skills of a window: switched per agent, saved into each scope, deleted, moved and mended with a way back.
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SkillLibraryDeps } from '../../../src/native/skill-library.ts';
import type { SkillUsageCounts } from '../../../src/protocol/skill-views.ts';
import type { SkillStore, StoredSkill } from '../../../src/skills/agent-folder.ts';
import { loadSkill } from '../../../src/skills/offer-skills.ts';
import { revisionStates } from '../../../src/skills/revisions.ts';
import { makeSandbox, type Sandbox } from '../skills/support.ts';

/** What the person answers: by the start of the question. */
const answers = vi.hoisted(() => ({
  given: [] as [string, unknown][],
  asked: [] as string[],
  documents: [] as unknown[],
  saved: (_document: unknown): void => {},
}));
const folders = vi.hoisted(() => ({ open: [] as { uri: { scheme: string; fsPath: string } }[] }));

// Never the folder of who runs the tests.
const computer = vi.hoisted(() => ({ home: '/nowhere' }));
vi.mock('node:os', async (original) => ({ ...(await original<object>()), homedir: () => computer.home }));
/** Folders that may not be read. */
const locked = vi.hoisted(() => new Set<string>());
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const guarded = (path: string, options: { withFileTypes: true }) =>
    locked.has(path)
      ? Promise.reject(Object.assign(new Error(`EACCES: permission denied, scandir '${path}'`), { code: 'EACCES' }))
      : real.readdir(path, options);
  return { ...real, readdir: guarded };
});
vi.mock('vscode', () => {
  const answer = async (question: string) => {
    answers.asked.push(question);
    return answers.given.find(([start]) => question.startsWith(start))?.[1];
  };
  const silent = () => ({ dispose: () => {} });
  const uri = (fsPath: string) => ({ scheme: 'file', fsPath, toString: () => fsPath });
  return {
    Uri: { file: uri, from: (parts: object) => ({ ...parts, toString: () => JSON.stringify(parts) }) },
    RelativePattern: class {},
    commands: { executeCommand: async () => undefined },
    window: {
      showInformationMessage: answer,
      showWarningMessage: answer,
      showErrorMessage: answer,
      showTextDocument: async () => undefined,
      onDidChangeWindowState: silent,
      showWorkspaceFolderPick: async ({ placeHolder }: { placeHolder: string }) => answer(placeHolder),
      showInputBox: async ({ title }: { title: string }) => answer(title),
      showQuickPick: async (items: { scope: string }[], { title }: { title: string }) => {
        const wanted = await answer(title);
        return items.find(({ scope }) => scope === wanted);
      },
    },
    workspace: {
      get workspaceFolders() {
        return folders.open;
      },
      get textDocuments() {
        return answers.documents;
      },
      onDidChangeWorkspaceFolders: silent,
      onDidCloseTextDocument: silent,
      onDidSaveTextDocument: (listener: (document: unknown) => void) => {
        answers.saved = listener;
        return silent();
      },
      registerTextDocumentContentProvider: silent,
      createFileSystemWatcher: () => ({
        dispose: () => {},
        onDidCreate: silent,
        onDidChange: silent,
        onDidDelete: silent,
      }),
      fs: {
        rename: (from: { fsPath: string }, to: { fsPath: string }) => rename(from.fsPath, to.fsPath),
        delete: ({ fsPath }: { fsPath: string }) => rm(fsPath, { recursive: true }),
      },
    },
  };
});

const { SkillLibrary } = await import('../../../src/native/skill-library.ts');

let sandbox: Sandbox;
let stored: Map<string, StoredSkill>;
let state: Map<string, unknown>;
const libraries: { dispose(): void }[] = [];

beforeEach(async () => {
  sandbox = await makeSandbox();
  computer.home = sandbox.home;
  folders.open = [{ uri: { scheme: 'file', fsPath: sandbox.project } }];
  Object.assign(answers, { given: [], asked: [], documents: [] });
  [stored, state] = [new Map(), new Map()];
});
afterEach(async () => {
  for (const library of libraries.splice(0)) library.dispose();
  await sandbox[Symbol.asyncDispose]();
});

function open(agentId = 'agent-1', more: Partial<SkillLibraryDeps> = {}) {
  const store: SkillStore = {
    list: async () => [...stored.values()],
    put: async (skill) => void stored.set(skill.name, skill),
    remove: async (name) => void stored.delete(name),
  };
  const library = new SkillLibrary({
    agentId,
    store,
    agentFolder: join(sandbox.root, 'storage', agentId),
    bundled: join(import.meta.dirname, '../../../skills'),
    state: {
      get: (key: string, otherwise?: unknown) => state.get(key) ?? otherwise,
      update: async (key: string, value: unknown) => void state.set(key, value),
      keys: () => [...state.keys()],
    } as SkillLibraryDeps['state'],
    changed: () => {},
    openDraft: async () => undefined,
    secrets: async () => ({ maskSecrets: (text) => text }),
    log: () => {},
    ...more,
  });
  libraries.push(library);
  return library;
}
type Library = ReturnType<typeof open>;

const text = (name: string, body = 'Do it.') => `---\nname: ${name}\ndescription: How.\n---\n${body}\n`;
const own = async (library: Library) =>
  (await library.views()).filter(({ scope }) => scope !== 'bundled').map(({ name, scope }) => `${name}: ${scope}`);
const idOf = async (library: Library, name: string) => {
  const view = (await library.views()).find((each) => each.name === name);
  if (!view) throw new Error(`There is no ${name}.`);
  return view.id;
};
const person = (...given: [string, unknown][]) => {
  answers.given = given;
};

describe('the list', () => {
  it('is switched for one agent; what all had switched off before stays off', async () => {
    const at = await sandbox.skill('project/.agents/skills/deploy');
    state.set('letta.skills.disabled', [at]);
    const [one, two] = [open('agent-1'), open('agent-2')];
    const enabled = async (library: Library, id: string) =>
      (await library.views()).find((each) => each.id === id)?.enabled;
    expect([await enabled(one, at), await enabled(two, at)]).toEqual([false, false]);
    await one.enable(at, true);
    await two.enable('bundled:memory-hygiene', false);
    expect([await enabled(one, at), await enabled(two, at)]).toEqual([true, false]);
    expect((await one.offered()).map(({ name }) => name)).toContain('memory-hygiene');
    expect((await two.offered()).map(({ name }) => name)).not.toContain('memory-hygiene');
    await expect(loadSkill(await two.all(), 'memory-hygiene', 'model')).rejects.toThrow(
      'switched the skill "memory-hygiene" off',
    );
  });

  it('carries use and cost; use that cannot be read is left out', async () => {
    const at = await sandbox.skill('project/.agents/skills/deploy');
    const counts: SkillUsageCounts = { used: 2, succeeded: 1, corrected: 1, lastUsed: '2026-01-01T00:00:00Z' };
    const of = async (library: Library) => (await library.views()).find(({ id }) => id === at);
    const known = await of(open('agent-1', { usage: async () => new Map([[at, counts]]) }));
    expect([known?.usage, (known?.tokens?.entry ?? 0) > 5, (known?.tokens?.body ?? 0) > 1]).toEqual([
      counts,
      true,
      true,
    ]);
    const unknown = await of(open('agent-1', { usage: () => Promise.reject(new Error('damaged')) }));
    expect([unknown?.name, unknown?.usage]).toEqual(['deploy', undefined]);
  });

  it('says that a revision waits or was discarded, for as long as the skill is as it was then', async () => {
    const at = await sandbox.skill('project/.agents/skills/deploy');
    const file = join(at, 'SKILL.md');
    await writeFile(file, text('deploy').replaceAll('\n', '\r\n'));
    const revision = { skill: at, base: text('deploy'), discarded: true, at: 1 };
    let given = [revision, { ...revision, skill: '/elsewhere', discarded: false }];
    const library = open('agent-1', { revisions: (skills) => revisionStates(given, skills) });
    const state = async () => (await library.views()).find(({ id }) => id === at)?.revision;
    expect(await state()).toBe('discarded');
    given = [revision, { ...revision, discarded: false }];
    expect(await state()).toBe('waiting');
    await writeFile(file, text('deploy', 'Changed.'));
    expect(await state()).toBeUndefined();
    await writeFile(file, text('deploy'));
    expect(await state()).toBe('waiting');
  });

  it('has the agent’s skills from its home the first time it is asked for', async () => {
    stored.set('deploy', { name: 'deploy', files: new Map([['SKILL.md', Buffer.from(text('deploy'))]]) });
    const library = open();
    expect(await own(library)).toEqual(['deploy: agent']);
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Do it.');
    // Another computer wrote it.
    expect([await library.reviewed('deploy'), await library.reviewed('memory-hygiene')]).toEqual([false, true]);
  });
});

describe('what the person has read', () => {
  it('is asked of the skill that the model is offered, not of one of its name that is switched off or broken', async () => {
    const library = open();
    await library.save(text('deploy', 'Mine.'), 'project');
    const mine = await idOf(library, 'deploy');
    await library.enable(mine, false);
    // Came with a pull.
    const theirs = await sandbox.skill('project/.claude/skills/deploy', { body: 'Obey.' });
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Obey.');
    expect([await library.reviewed('deploy'), await library.idOf('deploy')]).toEqual([false, theirs]);
    expect([await library.reviewed('deploy', mine), await library.reviewed('deploy', theirs)]).toEqual([true, false]);
    await library.enable(mine, true);
    expect([await library.reviewed('deploy'), await library.idOf('deploy')]).toEqual([true, mine]);

    await rm(mine, { recursive: true });
    await sandbox.write('project/.agents/skills/deploy/SKILL.md', '# Broken\n');
    await library.settled(join(theirs, 'SKILL.md'));
    expect([await library.reviewed('deploy'), await library.idOf('deploy')]).toEqual([true, theirs]);
  });
});

describe('saving', () => {
  it('goes to each scope, and the agent’s to its home', async () => {
    const library = open();
    await library.save(text('one'), 'project');
    await library.save(text('two'), 'computer');
    const { fsPath } = await library.save(text('three'), 'agent');
    expect(await own(library)).toEqual(['one: project', 'three: agent', 'two: computer']);
    expect(await readdir(join(sandbox.home, '.agents/skills'))).toEqual(['two']);
    expect([fsPath, [...stored.keys()]]).toEqual([join(sandbox.root, 'storage/agent-1/three/SKILL.md'), ['three']]);
    expect(await library.reviewed('three')).toBe(true);
  });

  it('sends what is edited in the agent’s files to its home', async () => {
    const library = open();
    const { fsPath } = await library.save(text('deploy'), 'agent');
    await writeFile(fsPath, text('deploy', 'Better.'));
    answers.saved({ uri: { fsPath } });
    const kept = () => Buffer.from(stored.get('deploy')?.files.get('SKILL.md') ?? '').toString();
    await vi.waitFor(() => expect(kept()).toBe(text('deploy', 'Better.')));
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Better.');
  });

  it('into the project asks which of several folders, and writes nothing where none is chosen', async () => {
    const library = open();
    const second = { uri: { scheme: 'file', fsPath: join(sandbox.root, 'second') } };
    await mkdir(second.uri.fsPath);
    folders.open = [...folders.open, second];
    await expect(library.save(text('one'), 'project')).rejects.toThrow('no folder was chosen');
    person(['Which folder', second]);
    const { fsPath } = await library.save(text('one'), 'project');
    expect(fsPath).toBe(join(second.uri.fsPath, '.agents/skills/one/SKILL.md'));
    await library.save(text('two'), 'agent');
    person(['Move “', 'project']);
    await library.desk.move(await idOf(library, 'two'));
    expect(await own(library)).toEqual(['one: project', 'two: agent']);
    person(['Move “', 'project'], ['Which folder', second]);
    await library.desk.move(await idOf(library, 'two'));
    expect(await readdir(join(second.uri.fsPath, '.agents/skills'))).toEqual(['one', 'two']);
    person(['Which folder', { name: 'far', uri: { scheme: 'ftp' } }]);
    await expect(library.save(text('three'), 'project')).rejects.toThrow('Choose another folder');
  });

  it('brings what the home got by other ways, and knows which of it the person has read', async () => {
    const library = open();
    for (const name of ['read', 'unread'])
      stored.set(name, { name, files: new Map([['SKILL.md', Buffer.from(text(name))]]) });
    await library.fromHome({ file: 'read/SKILL.md', text: text('read') });
    await library.fromHome({ file: 'unread/SKILL.md', text: text('unread', 'Something else.') });
    expect(await own(library)).toEqual(['read: agent', 'unread: agent']);
    expect([await library.reviewed('read'), await library.reviewed('unread')]).toEqual([true, false]);
  });

  it('refuses a name that VS Code would drop', async () => {
    await expect(open().save(text('Not_A_Name'), 'agent')).rejects.toThrow('may hold only a-z');
    expect(stored.size).toBe(0);
  });
});

describe('what a person does with one', () => {
  it('deletes the agent’s from its home as well, and brings it back', async () => {
    const library = open();
    await library.save(text('deploy'), 'agent');
    person(['Deleted', 'Undo']);
    await library.desk.remove(await idOf(library, 'deploy'));
    await vi.waitFor(async () => expect(await own(library)).toEqual(['deploy: agent']));
    await vi.waitFor(() => expect([...stored.keys()]).toEqual(['deploy']));
    expect(answers.asked).toContain('Deleted the skill “deploy”.');
  });

  it('moves it with its scripts, and back', async () => {
    const library = open();
    await sandbox.skill('project/.claude/skills/deploy');
    await sandbox.write('project/.claude/skills/deploy/scripts/run.sh', 'make\n');
    person(['Move “', 'agent']);
    await library.desk.move(await idOf(library, 'deploy'));
    expect(await own(library)).toEqual(['deploy: agent']);
    expect([...(stored.get('deploy')?.files.keys() ?? [])].toSorted()).toEqual(['SKILL.md', 'scripts/run.sh']);
    person(['Move “', 'computer'], ['Moved', 'Undo']);
    await library.desk.move(await idOf(library, 'deploy'));
    await vi.waitFor(async () => expect(await own(library)).toEqual(['deploy: agent']));
    await vi.waitFor(() => expect([...stored.keys()]).toEqual(['deploy']));
    expect(await readdir(join(sandbox.home, '.agents/skills'))).toEqual([]);
  });

  it('takes what is counted of it along, wherever it goes', async () => {
    const went: string[][] = [];
    const shown = (path: string) => path.replace(sandbox.root, '');
    const library = open('agent-1', { moved: async (from, to) => void went.push([from, to].map(shown)) });
    const folder = join(sandbox.root, 'storage/agent-1/Deploy_It');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'SKILL.md'), text('deploy'));
    person(['Mending', 'Apply']);
    await library.desk.fix(await idOf(library, 'deploy'));
    await vi.waitFor(() => expect(went).toHaveLength(1));
    person(['Move “', 'project'], ['Moved', 'Undo']);
    await library.desk.move(await idOf(library, 'deploy'));
    await vi.waitFor(() => expect(went).toHaveLength(3));
    const [own, project] = ['/storage/agent-1/deploy', '/project/.agents/skills/deploy'];
    expect(went).toEqual([
      ['/storage/agent-1/Deploy_It', own],
      [own, project],
      [project, own],
    ]);
    // A copy begins at nothing.
    person(['Customize', 'computer']);
    await library.desk.move('bundled:memory-hygiene');
    expect(went).toHaveLength(3);
    const lost = open('agent-1', { moved: () => Promise.reject(new Error('full')) });
    person(['Move “', 'computer']);
    await lost.desk.move(await idOf(lost, 'deploy'));
    expect(await readdir(join(sandbox.home, '.agents/skills'))).toContain('deploy');
  });

  it('moves nothing over another of that name', async () => {
    const library = open();
    await sandbox.skill('project/.agents/skills/deploy');
    await library.save(text('deploy', 'Mine.'), 'agent');
    person(['Move “', 'agent']);
    const [first] = await library.views();
    await expect(library.desk.move(first?.id ?? '')).rejects.toThrow('There is a skill “deploy” there already');
    expect(await own(library)).toEqual(['deploy: project', 'deploy: agent']);
  });

  it('moves nothing of a skill that it cannot copy whole, and says what that is', async () => {
    const library = open();
    const folder = await sandbox.skill('project/.agents/skills/deploy');
    await sandbox.write('project/.agents/skills/deploy/node_modules/a/index.js', '');
    await mkdir(join(folder, 'data'));
    await symlink(join(folder, 'data'), join(folder, 'latest'));
    await sandbox.write(`project/.agents/skills/deploy/${'deep/'.repeat(9)}file`, '');
    const id = await idOf(library, 'deploy');
    person(['Move “', 'computer']);
    await expect(library.desk.move(id)).rejects.toThrow(
      `would not be copied: ${'deep/'.repeat(8)}deep, latest, node_modules. Remove that`,
    );
    await Promise.all(['node_modules', 'latest', 'deep'].map((path) => rm(join(folder, path), { recursive: true })));
    locked.add(join(folder, 'data'));
    await expect(library.desk.move(id)).rejects.toThrow('EACCES');
    locked.clear();
    expect(await own(library)).toEqual(['deploy: project']);
    expect(await readdir(sandbox.home)).toEqual([]);
    await library.desk.move(id);
    expect(await own(library)).toEqual(['deploy: computer']);
  });

  it('copies a bundled one, which can be neither deleted nor mended', async () => {
    const library = open();
    person(['Customize', 'computer']);
    await library.desk.move('bundled:memory-hygiene');
    expect(await own(library)).toEqual(['memory-hygiene: computer']);
    const bundled = (await library.views()).find(({ id }) => id === 'bundled:memory-hygiene');
    expect(bundled?.shadowedBy).toBe('~/.agents/skills/memory-hygiene');
    await expect(library.desk.remove('bundled:memory-hygiene')).rejects.toThrow('comes with the extension');
    await expect(library.desk.fix('bundled:memory-hygiene')).rejects.toThrow('needs your judgement');
  });

  it('mends it after a yes, never over unsaved words', async () => {
    const library = open();
    const file = join(await sandbox.skill('project/.agents/skills/deploy', { name: 'Deploy' }), 'SKILL.md');
    const broken = await readFile(file, 'utf8');
    answers.documents = [{ uri: { fsPath: file }, isDirty: true }];
    person(['Mending', 'Apply']);
    await library.desk.fix(await idOf(library, 'Deploy'));
    await vi.waitFor(() => expect(answers.asked.at(-1)).toContain('unsaved changes'));
    expect(await readFile(file, 'utf8')).toBe(broken);
    answers.documents = [];
    await library.desk.fix(await idOf(library, 'Deploy'));
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain('name: deploy\n'));
    await vi.waitFor(async () => expect((await library.views())[0]?.problems).toEqual([]));
  });

  it('renames the agent’s folder in its home as well', async () => {
    const library = open();
    const folder = join(sandbox.root, 'storage/agent-1/Deploy_It');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'SKILL.md'), text('deploy'));
    const id = await idOf(library, 'deploy');
    expect([...stored.keys()]).toEqual(['Deploy_It']);
    person(['Mending', 'Apply']);
    await library.desk.fix(id);
    await vi.waitFor(() => expect([...stored.keys()]).toEqual(['deploy']));
  });

  it('asks name, description and scope of a new one, and opens a valid draft', async () => {
    const openDraft = vi.fn(async () => undefined);
    const library = open('agent-1', { openDraft });
    person(['New Skill (1', 'fold-paper'], ['New Skill (2', 'Folds: paper.'], ['New Skill (3', 'agent']);
    await library.desk.create();
    const [[draft, scope] = ['', '']] = openDraft.mock.calls as unknown as [string, string][];
    expect(scope).toBe('agent');
    await library.save(draft, 'agent');
    expect(await own(library)).toEqual(['fold-paper: agent']);
  });
});
