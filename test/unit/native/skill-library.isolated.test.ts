// The skills of a window: switched per agent, saved into each scope, deleted, moved and mended with a way back.
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SkillLibraryDeps } from '../../../src/native/skill-library-deps.ts';
import type { SkillUsageCounts } from '../../../src/protocol/skill-views.ts';
import type { SkillStore, StoredSkill } from '../../../src/skills/agent-folder.ts';
import { loadSkill } from '../../../src/skills/offer-skills.ts';
import { revisionStates } from '../../../src/skills/revisions.ts';
import { eventually } from '../../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../skills/support.ts';

/** What the person answers: by the start of the question. */
const answers = vi.hoisted(() => ({
  given: [] as [string, unknown][],
  asked: [] as string[],
  details: [] as [string, string][],
  documents: [] as unknown[],
  saved: (_document: unknown): void => {},
  focused: (_state: { focused: boolean }): void => {},
  watched: [] as string[],
  validate: (_text: string): unknown => undefined,
  touched: (_glob: string): void => {},
  trash: true,
  settings: new Map<string, unknown>(),
  configured: (_event: { affectsConfiguration(section: string): boolean }): void => {},
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
    InputBoxValidationSeverity: { Warning: 2 },
    RelativePattern: class {
      constructor({ fsPath }: { fsPath: string }) {
        answers.watched.push(fsPath);
      }
    },
    commands: { executeCommand: async () => undefined },
    window: {
      showInformationMessage: answer,
      showWarningMessage: (question: string, { detail = '' }: { detail?: string } = {}) => {
        answers.details.push([question, detail]);
        return answer(question);
      },
      showErrorMessage: answer,
      showTextDocument: async () => undefined,
      showWorkspaceFolderPick: async ({ placeHolder }: { placeHolder: string }) => answer(placeHolder),
      onDidChangeWindowState: (listener: typeof answers.focused) => {
        answers.focused = listener;
        return silent();
      },
      showInputBox: async ({ title, validateInput }: { title: string; validateInput: typeof answers.validate }) => {
        answers.validate = validateInput;
        return answer(title);
      },
      showQuickPick: async (items: object[], { title }: { title: string }) => {
        const wanted = await answer(title);
        return items.find((item) => Object.values(item).includes(wanted));
      },
      showOpenDialog: async ({ title }: { title: string }) => answer(title),
    },
    workspace: {
      get workspaceFolders() {
        return folders.open;
      },
      isTrusted: true,
      getConfiguration: () => ({
        inspect: (key: string) => ({ globalValue: answers.settings.get(key) }),
        get: (key: string) => answers.settings.get(key),
      }),
      onDidGrantWorkspaceTrust: silent,
      onDidChangeConfiguration: (listener: typeof answers.configured) => {
        answers.configured = listener;
        return silent();
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
      createFileSystemWatcher: (glob: unknown) => ({
        dispose: () => {},
        onDidCreate: silent,
        onDidChange: silent,
        onDidDelete: (listener: () => void) => {
          const before = answers.touched;
          answers.touched = (touched) => (touched === glob ? listener() : before(touched));
          return silent();
        },
      }),
      fs: {
        rename: (from: { fsPath: string }, to: { fsPath: string }) => rename(from.fsPath, to.fsPath),
        delete: async ({ fsPath }: { fsPath: string }) => {
          if (answers.trash) await rename(fsPath, join(sandbox.root, 'trash', basename(fsPath)));
          else throw new Error('Unable to delete via trash');
        },
      },
    },
  };
});

const { hiddenSkills } = await import('../../../src/hidden-skills.ts');
const { SkillLibrary } = await import('../../../src/native/skill-library.ts');
const { SkillSharing } = await import('../../../src/native/skill-sharing.ts');
const { SkillVersions } = await import('../../../src/skills/versions.ts');

let sandbox: Sandbox;
let stored: Map<string, StoredSkill>;
let state: Map<string, unknown>;
const libraries: { dispose(): void }[] = [];

beforeEach(async () => {
  sandbox = await makeSandbox();
  computer.home = sandbox.home;
  folders.open = [{ uri: { scheme: 'file', fsPath: sandbox.project } }];
  Object.assign(answers, {
    given: [],
    asked: [],
    details: [],
    documents: [],
    watched: [],
    touched: () => {},
    trash: true,
    settings: new Map(),
  });
  await mkdir(join(sandbox.root, 'trash'));
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
    hiding: hiddenSkills,
    secrets: async () => ({ maskSecrets: (text) => text }),
    log: () => {},
    ...more,
  });
  libraries.push(library);
  return library;
}
type Library = ReturnType<typeof open>;

