// Learning, tied together: what a draft offers, what becomes of its hidden thread, and when the day's proposal is spent.
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Evidence } from '../../../src/flows/improve-skill.ts';
import type { SideThread } from '../../../src/flows/run-beside.ts';
import type { LearningDeps, Learning as LearningType } from '../../../src/learning.ts';
import { DraftStore } from '../../../src/native/draft-store.ts';
import { freshUsage, SkillUsage } from '../../../src/skills/usage.ts';
import { eventually } from '../../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../skills/support.ts';
import { sideThread } from './side-thread.ts';

interface Lens {
  command: { title: string };
}

/** What the window shows, and what the person does in it. */
const editor = vi.hoisted(() => ({
  selected: 'const shelf = 1;',
  folders: [] as { uri: { scheme: string; fsPath: string } }[],
  /** Each with its buttons. */
  told: [] as string[][],
  opened: [] as { path: string }[],
  cancel: (): void => {},
  lenses: async (_document: object): Promise<Lens[]> => [],
  picked: [] as string[],
}));
vi.mock('vscode', () => {
  const silent = () => ({ dispose: () => {} });
  const uri = (parts: { scheme: string; path: string }) => ({
    ...parts,
    fsPath: parts.path,
    toString: () => `${parts.scheme}:${parts.path}`,
  });
  const position = { line: 0 };
  const document = {
    uri: uri({ scheme: 'file', path: '/p/src/shelf.ts' }),
    languageId: 'typescript',
    getText: () => editor.selected,
  };
  return {
    Uri: { file: (path: string) => uri({ scheme: 'file', path }), from: uri },
    Disposable: { from: silent },
    Range: class {},
    CodeLens: class {
      readonly command: unknown;
      constructor(_range: unknown, command: unknown) {
        this.command = command;
      }
    },
    ProgressLocation: {},
    TextDocumentSaveReason: {},
    TabInputText: class {},
    TabInputTextDiff: class {},
    FileType: {},
    FileSystemError: { FileNotFound: () => new Error('not found') },
    languages: {
      getDiagnostics: () => [],
      registerCodeLensProvider: (_: unknown, provider: { provideCodeLenses: typeof editor.lenses }) => {
        editor.lenses = provider.provideCodeLenses;
        return silent();
      },
      setTextDocumentLanguage: async () => {},
    },
    commands: { executeCommand: async () => {} },
    window: {
      activeTextEditor: { document, selection: { isEmpty: false, start: position, end: position } },
      tabGroups: { all: [] },
      showInformationMessage: async (...said: string[]) => void editor.told.push(said),
      showQuickPick: async (items: { label: string }[]) => void editor.picked.push(...items.map(({ label }) => label)),
      showTextDocument: async (shown: { uri: { path: string } }) => {
        editor.opened.push(shown.uri ?? shown);
        return { document: shown };
      },
      withProgress: (_: unknown, work: (progress: unknown, token: object) => unknown) =>
        work({}, { onCancellationRequested: (cancel: () => void) => Object.assign(editor, { cancel }) }),
    },
    workspace: {
      get workspaceFolders() {
        return editor.folders;
      },
      textDocuments: [],
      asRelativePath: () => 'src/shelf.ts',
      openTextDocument: async (opened: unknown) => ({ uri: opened }),
      onWillSaveTextDocument: silent,
      onDidSaveTextDocument: silent,
    },
  };
});

const { Learning } = await import('../../../src/learning.ts');
const { SkillDrafts } = await import('../../../src/native/skill-drafts.ts');
const { draftActions } = await import('../../../src/commands/learn-skill-draft.ts');

const DAY = 24 * 3_600_000;
const HERE = { home: 'here', agentId: 'agent-1' };
const skillText = (name: string, step: string) => `---\nname: ${name}\ndescription: How.\n---\n\n1. ${step}\n`;

let storage: string;
let box: Sandbox;
beforeEach(async () => {
  storage = await mkdtemp(join(tmpdir(), 'letta-learning-'));
  box = await makeSandbox();
  Object.assign(editor, { folders: [{ uri: { scheme: 'file', fsPath: '/p' } }], told: [], opened: [], picked: [] });
});
afterEach(async () => {
  await rm(storage, { recursive: true, force: true });
  await box[Symbol.asyncDispose]();
});

/** @param thread gives the hidden thread of each conversation; rejects where the home is down */
function world(thread: () => Promise<SideThread>, now = () => Date.now()) {
  const ended: string[] = [];
  const logged: string[] = [];
  let usageState = freshUsage();
  const usage = new SkillUsage(
    {
      read: async () => usageState,
      change: async (change) => {
        usageState = change(usageState) ?? usageState;
      },
    },
    now,
  );
  const drafts = new SkillDrafts({ fsPath: storage } as never, async () => ({}) as never);
  const view = { id: join(box.project, 'deploy'), name: 'deploy', problems: [] as string[] };
  const skills = {
    views: async () => [view],
    desk: { source: async () => ({ file: join(view.id, 'SKILL.md'), text: skillText('deploy', 'Push.') }) },
    reviewed: async () => true,
    refresh: () => {},
  };
  const deps = {
    connection: { homeKey: HERE.home },
    agent: { id: HERE.agentId },
    usage,
    offersPath: join(storage, 'offers.json'),
    drafts: async () => drafts,
    skills: async () => skills,
    hands: async () => ({ hidden: () => false }),
    openBeside: thread,
    answering: async () => 'a/model',
    forget: async (id: string) => void ended.push(id),
    log: (line: string) => logged.push(line),
  } as unknown as LearningDeps;
  const learning: LearningType = new Learning(deps);
  return { learning, drafts, ended, logged, view };
}

