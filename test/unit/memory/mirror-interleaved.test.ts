// Agent, person, files, another window, a colleague's commits and kills in any order: no line that anybody wrote is ever lost.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/letta/connection.ts';
import { saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { merge3 } from '../../../src/memory/mirror/merge.ts';
import { Mirror } from '../../../src/memory/mirror/mirror.ts';
import { type FakeBlocks, git, maskSecrets, Place } from '../../support/memory-mirror.ts';

/** More: `LETTA_MIRROR_RUNS=100`. One long sequence costs less than several: making the repositories takes longest. */
const RUNS = Number(process.env.LETTA_MIRROR_RUNS ?? 1);

class Killed extends Error {}

type Step =
  | {
      kind: 'agent' | 'person' | 'file' | 'agentMeanwhile' | 'type';
      label: 'project' | 'human';
      at: number;
      way: 'add' | 'change' | 'remove';
    }
  | { kind: 'pull'; label: 'project' | 'human'; at: number; way: 'add' | 'change' | 'remove' }
  | { kind: 'decide'; accept: boolean }
  | { kind: 'remove' | 'new' | 'sync' | 'otherWindow' | 'save' }
  | { kind: 'kill'; at: number };

const edit = {
  label: fc.constantFrom('project' as const, 'human' as const),
  at: fc.nat(12),
  way: fc.constantFrom('add' as const, 'change' as const, 'remove' as const),
};
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('agent' as const, 'person' as const), ...edit }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('file' as const), ...edit }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('agentMeanwhile' as const), ...edit }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pull' as const), ...edit }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('decide' as const), accept: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('type' as const), ...edit }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('otherWindow' as const, 'save' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'new' as const, 'sync' as const, 'sync' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), at: fc.integer({ min: 1, max: 25 }) }) },
);

/** What everybody does, and every line that they wrote. */
class World {
  readonly place = new Place();
  readonly written: string[] = [];
  readonly told: string[] = [];
  private countdown = 0;
  private count = 0;
  private readonly theirs = join(this.place.root, 'theirs');
  private mirror = this.open();
  /** Of another window on the same folder. */
  private readonly other = new Mirror({ ...this.shared(), maskSecrets });
  private readonly log = new ChangeLog(join(this.place.root, 'changes.jsonl'));
  /** What the person types in the Memory panel, and what it began with. */
  private draft: { label: string; base: string; value: string } | undefined;

  private shared() {
    const { folder, blocks } = this.place;
    return { folder, agentId: 'agent-1', blocks };
  }

  private open(): Mirror {
    const passed = () => {
      if (this.countdown > 0 && --this.countdown === 0) throw new Killed('killed');
    };
    return new Mirror({ ...this.shared(), maskSecrets, passed });
  }

  async begin(): Promise<void> {
    for (const label of ['project', 'human'])
      this.place.blocks.add(label, `${label} one\n${label} two\n${label} three`, { limit: 100_000 });
    await this.mirror.sync();
    git(this.place.root, 'clone', '--quiet', this.place.folder, this.theirs);
  }

  private line(who: string): string {
    const line = `${who} wrote ${++this.count}`;
    this.written.push(line);
    return line;
  }

  private change(text: string, who: string, at: number, way: 'add' | 'change' | 'remove'): string {
    const lines = text.split('\n');
    const place = at % (lines.length + (way === 'add' ? 1 : 0));
    if (way === 'add') lines.splice(place, 0, this.line(who));
    else if (way === 'change') lines[place] = this.line(who);
    else lines.splice(place, 1);
    return lines.join('\n');
  }

  async sync(): Promise<void> {
    try {
      const report = await this.mirror.sync();
      for (const { after } of report.proposed) this.told.push(after ?? '');
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.restart();
      await this.sync();
    }
  }

  private async otherLooks(): Promise<void> {
    const report = await this.other.sync();
    for (const { after } of report.proposed) this.told.push(after ?? '');
  }

  private async type(label: string, at: number, way: 'add' | 'change' | 'remove'): Promise<void> {
    // One editor at a time.
    await this.save();
    const base = this.place.blocks.value(label) ?? '';
    this.draft = { label, base, value: this.change(base, 'person', at, way) };
  }

