// The review over its files: what the agent does is noted, the rest followed; decisions, refusals, Ctrl+Z, and windows that go.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../../src/agent/is-alive.ts';
import { withLock } from '../../../src/agent/lock.ts';
import type { Applied, FileChange } from '../../../src/editor/editor.ts';
import { chosenAt, chosenOf } from '../../../src/editor/review/choose.ts';
import type { Restored } from '../../../src/editor/review/documents.ts';
import { countsOf, hunksOf } from '../../../src/editor/review/pending.ts';
import { Review } from '../../../src/editor/review/review.ts';
import { MOST_CHARACTERS } from '../../../src/editor/review/reviewed.ts';
import { ReviewStore } from '../../../src/editor/review/store.ts';
import type { ReviewErrorReason } from '../../../src/editor/review/take-back.ts';

let folder: string;
/** Texts by path, as an editor has them. */
let texts: Map<string, string>;
let review: Review;
let applied: Restored[][];
let changes: number;
const logged: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-review-'));
  texts = new Map();
  applied = [];
  changes = 0;
  logged.length = 0;
  beforeApplying = () => {};
  review = open();
});
afterEach(async () => {
  await review.saved();
  await rm(folder, { recursive: true, force: true });
  expect(logged).toEqual([]);
});

let beforeApplying = () => {};
/** What reading a file waits for. */
let reading: Promise<void> = Promise.resolve();

interface Opened {
  /** What it reads; of a window that has nothing unsaved what is saved. */
  saved?: Map<string, string>;
  /** Files that are unsaved in it. */
  unsaved?: Set<string>;
  /** Its process. */
  pid?: number;
}

/** A window's review; the texts stay when another one is opened. */
function open({ saved = texts, unsaved = new Set(), pid = process.pid }: Opened = {}): Review {
  const documents = {
    unsaved: () => unsaved,
    exists: async (path: string) => saved.has(path),
    read: async (path: string) => {
      await reading;
      return saved.get(path) ?? null;
    },
    bytes: async (path: string) => (texts.has(path) ? Buffer.from(`\ufeff${texts.get(path)}`) : null),
    apply: async (wanted: Restored[]) => {
      beforeApplying();
      for (const { path, before } of wanted) if ((texts.get(path) ?? null) !== before) throw new Error('changed');
      applied.push(wanted);
      for (const { path, after } of wanted) put(path, after);
    },
  };
  const log = (line: string) => logged.push(line);
  return new Review(
    documents,
    new ReviewStore(folder, (work) => withLock(join(folder, 'lock'), work), isAlive, pid),
    () => (changes += 1),
    log,
  );
}

function put(path: string, text: string | null): void {
  if (text === null) texts.delete(path);
  else texts.set(path, text);
}

/** The agent changes files; `meanwhile` happens after the edit, while problems are looked at. */
async function agent(
  edits: Record<string, string | null>,
  meanwhile?: () => void | Promise<void>,
  window = review,
): Promise<void> {
  const wanted = Object.entries(edits).map(
    ([path, after]): FileChange => ({ path, before: texts.get(path) ?? null, after }),
  );
  await window.during(wanted, async (): Promise<Applied> => {
    for (const { path, after } of wanted) put(path, after);
    await meanwhile?.();
    const files = wanted.map(({ path, before, after }) => ({
      path,
      state: after === null ? ('deleted' as const) : ('saved' as const),
      created: before === null,
      text: after,
    }));
    return { files, problems: { added: [], removed: [], settled: true } };
  });
}

async function person(path: string, text: string | null, wentBack = false): Promise<void> {
  put(path, text);
  await review.sync(path, wentBack);
}

const pending = () => review.files.map(({ path }) => path);
const hunks = (path: string) => {
  const file = review.file(path);
  return file ? hunksOf(file) : [];
};
const nth = (path: string, index: number) => ({ hunks: hunks(path), index });

async function refusal(doing: Promise<unknown>): Promise<ReviewErrorReason | undefined> {
  const before = [[...texts], review.files];
  const reason = await doing.then(
    () => undefined,
    (error: { reason: ReviewErrorReason }) => error.reason,
  );
  expect([[...texts], review.files], 'a refusal changes nothing').toEqual(before);
  return reason;
}

