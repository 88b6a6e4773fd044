// An agent's memory as files of a git repository: names and texts one to one, and a kill in the middle of a push.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { EVERYTHING } from '../../../src/server/engine/audience.ts';
import { fromFile, labelOf, pathOf, toFile } from '../../../src/server/memfs/layout.ts';
import { MemoryRepository } from '../../../src/server/memfs/memory-repository.ts';
import { Repository } from '../../../src/server/memfs/repository.ts';
import { Store } from '../../../src/server/store/store.ts';
import { Harness, temporaryFolder } from './support.ts';

const labels = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
  fc.constantFrom(
    'MEMORY',
    'memory',
    'Memory',
    'con',
    'CON',
    'a/b',
    '..',
    '.git',
    'x.md',
    '%2e',
    'ａ',
    'é',
    'COM1',
    ' a ',
  ),
);

describe('the repository', () => {
  test('that was deleted meanwhile is made again; a git that cannot be started ends nothing but its answer', async () => {
    const repository = new Repository(join(temporaryFolder(), 'git'));
    await repository.make();
    rmSync(repository.folder, { recursive: true });
    let said = '';
    for await (const piece of repository.upload(['--advertise-refs'], Buffer.alloc(0), undefined).stdout) said += piece;
    expect(said).toBe('');
    await repository.make();
    expect(await repository.head()).toBeUndefined();
  });
});

describe('the layout', () => {
  test('has a file name of its own for every label, and leads back to it, wherever case is ignored', () => {
    fc.assert(
      fc.property(labels, labels, (one, other) => {
        fc.pre(one.isWellFormed() && other.isWellFormed());
        const [a, b] = [pathOf(one), pathOf(other)];
        if (a === undefined || b === undefined) return;
        expect(labelOf(a)).toBe(one);
        expect(a).toMatch(/^(?![.])[A-Za-z0-9_%-]+\.md$/);
        if (one !== other) expect(a.toLowerCase().normalize('NFKD')).not.toBe(b.toLowerCase().normalize('NFKD'));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps every value byte for byte, and what is said of it on one line', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 200 })
      .filter((each) => each.isWellFormed() && !each.includes('\r'));
    fc.assert(
      fc.property(labels, text, text, (label, value, description) => {
        fc.pre(label.isWellFormed() && label !== 'MEMORY' && label.trim() !== '' && !value.startsWith('\ufeff'));
        const read = fromFile('x.md', Buffer.from(toFile({ label, value, description })));
        expect(read.value).toBe(value);
        const said = description.replace(/\s+/g, ' ').trim();
        if (said !== '') expect(read.description).toBe(said);
      }),
      { numRuns: 300 },
    );
  });
});

test('a kill between the blocks and the branch of a push loses neither side: the branch is brought there', async () => {
  const folder = temporaryFolder();
  const h = await Harness.start(folder);
  const made = await h.agent();
  const store = new Store(folder);
  onTestFinished(() => store.close());
  const agent = store.agents.get(made.id);
  if (!agent) throw new Error('no agent');
  const repository = new Repository(join(folder, 'git', 'it.git'));
  const memory = new MemoryRepository(store, repository, agent, EVERYTHING);
  const from = await memory.sync();
  // A push, up to the moment before the branch moves.
  const pushed = file('Prefers spaces.');
  const to = await aside(repository, from, pushed);
  const branch = vi.spyOn(repository, 'advance').mockRejectedValue(new Error('killed'));
  await expect(memory.accept(from, to)).rejects.toThrow('killed');
  branch.mockRestore();
  expect(store.blocks.byLabel(agent.id, 'human')?.value).toBe('Prefers spaces.');

  const again = new MemoryRepository(store, new Repository(repository.folder), agent, EVERYTHING);
  const now = await again.sync();
  expect(now).not.toBe(from);
  expect(await repository.isAncestor(from, now)).toBe(true);
  const [entry] = (await repository.list(now)).filter(({ path }) => path === 'human.md');
  expect((await repository.read(entry?.id ?? '')).toString('utf8')).toBe(pushed);
  // Half of a repository, as a kill while it is made leaves it, is made whole.
  rmSync(join(repository.folder, 'HEAD'));
  expect(await new MemoryRepository(store, new Repository(repository.folder), agent, EVERYTHING).sync()).toBe(now);
});

test.each(['beginAnew', 'prune', 'noteCleared'] as const)(
  'a kill at %s, while what was said of a closed block goes, is made up for with the next fetch',
  async (step) => {
    const folder = temporaryFolder();
    const h = await Harness.start(folder);
    const made = await h.agent();
    const store = new Store(folder);
    onTestFinished(() => store.close());
    const agent = store.agents.get(made.id);
    if (!agent) throw new Error('no agent');
    const repository = new Repository(join(folder, 'git', 'it.git'));
    const old = await new MemoryRepository(store, repository, agent, EVERYTHING).sync();
    const said = (await repository.list(old)).find(({ path }) => path === 'human.md')?.id ?? '';
    expect((await repository.read(said)).toString('utf8')).toContain('Prefers tabs.');
    const at = `/v1/agents/${agent.id}/core-memory/blocks/human`;
    await h.json('PATCH', at, { metadata: { local_only: true } });
    const withheld = { ...EVERYTHING, key: 'another' };
    const killed = vi.spyOn(repository, step).mockRejectedValue(new Error('killed'));
    await expect(new MemoryRepository(store, repository, agent, withheld).sync()).rejects.toThrow('killed');
    killed.mockRestore();

    const again = new Repository(repository.folder);
    const now = await new MemoryRepository(store, again, agent, withheld).sync();
    expect((await again.history(now)).map(({ path }) => path)).toEqual(['MEMORY.md']);
    await expect(again.read(said)).rejects.toThrow(said);
    expect(await new MemoryRepository(store, again, agent, withheld).sync()).toBe(now);
  },
);

const file = (value: string) => `---\nname: human\ndescription: The person.\n---\n${value}\n`;

/** A commit that no branch has. */
async function aside(repository: Repository, from: string, text: string): Promise<string> {
  await repository.commit(from, 'Pushed', new Map([['human.md', text]]));
  const to = (await repository.head()) ?? '';
  await repository.advance(to, from);
  return to;
}