  /** As the Memory panel does: a conflict shows what stands there, and the person saves both together. */
  private async save(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    this.draft = undefined;
    const { blocks } = this.place;
    const connection = connectionTo(blocks);
    const blockId = `block-${draft.label}`;
    const stands = blocks.value(draft.label);
    const saved = await saveBlock(connection, this.log, { blockId, value: draft.value, base: draft.base });
    // What someone else has written meanwhile is never replaced unseen.
    const moved = stands !== draft.base && stands !== draft.value;
    expect(saved.outcome).toBe(moved ? 'conflict' : 'saved');
    if (saved.outcome === 'saved') return;
    const now = saved.block.value;
    const merged = merge3(draft.base, now, draft.value);
    const value = merged.outcome === 'clean' ? merged.text : `${now}\n${draft.value}`;
    expect(await saveBlock(connection, this.log, { blockId, value, base: now })).toMatchObject({ outcome: 'saved' });
  }

  /** What the log of the person's own saves says, which the history of blocks is made from. */
  private logged(): string {
    const lines = (read(join(this.place.root, 'changes.jsonl')) ?? '').split('\n').filter((line) => line !== '');
    const entries = lines.map((line) => JSON.parse(line) as { change?: { before: string; after: string } });
    return entries.flatMap(({ change }) => (change ? [change.before, change.after] : [])).join('\n');
  }

  private restart(): void {
    this.countdown = 0;
    rmSync(join(this.place.folder, '.letta', 'mirror.lock'), { force: true });
    this.mirror = this.open();
  }

  private agentWrites(
    label: string,
    who: string,
    at: number,
    way: 'add' | 'change' | 'remove',
  ): Parameters<Mirror['record']>[0] {
    const { blocks } = this.place;
    const value = this.change(blocks.value(label) ?? '', who, at, way);
    blocks.set(label, value);
    return { blockId: `block-${label}`, label, value, author: who, turnId: `run-${this.count}` };
  }

  async run(action: Step): Promise<void> {
    const { place } = this;
    if (action.kind === 'agent' || action.kind === 'person') {
      try {
        await this.mirror.record(this.agentWrites(action.label, action.kind, action.at, action.way));
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.restart();
        await this.sync();
      }
    } else if (action.kind === 'agentMeanwhile') {
      const telling: Promise<unknown>[] = [];
      place.blocks.beforeWrite = () => {
        const change = this.agentWrites(action.label, 'agent', action.at, action.way);
        telling.push(this.mirror.record(change).catch(() => this.restart()));
      };
      await this.sync();
      place.blocks.beforeWrite = null;
      await Promise.all(telling);
      await this.sync();
    } else if (action.kind === 'file') {
      // What a person takes out of a file must have been seen first: undoing one's own typing is nobody's loss.
      if (action.way !== 'add') await this.sync();
      this.editFile(join(place.folder, `${action.label}.md`), 'person', action.at, action.way);
    } else if (action.kind === 'pull') await this.pull(action.label, action.at, action.way);
    else if (action.kind === 'decide') await this.decide(action.accept);
    else if (action.kind === 'remove') {
      await this.sync();
      rmSync(join(place.folder, 'project.md'), { force: true });
    } else if (action.kind === 'new') {
      const name = `note-${++this.count}`;
      writeFileSync(
        join(place.folder, `${name}.md`),
        `---\nname: ${name}\ndescription: d\n---\n${this.line('person')}\n`,
      );
    } else if (action.kind === 'kill') this.countdown = action.at;
    else if (action.kind === 'otherWindow') await this.otherLooks();
    else if (action.kind === 'type') await this.type(action.label, action.at, action.way);
    else if (action.kind === 'save') await this.save();
    else await this.sync();
  }

  private editFile(path: string, who: string, at: number, way: 'add' | 'change' | 'remove'): boolean {
    const text = read(path);
    const end = text?.indexOf('\n---\n') ?? -1;
    if (text === null || end < 0) return false;
    const head = text.slice(0, end + 5);
    writeFileSync(path, `${head}${this.change(text.slice(end + 5, -1), who, at, way)}\n`);
    return true;
  }

  /** A colleague takes our commits, commits on top, and we pull as far as git lets us. */
  private async pull(label: string, at: number, way: 'add' | 'change' | 'remove'): Promise<void> {
    const { folder } = this.place;
    git(this.theirs, 'fetch', '--quiet', 'origin');
    git(this.theirs, 'reset', '--quiet', '--hard', 'origin/main');
    const count = this.count;
    const before = this.written.length;
    if (!this.editFile(join(this.theirs, `${label}.md`), 'colleague', at, way)) return;
    git(this.theirs, 'commit', '--quiet', '--allow-empty', '-am', `Change ${count}`);
    try {
      git(folder, 'pull', '--quiet', '--no-rebase', '--no-edit', this.theirs, 'main');
    } catch {
      // Local edits are in the way: git changes nothing, and the colleague's text stays theirs.
      this.written.splice(before);
      try {
        git(folder, 'merge', '--abort');
      } catch {
        // It never began.
      }
    }
  }