const THREE = 'one\n-\ntwo\n-\nthree\n';
const CHANGED = 'ONE\n-\nTWO\n-\nTHREE\n';

describe('deciding', () => {
  beforeEach(async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
  });

  test('two of three changes kept and one undone: the text is what was decided, and nothing waits', async () => {
    await review.keep('a', nth('a', 0));
    await review.undo('a', nth('a', 0));
    expect(texts.get('a')).toBe('ONE\n-\ntwo\n-\nTHREE\n');
    expect(hunks('a')).toHaveLength(1);
    await review.keep('a', nth('a', 0));
    expect(pending()).toEqual([]);
    expect(texts.get('a')).toBe('ONE\n-\ntwo\n-\nTHREE\n');
  });

  test('by the line changes that VS Code hands over', async () => {
    const change = (line: number) => ({
      originalStartLineNumber: line,
      originalEndLineNumber: line,
      modifiedStartLineNumber: line,
      modifiedEndLineNumber: line,
    });
    const all = [change(1), change(3), change(5)];
    await review.undo('a', chosenOf(all, 1));
    expect(texts.get('a')).toBe('ONE\n-\ntwo\n-\nTHREE\n');
    // The peek view is a moment behind.
    await person('a', `zero\n${texts.get('a')}`);
    expect(await refusal(review.undo('a', chosenOf(all, 0)))).toBe('stale');
    expect(await refusal(review.keep('a', chosenOf([change(1), change(5)], 7)))).toBe('stale');
  });

  test('by the line of the cursor', () => {
    expect(chosenAt(hunks('a'), 2, 'now')?.index).toBe(1);
    expect(chosenAt(hunks('a'), 1, 'now')).toBeUndefined();
    expect(chosenAt([{ base: { start: 3, end: 5 }, now: { start: 3, end: 3 } }], 2, 'now')?.index).toBe(0);
    expect(chosenOf('no changes', 0)).toBeUndefined();
  });

  test('the file, or all of them, kept or undone in one edit', async () => {
    texts.set('b', 'b\n');
    await agent({ b: 'B\n', new: 'new\n' });
    expect(pending()).toEqual(['a', 'b', 'new']);
    await review.keep('b');
    expect(pending()).toEqual(['a', 'new']);
    const undone = await review.undoAll();
    expect(applied).toHaveLength(1);
    expect(undone.map(({ path, was, is }) => [path, was, is])).toEqual([
      ['a', CHANGED, THREE],
      ['new', 'new\n', null],
    ]);
    expect([...texts]).toEqual([
      ['a', THREE],
      ['b', 'B\n'],
    ]);
    expect(pending()).toEqual([]);
    await agent({ a: CHANGED, c: 'c\n' });
    await review.keepAll();
    expect(pending()).toEqual([]);
    expect(texts.get('a')).toBe(CHANGED);
  });

  test('a deleted file comes back with the bytes it had, a new one goes', async () => {
    await agent({ a: null });
    expect(review.file('a')?.now).toBeNull();
    // What waits is all that the agent did to it: the text before its first change comes back.
    await review.undo('a');
    expect(texts.get('a')).toBe(THREE);
    expect(Buffer.from(applied[0]?.[0]?.bytes ?? []).toString()).toBe(`\ufeff${CHANGED}`);
    await agent({ x: 'x\n' });
    expect(countsOf(review.file('x') ?? { path: '', base: '', now: '', typed: [] })).toEqual({ added: 1, removed: 0 });
    await review.undo('x', { hunks: [], index: 0 });
    expect(texts.has('x')).toBe(false);
  });

  test('nothing is undone that the person typed into, unless they say what becomes of it', async () => {
    await person('a', 'ONE!\n-\nTWO\n-\nTHREE\nfour\n');
    expect(await refusal(review.undo('a'))).toBe('typed');
    expect(await refusal(review.undo('a', nth('a', 0)))).toBe('typed');
    expect(await refusal(review.undoAll())).toBe('typed');
    await review.undo('a', undefined, 'leave');
    expect(texts.get('a')).toBe('ONE!\n-\ntwo\n-\nthree\nfour\n');
    await review.undo('a', undefined, 'take');
    expect(texts.get('a')).toBe(`${THREE}four\n`);
    expect(pending()).toEqual([]);
  });

  test('nor is a new file deleted that they typed into', async () => {
    await agent({ x: 'x\n' });
    await person('x', 'x\nmine\n');
    expect(await refusal(review.undo('x'))).toBe('typed');
    expect(await review.undoAll('leave')).toHaveLength(1);
    expect(pending()).toEqual(['x']);
    await review.undo('x', undefined, 'take');
    expect(texts.has('x')).toBe(false);
  });

  test('an editor that does not do it changes nothing', async () => {
    const was = review.files;
    // It changes between the look and the edit.
    beforeApplying = () => put('a', 'meanwhile\n');
    await expect(review.undo('a')).rejects.toThrow('changed');
    expect(review.files).toEqual(was);
    expect(texts.get('a')).toBe('meanwhile\n');
  });

  test('where nothing waits, or the agent is at it, one is told so', async () => {
    expect(await refusal(review.keep('other'))).toBe('nothing');
    let inside: ReviewErrorReason | undefined;
    let asking: Promise<void> | undefined;
    await agent({ a: `${CHANGED}more\n` }, () => {
      asking = review.keep('a').catch((error: { reason: ReviewErrorReason }) => {
        inside = error.reason;
      });
    });
    await asking;
    expect(inside).toBe('busy');
  });
});

