// The memory as a folder out and in, the project's block shared in a workspace, and when the mirror looks.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExportedPassage, exportMemory } from '../../../src/memory/mirror/export.ts';
import { type ImportProposal, importMemory, previewImport } from '../../../src/memory/mirror/import.ts';
import { readArchive } from '../../../src/memory/mirror/read-archive.ts';
import { SHARED_PATH } from '../../../src/memory/mirror/shared-path.ts';
import { checkShared, publishShared, SharedBase } from '../../../src/memory/mirror/team.ts';
import type { MirrorBlock, MirrorReport } from '../../../src/memory/mirror/types.ts';
import { MirrorWatch, type Timers } from '../../../src/memory/mirror/watch.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'letta-folders-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const maskSecrets = (text: string) => text.replace(/sk-\w+/g, '[secret]');
const block = (label: string, value: string, more: Partial<MirrorBlock> = {}): MirrorBlock => ({
  id: `block-${label}`,
  label,
  description: `About ${label}`,
  value,
  limit: 1_000,
  readOnly: false,
  ...more,
});
async function* passages(count: number): AsyncGenerator<ExportedPassage> {
  for (let n = 0; n < count; n++) yield { text: `fact ${n}`, tags: ['t'], createdAt: null };
}
const meta = {
  by: 'letta-vscode 1.0.0',
  agent: { id: 'agent-1', name: 'Ada' },
  exportedAt: '2026-01-01T00:00:00.000Z',
};
const noPassages = () => passages(0);