const unanswered = () => Promise.reject(new Error('It does not answer.'));
const AWAY: SkillStore = { list: unanswered, put: unanswered, remove: unanswered };

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

  it('stays switched off wherever it moves, and a new skill in its old place is on', async () => {
    const [library, other] = [open(), open()];
    const at = await sandbox.skill('project/.agents/skills/deploy');
    const offered = async (of: Library) => (await of.offered()).some(({ name }) => name === 'deploy');
    expect(await offered(other)).toBe(true);
    await library.enable(at, false);
    // Another window of the same agent has its list already.
    expect(await offered(other)).toBe(false);
    person(['Move “', 'computer']);
    await library.desk.move(at);
    expect(await offered(library)).toBe(false);
    await library.save(text('deploy'), 'project');
    expect(await offered(library)).toBe(true);
    const moved = join(sandbox.home, '.agents/skills/deploy');
    await library.desk.remove(moved);
    await eventually(() => expect(JSON.stringify([...state])).not.toContain(moved));
  });

  it('is read anew where nothing watches: with the focus, and when a SKILL.md is saved', async () => {
    const library = open();
    expect(answers.watched).toContain(join(sandbox.home, '.letta/agents/agent-1/memory/skills'));
    const elsewhere = await sandbox.skill('elsewhere/deploy');
    await mkdir(join(sandbox.home, '.agents/skills'), { recursive: true });
    await symlink(elsewhere, join(sandbox.home, '.agents/skills/deploy'));
    const described = async () => (await library.views()).find(({ name }) => name === 'deploy')?.description;
    expect(await described()).toBe('Does it.');
    await sandbox.skill('elsewhere/deploy', { description: 'Saved.' });
    answers.saved({ uri: { fsPath: join(elsewhere, 'SKILL.md') } });
    expect(await described()).toBe('Saved.');
    await sandbox.skill('elsewhere/deploy', { description: 'Pulled.' });
    answers.focused({ focused: true });
    expect(await described()).toBe('Pulled.');
  });

  it('shows what lies here at once, whatever the home takes; the rest is told', async () => {
    await sandbox.skill('project/.agents/skills/deploy');
    stored.set('fold', { name: 'fold', files: new Map([['SKILL.md', Buffer.from(text('fold'))]]) });
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow = { ...AWAY, list: () => answered.then(() => [...stored.values()]) };
    const changed = vi.fn();
    const library = open('agent-1', { store: slow, changed });
    // Nobody waits for a time to pass.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      expect(await own(library)).toEqual(['deploy: project']);
    } finally {
      vi.useRealTimers();
    }
    changed.mockClear();
    answer();
    await eventually(() => expect(changed).toHaveBeenCalled());
    expect(await own(library)).toEqual(['deploy: project', 'fold: agent']);
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

  it('says of each what it costs as it is sent, and previews the one that was used last as sent', async () => {
    const long = 'word '.repeat(200);
    for (let n = 100; n < 250; n++) await sandbox.skill(`project/.agents/skills/s-${n}`, { description: long });
    const last = join(sandbox.project, '.agents/skills/s-249');
    const counts: SkillUsageCounts = { used: 2, succeeded: 1, corrected: 1, lastUsed: '2026-01-01T00:00:00Z' };
    const library = open('agent-1', { usage: async () => new Map([[last, counts]]) });
    const costs = async () => new Map((await library.views()).map(({ name, tokens }) => [name, tokens?.entry]));
    await eventually(async () => expect((await costs()).get('s-248')).toBe(0));
    const sent = (await library.offered()).find(({ name }) => name === 's-249');
    expect(sent?.description.length).toBeLessThan(100);
    const shown = await library.desk.preview(last);
    expect(shown.entry).toContain(`(${sent?.description})`);
    expect((await costs()).get('s-249')).toBe(shown.tokens.entry);
  });

  it('has the agent’s skills from its home the first time it is asked for', async () => {
    stored.set('deploy', { name: 'deploy', files: new Map([['SKILL.md', Buffer.from(text('deploy'))]]) });
    const library = open();
    expect((await library.offered()).map(({ name }) => name)).toContain('deploy');
    expect(await own(library)).toEqual(['deploy: agent']);
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Do it.');
    // Another computer wrote it.
    expect([await library.reviewed('deploy'), await library.reviewed('memory-hygiene')]).toEqual([false, true]);
  });
});