describe('following', () => {
  test('what the person types while an edit is looked at is theirs', async () => {
    texts.set('a', THREE);
    await agent({ a: 'ONE\n-\ntwo\n-\nthree\n' }, () => put('a', 'ONE\n-\ntwo\n-\nmine\n'));
    expect(hunks('a')).toHaveLength(1);
    await review.undo('a');
    expect(texts.get('a')).toBe('one\n-\ntwo\n-\nmine\n');
  });

  test('what they typed before an edit, and nobody looked at yet, is theirs too', async () => {
    texts.set('a', THREE);
    await agent({ a: 'ONE\n-\ntwo\n-\nthree\n' });
    put('a', 'ONE\n-\nmine\n-\nthree\n');
    await agent({ a: 'ONE\n-\nmine\n-\nTHREE\n' });
    await review.undoAll();
    expect(texts.get('a')).toBe('one\n-\nmine\n-\nthree\n');
  });

  test('Ctrl+Z brings back what was undone, as a change that waits; after Ctrl+Z of the edit nothing does', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await review.undo('a', nth('a', 1));
    await person('a', CHANGED, true);
    expect(hunks('a')).toHaveLength(3);
    await review.undo('a');
    expect(pending()).toEqual([]);
    await person('a', CHANGED, true);
    expect(hunks('a')).toHaveLength(3);
    await person('a', THREE, true);
    expect(pending()).toEqual([]);
    await person('a', CHANGED, true);
    expect(hunks('a')).toHaveLength(3);
  });

  test('Ctrl+Z is seen for what it is, though another look at the file was under way', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await review.undo('a', nth('a', 1));
    const { promise, resolve } = Promise.withResolvers<void>();
    reading = promise;
    const looking = person('a', texts.get('a') ?? '');
    const back = person('a', CHANGED, true);
    resolve();
    await Promise.all([looking, back]);
    expect(hunks('a')).toHaveLength(3);
  });

  test('Ctrl+Z is seen for what it is by a look that finds it before anybody says so', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await review.undo('a', nth('a', 1));
    review.heard('a', true);
    await person('a', CHANGED);
    expect(hunks('a')).toHaveLength(3);
    await person('a', CHANGED, true);
    expect(hunks('a')).toHaveLength(3);
  });

  test('Ctrl+Z does not ask again what was kept', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await person('a', `${CHANGED}mine\n`);
    await review.keep('a');
    await person('a', CHANGED, true);
    expect(pending()).toEqual([]);
  });

  test("an edit that failed once it was made is the agent's, as far as it was made", async () => {
    texts.set('a', THREE);
    texts.set('b', THREE);
    const wanted = ['a', 'b'].map((path) => ({ path, before: THREE, after: CHANGED }));
    const failing = review.during(wanted, async () => {
      put('a', CHANGED);
      throw new Error('saving failed');
    });
    await expect(failing).rejects.toThrow('saving failed');
    expect(pending()).toEqual(['a']);
    await review.undo('a');
    expect(texts.get('a')).toBe(THREE);
  });

  test('a failed edit leaves nothing behind', async () => {
    texts.set('a', THREE);
    const failing = review.during([{ path: 'a', before: THREE, after: CHANGED }], async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(pending()).toEqual([]);
    expect(await readdir(folder)).not.toContain('index.json');
  });

  test('a file that the agent moves is one that goes and one that comes, and both are undone together', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await agent({ a: null, b: CHANGED }, () => review.moved('a', 'b'));
    expect(review.files.map(({ path, base, now }) => [path, base, now])).toEqual([
      ['a', THREE, null],
      ['b', null, CHANGED],
    ]);
    await review.undoAll();
    expect([...texts]).toEqual([['a', THREE]]);
  });

  test('a moved file stays pending, one that somebody deletes does not; very large ones never are', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    put('b', CHANGED);
    put('a', null);
    review.moved('a', 'b');
    await review.undo('b', nth('b', 0));
    expect(texts.get('b')).toBe('one\n-\nTWO\n-\nTHREE\n');
    await person('b', null);
    expect(pending()).toEqual([]);
    await agent({ big: 'x'.repeat(MOST_CHARACTERS + 1) });
    expect(pending()).toEqual([]);
    expect(review.listed).toEqual([{ path: 'big', kind: 'created', why: 'tooLarge' }]);
  });
});