describe('export and import', () => {
  it('give back the whole memory: 100,000 passages and every block, in little memory', async () => {
    const folder = join(root, 'out');
    const blocks = [
      block('project', 'a\n\n', { limit: 77 }),
      block('Team/Rules', '---\nx', { readOnly: true, description: '' }),
    ];
    const report = await exportMemory(folder, { blocks, passages: passages(100_000), meta, maskSecrets });
    expect(report).toMatchObject({ blocks: 2, passages: 100_000, masked: 0, skipped: [] });
    // Others have their turn meanwhile.
    let turns = 0;
    const beat = setInterval(() => turns++, 1);
    const preview = await previewImport(folder, { blocks: [], maskSecrets });
    clearInterval(beat);
    expect(preview.skipped).toEqual([]);
    expect(preview.manifest).toMatchObject({ passages: 100_000, agent: { name: 'Ada' } });
    const found = preview.items.flatMap((item) => (item.kind === 'block' ? [item] : []));
    expect(found.map((i) => [i.label, i.status, i.after, i.description, i.limit, i.readOnly]).sort()).toEqual([
      ['Team/Rules', 'new', '---\nx', '', 1_000, true],
      ['project', 'new', 'a\n\n', 'About project', 77, false],
    ]);
    expect(preview.items).toContainEqual(
      expect.objectContaining({ kind: 'archive', passages: 100_000, status: 'new' }),
    );
    let count = 0;
    for await (const passage of readArchive(folder)) if (passage.text === `fact ${count}`) count++;
    expect(count).toBe(100_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('shows what is new, changed and the same, and only proposes what was chosen', async () => {
    const folder = join(root, 'out');
    const out = [block('project', 'new text'), block('human', 'Pat'), block('lessons', 'x')];
    await exportMemory(folder, { blocks: out, passages: passages(2), meta, maskSecrets });
    const blocks = [block('project', 'old text'), block('human', 'Pat')];
    const known = async (texts: string[]) => texts.map((text) => text === 'fact 0');
    const preview = await previewImport(folder, { blocks, maskSecrets, known });
    expect(preview.items.map((i) => [i.kind === 'block' ? i.label : i.kind, i.status]).sort()).toEqual([
      ['archive', 'changed'],
      ['human', 'same'],
      ['lessons', 'new'],
      ['project', 'changed'],
    ]);
    const proposals: ImportProposal[] = [];
    const selected = new Set(preview.items.filter((i) => i.path !== 'lessons.md').map((i) => i.id));
    writeFileSync(join(folder, 'lessons.md'), 'changed meanwhile');
    await importMemory(preview, selected, async (p) => void proposals.push(p));
    expect(proposals).toMatchObject([
      { kind: 'import', action: 'archive', passages: 1 },
      { kind: 'import', action: 'edit', label: 'project', before: 'old text', after: 'new text' },
    ]);
    const late = await importMemory(preview, new Set(preview.items.map((i) => i.id)), async () => {});
    expect(late.skipped).toMatchObject([{ path: 'lessons.md', reason: 'changed_since' }]);
  });

  it('masks secrets on the way out and knows them again on the way in', async () => {
    const folder = join(root, 'out');
    const blocks = [block('project', 'key: sk-abc\nrest')];
    async function* one(): AsyncGenerator<ExportedPassage> {
      yield { text: 'token sk-xyz', tags: [], createdAt: null };
    }
    const report = await exportMemory(folder, { blocks, passages: one(), meta, maskSecrets });
    expect(report.masked).toBe(2);
    expect(
      readFileSync(join(folder, 'project.md'), 'utf8') + readFileSync(join(folder, 'archive.jsonl'), 'utf8'),
    ).not.toContain('sk-');
    const here = await previewImport(folder, { blocks, maskSecrets });
    expect(here.items[0]).toMatchObject({ kind: 'archive' });
    expect(here.items).toContainEqual(expect.objectContaining({ kind: 'block', status: 'same' }));
    const elsewhere = await previewImport(folder, { blocks: [], maskSecrets });
    expect(elsewhere.skipped).toMatchObject([{ path: 'project.md', reason: 'masked' }]);
  });

  it('follows no link, reads nothing too large or damaged, and says why', async () => {
    const folder = join(root, 'in');
    mkdirSync(join(folder, 'notes'), { recursive: true });
    mkdirSync(join(folder, 'skills/x'), { recursive: true });
    writeFileSync(join(root, 'outside.md'), '---\nname: o\ndescription: d\n---\noutside');
    symlinkSync(join(root, 'outside.md'), join(folder, 'link.md'));
    symlinkSync(root, join(folder, 'up'));
    writeFileSync(join(folder, 'bad.md'), 'no frontmatter');
    writeFileSync(join(folder, 'huge.md'), Buffer.alloc(5 * 1024 * 1024, 'x'));
    writeFileSync(join(folder, 'skills/x/SKILL.md'), '---\nname: x\ndescription: d\n---\n');
    writeFileSync(join(folder, 'notes/MEMORY.md'), '# index');
    writeFileSync(join(folder, 'notes/deep.md'), '---\nname: Deep\ndescription: d\n---\ndeferred text\n');
    writeFileSync(join(folder, 'program.exe'), 'x');
    writeFileSync(
      join(folder, 'archive.jsonl'),
      `{"text":"ok","tags":[],"createdAt":null}\n{"text":5}\n${'y'.repeat(2_000_000)}\n{torn`,
    );
    const preview = await previewImport(folder, { blocks: [], maskSecrets });
    expect(preview.skipped.map((s) => [s.path, s.reason]).sort()).toEqual([
      ['archive.jsonl:2', 'damaged'],
      ['archive.jsonl:3', 'damaged'],
      ['archive.jsonl:4', 'damaged'],
      ['bad.md', 'frontmatter'],
      ['huge.md', 'too_large'],
      ['link.md', 'link'],
      ['program.exe', 'not_memory'],
      ['up', 'link'],
    ]);
    expect(preview.items).toMatchObject([
      { kind: 'archive', passages: 1 },
      { kind: 'document', path: 'notes/deep.md', name: 'Deep', text: 'deferred text' },
    ]);
  });

  it('overwrites no folder that holds something', async () => {
    writeFileSync(join(root, 'mine.txt'), 'x');
    const exporting = exportMemory(root, { blocks: [], passages: noPassages(), meta, maskSecrets });
    await expect(exporting).rejects.toMatchObject({ reason: 'not_empty' });
  });
});

describe('the project’s block in the workspace', () => {
  const file = () => join(root, SHARED_PATH);

  it('is written on request, and a version by others becomes a proposal once the workspace is trusted', async () => {
    const mine = block('project', 'one\ntwo\nkey: sk-abc');
    const written = await publishShared(root, mine, maskSecrets, null);
    expect(written.outcome).toBe('written');
    expect(readFileSync(file(), 'utf8')).not.toContain('sk-');
    const base = written.text;
    expect(await checkShared(root, true, mine, maskSecrets, base)).toEqual({ state: 'same' });
    writeFileSync(file(), base.replace('one', 'one by Eve'));
    expect(await checkShared(root, false, mine, maskSecrets, base)).toEqual({ state: 'untrusted' });
    const now = { ...mine, value: `${mine.value}\nlearned since` };
    const check = await checkShared(root, true, now, maskSecrets, base);
    expect(check).toMatchObject({
      state: 'proposal',
      proposal: {
        kind: 'project',
        conflict: false,
        before: now.value,
        after: 'one by Eve\ntwo\nkey: sk-abc\nlearned since',
      },
    });
    expect((await publishShared(root, now, maskSecrets, base)).outcome).toBe('changed');
    expect(readFileSync(file(), 'utf8')).toContain('by Eve');
    if (check.state !== 'proposal') throw new Error('no proposal');
    // Decided: rejected. The next publishing writes over it, as the person saw it.
    expect(await checkShared(root, true, now, maskSecrets, check.text)).toEqual({ state: 'same' });
    expect((await publishShared(root, now, maskSecrets, check.text)).outcome).toBe('written');
  });

  it('is the same with the line ends of Windows, and no proposal where it changes nothing', async () => {
    const mine = block('project', 'one\ntwo');
    const { text } = await publishShared(root, mine, maskSecrets, null);
    writeFileSync(file(), text.replaceAll('\n', '\r\n'));
    const since = { ...mine, value: 'one\ntwo\nlearned since' };
    expect(await checkShared(root, true, since, maskSecrets, text)).toEqual({ state: 'same' });
    // Whoever has it for the first time, and knows more already.
    const crlf = text.replaceAll('\n', '\r\n');
    expect(await checkShared(root, true, since, maskSecrets, crlf)).toEqual({ state: 'same' });
    expect((await publishShared(root, mine, maskSecrets, text)).outcome).toBe('same');
    expect((await publishShared(root, since, maskSecrets, text)).outcome).toBe('written');
    // Others have taken away what is gone here too: merged, it is what is here.
    writeFileSync(file(), text.replace('one\n', ''));
    expect(await checkShared(root, true, { ...mine, value: 'two\nmore' }, maskSecrets, text)).toEqual({
      state: 'same',
    });
  });

  it('is decided on by each agent for itself', async () => {
    const kept = new Map<string, unknown>();
    const state = {
      get: <T>(key: string) => kept.get(key) as T | undefined,
      update: async (key: string, value: unknown) => void kept.set(key, value),
    };
    const first = new SharedBase(state, 'embedded', 'agent-1');
    const second = new SharedBase(state, 'embedded', 'agent-2');
    const { text } = await publishShared(root, block('project', 'what we know'), maskSecrets, first.text);
    await first.set(text);
    expect(new SharedBase(state, 'embedded', 'agent-1').text).toBe(text);
    // The agent that was chosen next is offered it, and does not write its empty block over it.
    const empty = block('project', '');
    expect(await checkShared(root, true, empty, maskSecrets, second.text)).toMatchObject({
      state: 'proposal',
      proposal: { after: 'what we know' },
    });
    expect((await publishShared(root, empty, maskSecrets, second.text)).outcome).toBe('changed');
    expect(new SharedBase(state, 'https://letta.example', 'agent-1').text).toBeNull();
  });

  it('is not written where only local models may read it', async () => {
    const mine = block('project', 'for this computer', { localOnly: true });
    expect(await publishShared(root, mine, maskSecrets, null)).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/kept to local models.*Local models only/s),
    });
    expect(existsSync(file())).toBe(false);
  });

  it('is a proposal for a member whose agent has never seen it, and refused when it is broken or a link', async () => {
    const mine = block('project', 'mine');
    expect(await checkShared(root, true, mine, maskSecrets, null)).toEqual({ state: 'none' });
    mkdirSync(join(root, '.letta/memory'), { recursive: true });
    writeFileSync(file(), '---\nname: project\ndescription: d\n---\ntheirs\n');
    expect(await checkShared(root, true, mine, maskSecrets, null)).toMatchObject({
      proposal: { conflict: true, after: 'theirs' },
    });
    writeFileSync(file(), 'theirs');
    expect(await checkShared(root, true, mine, maskSecrets, null)).toMatchObject({ state: 'refused' });
    rmSync(file());
    symlinkSync(join(root, 'elsewhere'), file());
    expect((await publishShared(root, mine, maskSecrets, null)).outcome).toBe('refused');
  });
});