const down = () => Promise.reject(new Error('The Letta server does not answer.'));

it('a draft can be saved to the project only where a folder is open', async () => {
  const { drafts } = world(down);
  const places = async () => {
    const { document } = await drafts.open(skillText('deploy', 'Push.'));
    const titles = (await editor.lenses(document)).map(({ command }) => command.title);
    const actions = draftActions(document.uri, editor.folders.length > 0);
    editor.picked = [];
    await actions['Save to…']?.();
    return [titles, Object.keys(actions), editor.picked];
  };
  const elsewhere = ['Save to agent', 'Save to computer', 'Revise…', 'Discard'];
  expect(await places()).toEqual([
    ['Save to project', ...elsewhere],
    ['Save to project', 'Save to…', 'Revise…', 'Discard'],
    ['Agent', 'Computer', 'Project'],
  ]);
  editor.folders = [];
  expect(await places()).toEqual([elsewhere, ['Save to…', 'Revise…', 'Discard'], ['Agent', 'Computer']]);
});

it('a cancelled Learn opens nothing, and its hidden thread goes', async () => {
  const { thread } = sideThread(skillText('deploy', 'Push.'));
  const asking: SideThread = {
    ...thread,
    ask: async (...given) => {
      editor.cancel();
      return thread.ask(...given);
    },
  };
  const { learning, ended } = world(async () => asking);
  await learning.run('letta.learnSkill', []);
  expect([ended, editor.opened, editor.told]).toEqual([['side'], [], []]);
});

it('where the home is down, Learn ends with a template that holds the selection', async () => {
  const { learning, drafts } = world(down);
  await learning.run('letta.learnSkill', []);
  const [draft] = editor.opened;
  expect(draft?.path).toMatch(/SKILL\.md$/);
  const { text, meta } = await drafts.standing(draft as never);
  expect(text).toContain('const shelf = 1;');
  expect(meta).toEqual({});
  expect(editor.told[0]?.[0]).toContain('The agent gave no usable draft (The Letta server does not answer.)');
});

it('a draft that was forgotten for months goes with its hidden thread, which only its own home can end', async () => {
  const store = new DraftStore(storage);
  const place = (n: number) => ({ id: `00000000-0000-4000-8000-00000000000${n}`, path: 'SKILL.md', revision: false });
  const homes = [HERE, { ...HERE, home: 'elsewhere' }, HERE];
  for (const [n, home] of homes.entries()) {
    await store.note(place(n).id, { talk: { ...home, id: `talk-${n}`, at: 0 } });
    await store.keep(place(n), 'A draft.');
    // The last one was looked at yesterday.
    const at = new Date(Date.now() - (n === 2 ? 1 : 91) * DAY);
    await utimes(join(storage, 'skill-drafts', `${place(n).id}.md`), at, at);
  }
  await store.prune();
  const { ended } = world(down);
  await eventually(() => expect(ended).toEqual(['talk-0']));
  await eventually(async () => expect((await store.forgotten()).map(({ talk }) => talk.id)).toEqual(['talk-1']));
  await expect(store.read(place(0))).rejects.toThrow();
  expect(String(await store.read(place(2)))).toBe('A draft.');
});

it('the day’s one proposal is spent when the model has answered, not when it was asked', async () => {
  const { thread, sent } = sideThread(skillText('deploy', 'Pull, then push.'));
  let asked = 0;
  let time = DAY;
  const opened = () => (asked++ === 0 ? down() : Promise.resolve(thread));
  const { learning, view, ended } = world(opened, () => time);
  await box.skill('project/deploy');
  const evidence: Evidence[] = [{ what: 'The person declined “Push”.', why: 'pull first' }];
  await expect(learning.corrected(view.id, evidence)).rejects.toThrow('does not answer');
  expect(sent).toEqual([]);

  await learning.corrected(view.id, evidence);
  expect(sent[0]?.text).toContain('They said: “pull first”');
  expect(editor.told.at(-1)?.[0]).toContain('The agent proposes a revision of it.');
  expect(ended).toEqual(['side']);
  await learning.corrected(view.id, evidence);
  expect(asked).toBe(2);
  time += DAY;
  await learning.corrected(view.id, evidence);
  expect(asked).toBe(3);
});

it('of a skill that is hidden from the agent by now no revision is proposed: its text stays here', async () => {
  const { thread, sent } = sideThread(skillText('deploy', 'Pull, then push.'));
  const { learning, view } = world(async () => thread);
  await box.skill('project/deploy');
  view.problems.push('The rule `Read(.agents/**)` hides it from the agent.');
  const evidence: Evidence[] = [{ what: 'The person declined “Push”.', why: 'pull first' }];
  await expect(learning.corrected(view.id, evidence)).rejects.toThrow('hides it from the agent');
  expect([sent, editor.told]).toEqual([[], []]);
  view.problems.pop();
  await learning.corrected(view.id, evidence);
  expect(sent).toHaveLength(1);
});