describe('what has no lines to look through is listed, and waits for no decision', () => {
  const opaque = (path: string, before: string | null, after: string | null, more: Partial<FileChange> = {}) =>
    ({ path, before, after, opaque: true, ...more }) satisfies FileChange;
  const LINE = 'Binary file, 3 bytes, of 2026';
  const whole = { whole: { entries: 600 } };
  /** The agent makes changes that are no texts. */
  async function does(...wanted: FileChange[]) {
    await review.during(wanted, async (): Promise<Applied> => {
      for (const { path, after } of wanted) put(path, after);
      return { files: [], problems: { added: [], removed: [], settled: true } };
    });
  }
  const reopen = async () => {
    review = open();
    await review.load();
  };

  test('a binary file, a large folder, a text that is too large, and where each has gone; in the next window too', async () => {
    for (const path of ['logo', 'old', 'data', 'a']) put(path, path === 'a' ? THREE : LINE);
    texts.set('big', 'x'.repeat(MOST_CHARACTERS + 1));
    await does(opaque('logo', LINE, null), opaque('old', LINE, null, whole));
    await does(opaque('data', LINE, null), opaque('deep/data', null, LINE, { from: 'data' }));
    await agent({ big: 'y'.repeat(MOST_CHARACTERS + 1), a: CHANGED });
    await reopen();
    expect(review.listed).toEqual([
      { path: 'logo', kind: 'deleted', why: 'noText' },
      { path: 'old', kind: 'deleted', why: 'folder' },
      { path: 'deep/data', kind: 'moved', from: 'data', why: 'noText' },
      { path: 'big', kind: 'changed', why: 'tooLarge' },
    ]);
    expect(pending()).toEqual(['a']);
    await review.undoAll();
    expect(review.listed).toHaveLength(4);
    expect(await review.dismiss('old')).toBe(true);
    expect(await review.dismiss('old')).toBe(false);
    await reopen();
    expect(review.listed.map(({ path }) => path)).toEqual(['logo', 'deep/data', 'big']);
    await review.keepAll();
    await reopen();
    expect([review.listed, review.waits]).toEqual([[], false]);
  });

  test('once for what happened to it in all; folders whose files are listed are not', async () => {
    put('a', LINE);
    await does(opaque('a', LINE, null), opaque('b', null, LINE, { from: 'a' }));
    await does(opaque('b', LINE, null), opaque('c', null, LINE, { from: 'b' }));
    expect(review.listed).toEqual([{ path: 'c', kind: 'moved', from: 'a', why: 'noText' }]);
    await does(opaque('c', LINE, null), opaque('a', null, LINE, { from: 'c' }));
    expect(review.listed).toEqual([]);
    await does(opaque('a', LINE, null), opaque('b', null, LINE, { from: 'a' }));
    await does(opaque('b', LINE, null));
    expect(review.listed).toEqual([{ path: 'a', kind: 'deleted', why: 'noText' }]);
    await does(opaque('folder', 'Folder', null), opaque('other', null, 'Folder'));
    await agent({ big: 'x'.repeat(MOST_CHARACTERS + 1) });
    await agent({ big: null });
    expect(review.listed).toHaveLength(1);
  });

  test('no longer where it was restored or taken back, in this window or before it opened', async () => {
    put('logo', LINE);
    put('data', LINE);
    put('photo', LINE);
    await does(opaque('logo', LINE, null), opaque('data', LINE, null));
    await does(opaque('photo', LINE, null), opaque('moved', null, LINE, { from: 'photo' }));
    await person('logo', LINE);
    expect(review.listed.map(({ path }) => path)).toEqual(['data', 'moved']);
    put('data', LINE);
    put('moved', null);
    await reopen();
    expect([review.listed, review.waits]).toEqual([[], false]);
  });

  test('an edit that failed lists nothing; what another window lists is listed here', async () => {
    put('logo', LINE);
    const failed = review.during([opaque('logo', LINE, null)], async () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    expect(review.listed).toEqual([]);
    const other = open();
    await other.load();
    await does(opaque('logo', LINE, null));
    await other.refresh();
    expect(other.listed).toEqual(review.listed);
    await other.dismiss('logo');
    await review.refresh();
    expect(review.listed).toEqual([]);
  });
});

describe('a file that is missing for a moment', () => {
  beforeEach(async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED, new: 'new\n' });
    await person('a', null);
    await person('new', null);
  });

  test('waits again when it is back as it was, in the next window too', async () => {
    expect([pending(), review.waits]).toEqual([[], true]);
    expect(await refusal(review.keep('a'))).toBe('nothing');
    await person('a', CHANGED);
    expect(hunks('a')).toHaveLength(3);
    review = open();
    await review.load();
    expect(pending()).toEqual(['a']);
    await person('new', 'new\n');
    await review.undoAll();
    expect([...texts]).toEqual([['a', THREE]]);
  });

  test('does not where another one stands in its place', async () => {
    await person('a', 'mine\n');
    await agent({ new: 'again\n' });
    expect(pending()).toEqual(['new']);
    expect(review.file('new')?.base).toBeNull();
    await person('a', CHANGED);
    expect(pending()).toEqual(['new']);
  });

  test('is forgotten after a week', async () => {
    const index = join(folder, 'index.json');
    const old = (await readFile(index, 'utf8')).replaceAll(/"missing":\d+/g, '"missing":1');
    await writeFile(index, old);
    review = open();
    await review.load();
    expect(review.waits).toBe(false);
    await person('a', CHANGED);
    expect(pending()).toEqual([]);
  });
});