  private async decide(accept: boolean): Promise<void> {
    const { blocks } = this.place;
    const proposal = blocks.proposals.find((p) => p.action !== 'conflict');
    if (!proposal) return;
    const block = blocks.blocks.find((b) => b.label === proposal.label);
    if (accept && proposal.after !== null) {
      if (!block) blocks.add(proposal.label, proposal.after, { limit: 100_000 });
      else {
        const merged = merge3(proposal.before ?? '', block.value, proposal.after);
        if (merged.outcome === 'clean') blocks.set(block.label, merged.text);
      }
    }
    blocks.proposals = blocks.proposals.filter((p) => p !== proposal);
    try {
      await this.mirror.settled(proposal.id);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.restart();
      await this.mirror.settled(proposal.id);
    }
  }

  /** Nothing that was typed is left unsaved, and both windows have seen all of it. */
  async finish(): Promise<void> {
    await this.save();
    await this.sync();
    await this.otherLooks();
    await this.sync();
  }

  async settle(): Promise<void> {
    this.countdown = 0;
    for (let left = 20; left > 0 && this.place.blocks.proposals.some((p) => p.action !== 'conflict'); left--) {
      await this.decide(left % 2 === 0);
    }
    for (const path of this.unwanted()) rmSync(path);
    await this.sync();
  }

  /** Files whose block a person did not want. */
  private unwanted(): string[] {
    const { folder, blocks } = this.place;
    const labels = new Set(blocks.blocks.map((b) => b.label));
    const names = readdirSync(folder).filter((n) => n.endsWith('.md') && n !== 'MEMORY.md');
    return names.filter((n) => !labels.has(n.slice(0, -3))).map((n) => join(folder, n));
  }

  /** Everything that can still be found. */
  found(): string {
    const { place } = this;
    const files = readdirSync(place.folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.startsWith('.git'))
      .map((path) => readFileSync(join(place.folder, path), 'utf8'));
    const values = place.blocks.blocks.map((block) => block.value);
    const proposals = place.blocks.proposals.map((p) => p.after ?? '');
    return [...files, ...values, ...proposals, ...this.told, this.logged(), place.history()].join('\n');
  }
}

/** What saving a block asks of a server. */
function connectionTo(blocks: FakeBlocks): Connection {
  const retrieve = async (id: string) => blocks.blocks.find((block) => block.id === id);
  const update = async (id: string, { value }: { value: string }) => {
    blocks.set(id.slice('block-'.length), value);
    return retrieve(id);
  };
  return { client: { blocks: { retrieve, update } }, kind: 'embedded', homeKey: 'embedded' } as unknown as Connection;
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

describe('no text is lost', () => {
  it('whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 24 }), async (steps) => {
        const world = new World();
        try {
          await world.begin();
          for (const action of steps) {
            await world.run(action);
          }
          await world.finish();
          const found = new Set(
            world
              .found()
              .split('\n')
              .map((line) => line.replace(/^[+\- ]/, '')),
          );
          expect(world.written.filter((line) => !found.has(line))).toEqual([]);
          world.place.check();
          // Once everything is decided, files and blocks say the same and nothing more happens.
          await world.settle();
          const { blocks, mirror } = world.place;
          const quiet = await mirror.sync();
          expect(quiet).toMatchObject({ problems: [], written: [], applied: [], proposed: [], commits: 0 });
          for (const { label, value } of blocks.blocks)
            expect(world.place.read(`${label}.md`)).toContain(`\n---\n${value}\n`);
          expect(world.place.git('status', '--porcelain')).toBe('');
        } finally {
          world.place.dispose();
        }
      }),
      {
        numRuns: RUNS + 2,
        examples: [
          // A line typed into a file that was pulled, then rejected together with the pulled one.
          [
            [
              { kind: 'pull', label: 'human', at: 0, way: 'add' },
              { kind: 'file', label: 'human', at: 0, way: 'add' },
              { kind: 'agent', label: 'project', at: 0, way: 'add' },
              { kind: 'decide', accept: false },
            ],
          ],
          // Saved over a base that the agent and another window's look at the files have moved on from.
          [
            [
              { kind: 'type', label: 'project', at: 1, way: 'change' },
              { kind: 'agent', label: 'project', at: 1, way: 'change' },
              { kind: 'file', label: 'project', at: 3, way: 'add' },
              { kind: 'otherWindow' },
              { kind: 'save' },
              { kind: 'file', label: 'project', at: 0, way: 'add' },
              { kind: 'otherWindow' },
            ],
          ],
        ],
      },
    );
  }, 600_000);
});