describe('MirrorWatch', () => {
  class Clock implements Timers {
    time = 0;
    private queue: { at: number; run: () => void }[] = [];
    now = () => this.time;
    setTimeout(run: () => void, ms: number): unknown {
      const timer = { at: this.time + ms, run };
      this.queue.push(timer);
      return timer;
    }
    clearTimeout(timer: unknown): void {
      this.queue = this.queue.filter((t) => t !== timer);
    }
    get pending(): number {
      return this.queue.length;
    }
    async pass(ms: number): Promise<void> {
      const end = this.time + ms;
      for (;;) {
        const next = this.queue.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        this.time = next.at;
        this.clearTimeout(next);
        next.run();
        // A look reads the marks of files, which takes turns of the real loop: it is over when no file is being read.
        for (let quiet = 0; quiet < 5; quiet++) {
          await new Promise(setImmediate);
          if (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) quiet = 0;
        }
      }
      this.time = end;
    }
  }

  const report = {} as MirrorReport;

  it('looks once after many changes, and in the middle of ones that never end', async () => {
    const clock = new Clock();
    let looks = 0;
    let changed = () => {};
    const watch = new MirrorWatch({
      folder: root,
      timers: clock,
      onReport: () => looks++,
      onError: () => {},
      sync: async () => report,
      watchFolder: (_, told) => {
        changed = told;
        return () => {};
      },
    });
    await watch.start();
    expect(looks).toBe(1);
    for (let n = 0; n < 5; n++) changed();
    await clock.pass(500);
    expect(looks).toBe(2);
    for (let n = 0; n < 40; n++) {
      changed();
      await clock.pass(100);
    }
    expect(looks).toBeGreaterThan(2);
    await watch.dispose();
    changed();
    expect(clock.pending).toBe(0);
  });

  it('finds a change that nothing told of, and tries again after an error', async () => {
    const clock = new Clock();
    let looks = 0;
    const errors: unknown[] = [];
    const watch = new MirrorWatch({
      folder: root,
      timers: clock,
      onReport: () => {},
      onError: (error) => errors.push(error),
      sync: async () => {
        if (++looks === 2) throw new Error('locked');
        return report;
      },
      watchFolder: () => {
        throw new Error('cannot be watched');
      },
    });
    await watch.start();
    await clock.pass(6_000);
    expect(looks).toBe(1);
    writeFileSync(join(root, 'new.md'), 'x');
    await clock.pass(9_000);
    expect(errors).toHaveLength(1);
    expect(looks).toBe(3);
    await watch.dispose();
    expect(clock.pending).toBe(0);
  });

  it('looks within two seconds of what others wrote to a block, and not again when they did not', async () => {
    const clock = new Clock();
    let looks = 0;
    let memory = 'one';
    const watch = new MirrorWatch({
      folder: root,
      timers: clock,
      onReport: () => looks++,
      onError: () => {},
      sync: async () => report,
      watchFolder: () => () => {},
      memory: async () => {
        if (memory === 'gone') throw new Error('unreachable');
        return memory;
      },
    });
    await watch.start();
    await clock.pass(4_000);
    const before = looks;
    memory = 'two';
    await clock.pass(2_000);
    expect(looks).toBe(before + 1);
    memory = 'gone';
    await clock.pass(4_000);
    expect(looks).toBe(before + 1);
    await watch.dispose();
    expect(clock.pending).toBe(0);
  });

  it('sees a real edit', async () => {
    let tell = () => {};
    const seen = new Promise<void>((resolve) => {
      tell = resolve;
    });
    let looks = 0;
    const watch = new MirrorWatch({
      folder: root,
      onError: () => {},
      sync: async () => report,
      onReport: () => {
        if (++looks === 2) tell();
      },
    });
    await watch.start();
    writeFileSync(join(root, 'new.md'), 'x');
    await seen;
    await watch.dispose();
  });
});