describe('what .lettaignore hides', () => {
  it('is listed with the reason, and neither offered, found nor loaded; another of its name takes its place', async () => {
    await sandbox.skill('project/.agents/skills/deploy', { body: 'Hidden.' });
    await sandbox.skill('project/.agents/skills/drafts/one');
    await sandbox.skill('home/.agents/skills/deploy', { body: 'Mine.' });
    await sandbox.write('project/.lettaignore', '# Not for models\n.agents/skills/deploy/SKILL.md\ndrafts/\n');
    const library = open();
    const views = (await library.views()).filter(({ scope }) => scope === 'project');
    expect(views.map(({ name, problems }) => [name, problems])).toEqual([
      ['deploy', ['`.lettaignore` hides it from the agent.']],
      ['one', ['`.lettaignore` hides it from the agent.']],
    ]);
    const offered = (await library.offered()).map(({ name, location }) => [name, location.includes('project')]);
    expect(offered).toContainEqual(['deploy', false]);
    expect(offered).not.toContainEqual(['one', true]);
    expect(await loadSkill(await library.all(), 'deploy', 'person')).toContain('Mine.');
    for (const caller of ['model', 'person'] as const)
      await expect(loadSkill(await library.all(), 'one', caller)).rejects.toThrow('hides it from the agent');

    await rm(join(sandbox.project, '.lettaignore'));
    answers.touched('**/.lettaignore');
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Hidden.');
  });
});