test('what waits in a folder moves along with it, and nothing beside it', async () => {
  texts.set('box/deep/a', 'one\n').set('box/b', 'one\n').set('boxes/c', 'one\n');
  await agent({ 'box/deep/a': 'two\n', 'box/b': 'two\n', 'boxes/c': 'two\n' });
  for (const name of ['deep/a', 'b']) {
    put(`other/${name}`, 'two\n');
    put(`box/${name}`, null);
  }
  review.moved('box', 'other');
  expect(review.files.map(({ path }) => path).sort()).toEqual(['boxes/c', 'other/b', 'other/deep/a']);
  await review.undoAll();
  expect([...texts.values()]).toEqual(['one\n', 'one\n', 'one\n']);
});

describe('two windows on one workspace', () => {
  let other: Review;
  const otherPending = () => other.files.map(({ path }) => path);
  beforeEach(async () => {
    texts.set('a', THREE);
    texts.set('b', THREE);
    other = open();
    await other.load();
  });

  test('what waits in one is not forgotten by what the other notes, and each shows both', async () => {
    await agent({ a: CHANGED });
    await agent({ b: CHANGED }, undefined, other);
    await review.refresh();
    expect(pending()).toEqual(['a', 'b']);
    expect(otherPending()).toEqual(['a', 'b']);
    review = open();
    await review.load();
    await review.undoAll();
    expect([texts.get('a'), texts.get('b')]).toEqual([THREE, THREE]);
  });

  test('what is unsaved in one and waits there does not seem taken back to the other, which reads what is saved', async () => {
    const third = open({ saved: new Map([['a', THREE]]) });
    await third.load();
    await agent({ a: CHANGED });
    await third.refresh();
    await review.refresh();
    expect(pending()).toEqual(['a']);
    expect(review.file('a')).toMatchObject({ base: THREE, now: CHANGED });
    await review.undo('a');
    expect(texts.get('a')).toBe(THREE);
  });

  describe('what waits unsaved in one', () => {
    let saved: Map<string, string>;
    let unsaved: Set<string>;
    /** Living, and not this one: the one that runs the tests. */
    const LIVING = process.ppid;
    const elsewhere = async () => {
      const window = open({ saved });
      await window.load();
      return window;
    };
    beforeEach(async () => {
      saved = new Map(texts);
      unsaved = new Set(['a']);
      review = open({ unsaved, pid: LIVING });
      await agent({ a: CHANGED });
    });

    test('still waits when another one starts, whatever that reads', async () => {
      const late = await elsewhere();
      expect(late.file('a')).toMatchObject({ base: THREE, now: CHANGED });
      await late.sync('a');
      expect(await refusal(late.undo('a'))).toBe('busy');
      expect(await refusal(late.undoAll())).toBe('busy');
      await review.refresh();
      expect(review.file('a')).toMatchObject({ base: THREE, now: CHANGED });
      await review.undo('a');
      expect(texts.get('a')).toBe(THREE);
    });

    test('is kept from there as well', async () => {
      const late = await elsewhere();
      await late.keep('a');
      await review.refresh();
      expect([late.files, review.files]).toEqual([[], []]);
      expect(texts.get('a')).toBe(CHANGED);
    });

    test('is followed there once it is saved', async () => {
      const late = await elsewhere();
      saved.set('a', CHANGED);
      unsaved.clear();
      await review.sync('a');
      await late.sync('a');
      await late.refresh();
      saved.set('a', THREE);
      await late.sync('a');
      expect(late.files).toEqual([]);
    });

    test('was taken back where that window is gone and took it along', async () => {
      const gone = spawnSync(process.execPath, ['-e', '']).pid;
      review = open({ unsaved, pid: gone });
      await review.load();
      await agent({ b: CHANGED, a: CHANGED + CHANGED });
      saved.set('b', CHANGED);
      expect((await elsewhere()).files.map(({ path }) => path)).toEqual(['b']);
    });
  });

  test('what one decides is decided in the other, and the rest waits on', async () => {
    await agent({ a: CHANGED, b: null });
    await other.refresh();
    await other.keep('a', { hunks: hunks('a'), index: 0 });
    await other.undo('b');
    expect(Buffer.from(applied[0]?.[0]?.bytes ?? []).toString()).toBe(`\ufeff${THREE}`);
    // This one has not heard of it when the person decides there too.
    await review.keep('a', { hunks: hunks('a').slice(1), index: 1 });
    expect(hunks('a')).toHaveLength(1);
    expect(pending()).toEqual(['a']);
    await review.undo('a');
    await other.refresh();
    expect(otherPending()).toEqual([]);
    expect(texts.get('a')).toBe('ONE\n-\ntwo\n-\nTHREE\n');
  });

  test('an edit under way in one is no typing in the other, and cannot be decided on there', async () => {
    await agent({ a: 'ONE\n-\ntwo\n-\nthree\n' });
    await other.refresh();
    await agent({ a: CHANGED }, async () => {
      await other.sync('a');
      expect(await other.keep('a').catch((error: { reason: string }) => error.reason)).toBe('busy');
    });
    await other.refresh();
    expect(other.file('a')).toMatchObject({ base: THREE, now: CHANGED });
    await other.undo('a');
    expect(texts.get('a')).toBe(THREE);
  });

  test('decided in one while the agent edits in the other: both count', async () => {
    texts.set('c', 'c\n');
    await agent({ a: 'ONE\n-\ntwo\n-\nthree\n', c: 'C\n' });
    await other.refresh();
    await agent({ b: CHANGED }, () => other.keep('a'));
    await other.refresh();
    expect(pending()).toEqual(['c', 'b']);
    expect(otherPending()).toEqual(['c', 'b']);
  });

  test('an index that cannot be read takes nothing away from a window that knows', async () => {
    await agent({ a: CHANGED });
    await writeFile(join(folder, 'index.json'), '{');
    await review.refresh();
    await agent({ b: CHANGED });
    await other.refresh();
    expect(otherPending()).toEqual(['a', 'b']);
  });
});