describe('what a rule refuses to read', () => {
  const configure = (deny: string[]) => {
    answers.settings.set('permissions.deny', deny);
    answers.configured({ affectsConfiguration: (section) => section === 'letta.permissions' });
  };
  const problemsOf = async (library: Library, name: string) =>
    (await library.views()).find((each) => each.name === name)?.problems;

  it('is listed with the rule, and neither offered nor loaded, from the change of the setting on', async () => {
    await sandbox.skill('project/.agents/skills/deploy');
    await sandbox.skill('project/.agents/skills/test');
    await sandbox.skill('home/.agents/skills/mine');
    const library = open();
    const all = ['deploy', 'mine', 'test'];
    expect((await library.offered()).map(({ name }) => name)).toEqual(expect.arrayContaining(all));
    const mine = `Read(/${sandbox.home}/.agents/skills/mine/SKILL.md)`;
    configure(['Read(.agents/skills/deploy/**)', mine, 'Edit(.agents/skills/test/**)']);
    expect(await problemsOf(library, 'deploy')).toEqual([
      'The rule `Read(.agents/skills/deploy/**)` hides it from the agent.',
    ]);
    const offered = (await library.offered()).map(({ name }) => name);
    expect(offered).toContain('test');
    expect(offered).not.toContain('deploy');
    expect(offered).not.toContain('mine');
    for (const caller of ['model', 'person'] as const)
      await expect(loadSkill(await library.all(), 'deploy', caller)).rejects.toThrow('hides it from the agent');
    configure([]);
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Do it.');
  });

  it('may stand in the workspace’s own rules, and in the way to a skill that is a link', async () => {
    await sandbox.skill('project/shared/deploy');
    await mkdir(join(sandbox.project, '.agents/skills'), { recursive: true });
    await symlink(join(sandbox.project, 'shared/deploy'), join(sandbox.project, '.agents/skills/deploy'));
    const library = open();
    expect(await problemsOf(library, 'deploy')).toEqual([]);
    for (const pattern of ['.agents/skills/**', 'shared/**']) {
      const rule = `Read(${pattern})`;
      await sandbox.write('project/.letta/settings.json', JSON.stringify({ permissions: { deny: [rule] } }));
      answers.touched('**/.letta/{settings,settings.local}.json');
      expect(await problemsOf(library, 'deploy')).toEqual([`The rule \`${rule}\` hides it from the agent.`]);
    }
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
    const { fsPath } = (await library.save(text('three'), 'agent')).uri;
    expect(await own(library)).toEqual(['one: project', 'three: agent', 'two: computer']);
    expect(await readdir(join(sandbox.home, '.agents/skills'))).toEqual(['two']);
    expect([fsPath, [...stored.keys()]]).toEqual([join(sandbox.root, 'storage/agent-1/three/SKILL.md'), ['three']]);
    expect(await library.reviewed('three')).toBe(true);
  });

  it('of the computer goes where the person’s own link leads; of the project it does not', async () => {
    const library = open();
    for (const [place, folder] of [
      [sandbox.home, 'dotfiles'],
      [sandbox.project, 'other'],
    ] as const) {
      await mkdir(join(sandbox.root, folder, 'skills'), { recursive: true });
      await symlink(join(sandbox.root, folder), join(place, '.agents'));
    }
    await library.save(text('deploy'), 'computer');
    expect(await readdir(join(sandbox.root, 'dotfiles/skills'))).toEqual(['deploy']);
    expect(await own(library)).toEqual(['deploy: computer']);
    await expect(library.save(text('release'), 'project')).rejects.toThrow('Remove the link');
  });

  it('sends what is edited in the agent’s files to its home', async () => {
    const library = open();
    const { fsPath } = (await library.save(text('deploy'), 'agent')).uri;
    await writeFile(fsPath, text('deploy', 'Better.'));
    answers.saved({ uri: { fsPath } });
    const kept = () => Buffer.from(stored.get('deploy')?.files.get('SKILL.md') ?? '').toString();
    await eventually(() => expect(kept()).toBe(text('deploy', 'Better.')));
    expect(await loadSkill(await library.all(), 'deploy', 'model')).toContain('Better.');
  });

  it('into the project asks which of several folders, and writes nothing where none is chosen', async () => {
    const library = open();
    const second = { uri: { scheme: 'file', fsPath: join(sandbox.root, 'second') } };
    await mkdir(second.uri.fsPath);
    folders.open = [...folders.open, second];
    await expect(library.save(text('one'), 'project')).rejects.toThrow('no folder was chosen');
    person(['Which folder', second]);
    const { fsPath } = (await library.save(text('one'), 'project')).uri;
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

  it('writes the files beside it first, and says why the home did not take it', async () => {
    const library = open();
    const sent = await library.save(text('deploy'), 'agent', { files: [{ path: 'templates/a.txt', text: 'a\n' }] });
    expect([...(stored.get('deploy')?.files.keys() ?? [])].toSorted()).toEqual(['SKILL.md', 'templates/a.txt']);
    expect(sent.unsent).toBeUndefined();
    const away = open('agent-2', { store: AWAY });
    const { uri, unsent } = await away.save(text('deploy'), 'agent');
    expect([await readFile(uri.fsPath, 'utf8'), unsent]).toEqual([text('deploy'), 'It does not answer.']);
  });

  it('asks once about a skill of that name elsewhere, of which only one would be used', async () => {
    const library = open();
    await sandbox.skill('project/.claude/skills/deploy', { body: 'Theirs.' });
    const ask = async (scope: 'project' | 'agent' | 'computer', said: string) => {
      answers.asked.length = 0;
      person(['There is a skill “deploy” already, in', said]);
      const saved = await library.save(text('deploy'), scope).catch(String);
      expect(answers.asked).toEqual(['There is a skill “deploy” already, in .claude/skills/deploy.']);
      return saved;
    };
    for (const scope of ['project', 'agent', 'computer'] as const)
      expect(await ask(scope, 'Cancel')).toBe('Error: Not saved: there is a skill “deploy” already.');
    expect([await readdir(join(sandbox.home, '.agents/skills')), stored.size]).toEqual([[], 0]);
    expect(answers.details.map(([, detail]) => detail)).toEqual([
      'The new one comes first: that one would no longer be used.',
      'That one comes first: the new one would not be used.',
      'That one comes first: the new one would not be used.',
    ]);
    await ask('computer', 'Save Anyway');
    expect(await own(library)).toEqual(['deploy: project', 'deploy: computer']);
    // Its own place: that it hides nothing or is hidden was said.
    answers.asked.length = 0;
    person(['There is a skill "deploy" already', 'Replace']);
    await library.save(text('deploy', 'Better.'), 'computer');
    expect(answers.asked).toEqual([expect.stringContaining('There is a skill "deploy" already')]);
    person();
    const files = new Map([['SKILL.md', Buffer.from(text('deploy'))]]);
    await expect(library.add('agent', 'deploy', files, () => false)).rejects.toThrow('Not imported');
    // Of two folders of a workspace the first wins.
    const second = { uri: { scheme: 'file', fsPath: join(sandbox.root, 'second') } };
    folders.open = [...folders.open, second];
    person(['Which folder', second]);
    await expect(library.save(text('deploy'), 'project')).rejects.toThrow('Not saved');
    expect(answers.details.at(-1)?.[1]).toBe('That one comes first: the new one would not be used.');
    folders.open = folders.open.slice(0, 1);
    answers.asked.length = 0;
    // One that is switched off is in nobody's way.
    await library.enable(await idOf(library, 'deploy'), false);
    await library.enable(join(sandbox.home, '.agents/skills/deploy'), false);
    await library.add('agent', 'deploy', files, () => false);
    // A copy of a built-in one takes its place, as the person was told.
    await library.save(text('memory-hygiene'), 'project', { from: 'bundled:memory-hygiene' });
    expect(answers.asked).toEqual([]);
  });

  it('replaces a skill as a whole, and keeps what it was', async () => {
    const versions = new SkillVersions(join(sandbox.root, 'versions'));
    const library = open('agent-1', { keep: (folder) => versions.mustKeep(folder) });
    const at = await sandbox.skill('project/.agents/skills/deploy', { body: 'Old.' });
    await sandbox.write('project/.agents/skills/deploy/scripts/old.sh', 'rm\n');
    await sandbox.write('project/.agents/skills/deploy/big', 'x'.repeat(6 * 1024 * 1024));
    person(['There is a skill "deploy" already', 'Replace']);
    await expect(library.save(text('deploy', 'New.'), 'project')).rejects.toThrow(
      /Not saved: the other skill could not be kept before\..*larger than 5 MB\. Delete or move it/,
    );
    expect(await readFile(join(at, 'SKILL.md'), 'utf8')).toContain('Old.');
    await rm(join(at, 'big'));
    await library.save(text('deploy', 'New.'), 'project');
    expect(await readdir(at)).toEqual(['SKILL.md']);
    const [kept] = await versions.list(at);
    const files = await versions.read(at, kept?.id ?? '');
    expect(Buffer.from(files.get('SKILL.md') ?? '').toString()).toContain('Old.');
    expect(Buffer.from(files.get('scripts/old.sh') ?? '').toString()).toBe('rm\n');
  });

  it('keeps versions in a repository too, which may ignore a skill or not have it yet', async () => {
    const library = open();
    await sandbox.write('project/.git/HEAD', 'ref: refs/heads/main\n');
    const at = await sandbox.skill('project/.agents/skills/deploy');
    const folder = join(sandbox.root, 'versions');
    const sharing = new SkillSharing({ library: async () => library, versions: folder });
    await sharing.keepAll();
    expect(await new SkillVersions(folder).list(at)).toHaveLength(1);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('asks before a secret of a whole skill comes into the project', async () => {
    const library = open('agent-1', {
      secrets: async () => ({ maskSecrets: (given) => given.replaceAll('hunter2', '[secret]') }),
    });
    const files = new Map<string, Uint8Array>([
      ['SKILL.md', Buffer.from(text('deploy'))],
      ['logo.png', Buffer.from([0xff, 0xd8])],
      ['scripts/run.sh', Buffer.from('#!/bin/sh\nlogin hunter2\n')],
    ]);
    const question = 'Line 2 of scripts/run.sh holds what looks like a secret';
    await expect(library.add('project', 'deploy', files, () => false)).rejects.toThrow('Not imported');
    expect(answers.asked).toEqual([expect.stringContaining(question)]);
    expect(await readdir(sandbox.project)).toEqual([]);

    await library.add('agent', 'deploy', files, () => false);
    expect(answers.asked).toHaveLength(1);
    const id = await idOf(library, 'deploy');
    person(['Move “', 'project']);
    await expect(library.desk.move(id)).rejects.toThrow('Not moved: the skill holds');
    expect(await own(library)).toEqual(['deploy: agent']);
    person(['Move “', 'project'], [question, 'Move Anyway']);
    await library.desk.move(id);
    const script = join(sandbox.project, '.agents/skills/deploy/scripts/run.sh');
    expect(await readFile(script, 'utf8')).toContain('hunter2');

    await rm(join(sandbox.project, '.agents'), { recursive: true });
    person([question, 'Mask and Import']);
    await library.add('project', 'deploy', files, () => false);
    expect(await readFile(script, 'utf8')).toBe('#!/bin/sh\nlogin [secret]\n');
    expect([...(await readFile(join(script, '../../logo.png')))]).toEqual([0xff, 0xd8]);
  });

  it('asks before a secret of a script that is wrapped comes into a skill of the project', async () => {
    const library = open('agent-1', {
      secrets: async () => ({ maskSecrets: (given) => given.replaceAll('hunter2', '[secret]') }),
    });
    await sandbox.write('project/.skills/login.sh', '#!/bin/sh\nlogin hunter2\n');
    const id = await idOf(library, 'login');
    const question = 'Line 2 of scripts/login.sh holds what looks like a secret';
    person(['Wrap login.sh', 'Logs in.']);
    await expect(library.desk.wrap(id)).rejects.toThrow('Not wrapped: the skill holds');
    expect(answers.asked.at(-1)).toContain(question);
    expect(await readdir(sandbox.project)).toEqual(['.skills']);
    person(['Wrap login.sh', 'Logs in.'], [question, 'Mask and Wrap']);
    await library.desk.wrap(id);
    const script = join(sandbox.project, '.agents/skills/login/scripts/login.sh');
    expect(await readFile(script, 'utf8')).toContain('login [secret]');
  });

  it('says after an import what becomes of its scripts, as it is in that scope', async () => {
    const library = open();
    const sharing = new SkillSharing({ library: async () => library, versions: join(sandbox.root, 'versions') });
    for (const name of ['plain', 'with-script']) await sandbox.skill(`elsewhere/${name}`);
    await sandbox.write('elsewhere/with-script/run.sh', 'true\n');
    const importing = async (name: string, button: string) => {
      const from = { fsPath: join(sandbox.root, 'elsewhere', name) };
      person(['Import Skill from a Folder', [from]], ['Import Skill', false], ['Import the skill', button]);
      await sharing.importSkill();
      await eventually(() => expect(answers.asked.at(-1)).toMatch(/^Imported/));
      return answers.asked.at(-1);
    };
    expect(await importing('with-script', 'To Project')).toBe(
      'Imported the skill “with-script” to the project. Its scripts are asked about when the agent first wants to run one.',
    );
    expect(await importing('plain', 'To Project')).toBe('Imported the skill “plain” to the project.');
    await rm(join(sandbox.project, '.agents'), { recursive: true });
    library.refresh();
    expect(await importing('with-script', 'To Agent')).toBe('Imported the skill “with-script” to this agent.');
    await library.desk.remove(await idOf(library, 'with-script'));
    expect(await importing('with-script', 'To Computer')).toBe('Imported the skill “with-script” to this computer.');
  });

  it('writes none for the project where no folder is open', async () => {
    folders.open = [];
    await expect(open().save(text('deploy'), 'project')).rejects.toThrow('No folder is open');
    expect(await readdir(sandbox.home)).toEqual([]);
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
    await eventually(async () => expect(await own(library)).toEqual(['deploy: agent']));
    await eventually(() => expect([...stored.keys()]).toEqual(['deploy']));
    expect(answers.asked).toContain('Deleted the skill “deploy”.');
  });

  it('says where a deleted one lies that cannot be brought back, and loses none where there is no trash', async () => {
    const versions = new SkillVersions(join(sandbox.root, 'versions'));
    const library = open('agent-1', { keep: (folder) => versions.mustKeep(folder) });
    const at = await sandbox.skill('project/.agents/skills/deploy', { body: 'Mine.' });
    let undo = (_answer: string) => {};
    person(['Deleted', new Promise((resolve) => (undo = resolve))]);
    await library.desk.remove(at);
    await sandbox.skill('project/.agents/skills/deploy', { body: 'Another.' });
    undo('Undo');
    await eventually(() => expect(answers.asked.at(-1)).toMatch(/“deploy” could not be brought back, and lies in/));
    const [hidden = ''] = (await readdir(join(at, '..'))).filter((name) => name.startsWith('.'));
    expect(answers.asked.at(-1)).toContain(join(at, '..', hidden));
    expect(await readFile(join(at, 'SKILL.md'), 'utf8')).toContain('Another.');

    person();
    answers.trash = false;
    await library.desk.remove(at);
    await eventually(async () => expect(await readdir(join(at, '..'))).toEqual([hidden]));
    const [kept] = await versions.list(at);
    expect(Buffer.from((await versions.read(at, kept?.id ?? '')).get('SKILL.md') ?? '').toString()).toContain(
      'Another.',
    );
    // Too large for a copy.
    await sandbox.skill('project/.agents/skills/deploy');
    await sandbox.write('project/.agents/skills/deploy/big', 'x'.repeat(6 * 1024 * 1024));
    await library.desk.remove(at);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await readdir(join(at, '..'))).toHaveLength(2);
  });

  it('puts into the trash what a reload left of deleted ones, and nothing else', async () => {
    const [old, now] = [Date.now() - 3_600_000, Date.now()];
    await sandbox.skill(`project/.agents/skills/.deploy.deleted-${old}`);
    await sandbox.skill(`project/.claude/skills/group/.one.deleted-${old}`);
    await sandbox.skill(`storage/agent-1/.two.deleted-${old}`);
    await sandbox.skill(`home/.letta/skills/.three.deleted-${now}`);
    await sandbox.write(`home/.letta/skills/.other.deleted-${old}/note.txt`, 'mine');
    await sandbox.skill('home/.letta/skills/four');
    const said = await open().desk.sweep();
    const swept = ['deploy', 'one', 'two'].map((name) => `.${name}.deleted-${old}`);
    expect((await readdir(join(sandbox.root, 'trash'))).toSorted()).toEqual(swept);
    expect(said).toEqual(
      swept.map((name) => expect.stringContaining(`lies in the trash as ${name}. Restore it from there.`)),
    );
    expect((await readdir(join(sandbox.home, '.letta/skills'))).toSorted()).toEqual([
      `.other.deleted-${old}`,
      `.three.deleted-${now}`,
      'four',
    ]);
    // Where there is no trash: a copy is kept, else it stays.
    answers.trash = false;
    await sandbox.skill(`project/.agents/skills/.five.deleted-${old}`);
    const versions = new SkillVersions(join(sandbox.root, 'versions'));
    expect(await open().desk.sweep()).toEqual([expect.stringContaining(`lies in ${sandbox.project}`)]);
    const [kept] = await open('agent-1', { keep: (folder) => versions.mustKeep(folder) }).desk.sweep();
    expect(kept).toContain(`lies in ${join(sandbox.root, 'versions')}`);
    expect(await readdir(join(sandbox.project, '.agents/skills'))).toEqual([]);
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
    await eventually(async () => expect(await own(library)).toEqual(['deploy: agent']));
    await eventually(() => expect([...stored.keys()]).toEqual(['deploy']));
    expect(await readdir(join(sandbox.home, '.agents/skills'))).toEqual([]);
  });

  it('stays where it was when the agent’s home does not take it, or does not let it go', async () => {
    await sandbox.skill('project/.agents/skills/deploy');
    await sandbox.skill('project/.agents/skills/big');
    await sandbox.write('project/.agents/skills/big/data', 'x'.repeat(600_000));
    const away = open('agent-1', { store: AWAY });
    person(['Move “', 'agent']);
    await expect(away.desk.move(await idOf(away, 'deploy'))).rejects.toThrow('It does not answer.');
    const full = new Error('At most 512 KB.');
    const refusing = open('agent-2', { store: { ...AWAY, list: async () => [], put: () => Promise.reject(full) } });
    await expect(refusing.desk.move(await idOf(refusing, 'big'))).rejects.toThrow('At most 512 KB.');
    expect(await own(refusing)).toEqual(['big: project', 'deploy: project']);

    await away.save(text('mine'), 'agent');
    person(['Move “', 'computer']);
    for (let tries = 0; tries < 2; tries++)
      await expect(away.desk.move(await idOf(away, 'mine'))).rejects.toThrow('It does not answer.');
    expect(await own(away)).toEqual(['big: project', 'deploy: project', 'mine: agent']);
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
    await eventually(() => expect(went).toHaveLength(1));
    person(['Move “', 'project'], ['Moved', 'Undo']);
    await library.desk.move(await idOf(library, 'deploy'));
    await eventually(() => expect(went).toHaveLength(3));
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
    person(['There is a skill', 'Save Anyway'], ['Move “', 'agent']);
    await library.save(text('deploy', 'Mine.'), 'agent');
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
    expect(await readdir(join(sandbox.home, '.agents/skills'))).toEqual([]);
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
    await library.desk.fix(await idOf(library, 'deploy'));
    await eventually(() => expect(answers.asked.at(-1)).toContain('unsaved changes'));
    expect(await readFile(file, 'utf8')).toBe(broken);
    answers.documents = [];
    await library.desk.fix(await idOf(library, 'deploy'));
    await eventually(async () => expect(await readFile(file, 'utf8')).toContain('name: deploy\n'));
    await eventually(async () => expect((await library.views())[0]?.hints).toBeUndefined());
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
    await eventually(() => expect([...stored.keys()]).toEqual(['deploy']));
  });

  it('warns of a name that a command has', async () => {
    await open().desk.create();
    expect([answers.validate('doctor'), answers.validate('see-a-doctor')]).toEqual([
      { message: expect.stringMatching(/^“\/doctor” runs the command/), severity: 2 },
      undefined,
    ]);
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