describe('windows that go', () => {
  /** A kill: the next window knows what is on disk. */
  async function restart(): Promise<void> {
    review = open();
    await review.load();
  }

  test('what waited waits, with what was typed since', async () => {
    texts.set('a', THREE);
    texts.set('lone', 'x\n');
    await agent({ a: CHANGED, new: 'new\n', lone: 'lone \ud800 surrogate\n' });
    put('a', 'ONE\n-\nTWO mine\n-\nTHREE\nmine\n');
    await restart();
    expect(pending()).toEqual(['a', 'new', 'lone']);
    expect(changes).toBeGreaterThan(0);
    expect(review.file('lone')?.now).toBe('lone \ud800 surrogate\n');
    await review.undo('a', undefined, 'leave');
    expect(texts.get('a')).toBe('one\n-\nTWO mine\n-\nthree\nmine\n');
    await review.undo('new');
    expect(texts.has('new')).toBe(false);
  });

  test('a deleted file comes back as it was', async () => {
    texts.set('a', THREE);
    await agent({ a: null });
    await restart();
    await review.undo('a');
    expect(Buffer.from(applied[0]?.[0]?.bytes ?? []).toString()).toBe(`\ufeff${THREE}`);
  });

  test('a kill in the middle of an edit: what was written waits, what was not does not', async () => {
    texts.set('a', THREE);
    texts.set('b', THREE);
    const wanted = ['a', 'b'].map((path) => ({ path, before: THREE, after: CHANGED }));
    void review.during(wanted, () => {
      put('a', CHANGED);
      return new Promise<Applied>(() => {});
    });
    await expect.poll(() => texts.get('a')).toBe(CHANGED);
    await restart();
    expect(pending()).toEqual(['a']);
    await review.undo('a');
    expect(texts.get('a')).toBe(THREE);
  });

  test('decisions are on disk; with the last one everything goes', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await review.keep('a', nth('a', 0));
    await restart();
    expect(hunks('a')).toHaveLength(2);
    await review.keepAll();
    const names = await readdir(folder, { recursive: true });
    expect(names.filter((name) => name.endsWith('.json') || name.length > 20)).toEqual([]);
  });

  test('of many writes at once the last one counts', async () => {
    texts.set('a', THREE);
    await agent({ a: CHANGED });
    await Promise.all([review.saved(), review.saved(), review.keep('a', nth('a', 0)), review.saved()]);
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as { files: unknown[] };
    expect(index.files).toHaveLength(1);
    await restart();
    expect(hunks('a')).toHaveLength(2);
  });
});

test('what Ctrl+Z brings back after everything was forgotten is on disk again', async () => {
  texts.set('a', THREE);
  await agent({ a: CHANGED });
  await review.undo('a');
  expect(pending()).toEqual([]);
  await person('a', CHANGED, true);
  review = open();
  await review.load();
  expect(hunks('a')).toHaveLength(3);
});
