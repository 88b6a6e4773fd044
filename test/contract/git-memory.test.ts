// An agent's memory over git (Letta API: MemFS over git smart HTTP), with the program git as its client: both sides write, and
// nothing is lost.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { messageText } from '../support/scripted-model.ts';
import { type RunningServer, spawnCli } from './support/server.ts';
import { blockOf, type Door, json, pair, say, test } from './support/world.ts';

const run = promisify(execFile);
const SLOW = 90_000;

/** A clone, as somebody else has it on their disk. */
class Clone {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  static async of(url: string, folder: string): Promise<Clone> {
    mkdirSync(folder, { recursive: true });
    const clone = new Clone(folder);
    const { code, said } = await clone.git('clone', '--quiet', url, '.');
    if (code !== 0) throw new Error(said);
    return clone;
  }

  /** Never rejects; `said` is both streams. */
  async git(...args: string[]): Promise<{ code: number; said: string }> {
    const who = ['-c', 'user.name=Bea', '-c', 'user.email=bea@example.com'];
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: devNull,
      GIT_TERMINAL_PROMPT: '0',
    };
    return await run('git', [...who, ...args], { cwd: this.folder, env }).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      (error) => ({ code: Number(error.code), said: `${error.stdout}${error.stderr}` }),
    );
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  async commit(message = 'A change'): Promise<void> {
    await this.git('add', '-A');
    const { code, said } = await this.git('commit', '--quiet', '-m', message);
    if (code !== 0) throw new Error(said);
  }

  async push(...args: string[]): Promise<{ code: number; said: string }> {
    return await this.git('push', ...(args.length > 0 ? args : ['origin', 'main']));
  }

  get files(): string[] {
    return readdirSync(this.folder).filter((name) => name !== '.git');
  }
}

const remote = (door: Door, agent: { id: string }) => `${door.baseUrl}/v1/git/${agent.id}/state.git`;
const file = (label: string, description: string, value: string) =>
  `---\nname: ${label}\ndescription: ${description}\n---\n${value}\n`;
const setBlock = (door: Door, agent: { id: string }, label: string, body: object) =>
  json(door, 'PATCH', `/v1/agents/${agent.id}/core-memory/blocks/${label}`, body);
const labels = async (door: Door, agent: { id: string }) =>
  (await json<{ label: string }[]>(door, 'GET', `/v1/agents/${agent.id}/core-memory/blocks`))
    .map(({ label }) => label)
    .sort();

interface Place {
  server: RunningServer;
  agent: { id: string };
  conversation: { id: string };
  clone: Clone;
  another(name: string): Promise<Clone>;
}

// They wait for programs most of the time.
describe.concurrent('over git', () => {
  const it = test.extend<{ at: Place }>({
    at: async ({ world }, use) => {
      const server = await world.spawned();
      const { agent, conversation } = await pair(server, {
        memory_blocks: [
          { label: 'human', value: 'Prefers tabs.\nLikes tea.', description: 'Who they are' },
          { label: 'project', value: 'Built with make.' },
        ],
      });
      const another = (name: string) => Clone.of(remote(server, agent), join(world.dataDir, name));
      await use({ server, agent, conversation, clone: await another('clone'), another });
    },
  });

  it(
    'the blocks are files; a push changes the block, and the model sees it in a new conversation',
    async ({ at, world }) => {
      const { clone, server, agent } = at;
      expect(clone.files.sort()).toEqual(['MEMORY.md', 'human.md', 'project.md']);
      expect(clone.read('human.md')).toBe(file('human', 'Who they are', 'Prefers tabs.\nLikes tea.'));
      clone.write('human.md', file('human', 'Who they are', 'Prefers spaces.\nLikes tea.'));
      await clone.commit();
      expect(await clone.push()).toMatchObject({ code: 0 });
      expect(await blockOf(server, agent)).toBe('Prefers spaces.\nLikes tea.');
      const conversation = await json<{ id: string }>(server, 'POST', `/v1/conversations/?agent_id=${agent.id}`, {});
      await say(server, conversation, 'Hi');
      expect(world.model.requests.at(-1)?.body.messages.map(messageText)[0]).toContain('Prefers spaces.');
    },
    SLOW,
  );

  it(
    'a new file is a new block, a deleted one is detached and not lost, and a described one says so',
    async ({ at }) => {
      const { clone, server, agent } = at;
      const before = await json<{ id: string; label: string }[]>(
        server,
        'GET',
        `/v1/agents/${agent.id}/core-memory/blocks`,
      );
      clone.write('taste.md', file('Taste', 'What they like', 'Green.'));
      clone.write('human.md', file('human', 'Whom I talk to', 'Prefers tabs.\nLikes tea.'));
      rmSync(join(clone.folder, 'project.md'));
      await clone.commit();
      expect(await clone.push()).toMatchObject({ code: 0 });
      expect(await labels(server, agent)).toEqual(['human', 'taste']);
      expect(await json(server, 'GET', `/v1/agents/${agent.id}/core-memory/blocks/human`)).toMatchObject({
        description: 'Whom I talk to',
      });
      const project = before.find(({ label }) => label === 'project');
      expect(await json(server, 'GET', `/v1/blocks/${project?.id}`)).toMatchObject({ value: 'Built with make.' });
      // What they wrote stays as they wrote it.
      expect((await at.another('later')).read('taste.md')).toBe(file('Taste', 'What they like', 'Green.'));
    },
    SLOW,
  );

  it(
    'what changes on the server comes with the next pull, labels of any kind too',
    async ({ at }) => {
      const { clone, server, agent } = at;
      await setBlock(server, agent, 'human', { value: 'Likes coffee.' });
      const odd = ['Persona', 'a/b', 'con', '.hidden', 'Ünicode ☕', '100%', 'memory'];
      for (const label of odd) {
        const block = await json<{ id: string }>(server, 'POST', '/v1/blocks/', { label, value: `of ${label}` });
        await json(server, 'PATCH', `/v1/agents/${agent.id}/core-memory/blocks/attach/${block.id}`);
      }
      expect(await clone.git('pull', '--ff-only')).toMatchObject({ code: 0 });
      expect(clone.read('human.md')).toBe(file('human', 'Who they are', 'Likes coffee.'));
      expect(clone.files.length).toBe(3 + odd.length);
      for (const name of clone.files.filter((each) => each !== 'MEMORY.md' && !/^(human|project)/.test(each)))
        clone.write(name, clone.read(name).replace(/\nof /, '\nchanged: '));
      await clone.commit();
      expect(await clone.push()).toMatchObject({ code: 0 });
      for (const label of odd)
        expect(
          await json(server, 'GET', `/v1/agents/${agent.id}/core-memory/blocks/${encodeURIComponent(label)}`),
        ).toMatchObject({ value: `changed: ${label}` });
    },
    SLOW,
  );

  it(
    'changes on both sides are merged by who pushes last, and neither is lost',
    async ({ at }) => {
      const { clone, server, agent } = at;
      clone.write('human.md', file('human', 'Who they are', 'Prefers spaces.\nLikes tea.'));
      await clone.commit();
      await setBlock(server, agent, 'project', { value: 'Built with ninja.' });
      const refused = await clone.push();
      expect([refused.code, refused.said]).toEqual([1, expect.stringMatching(/fetch first|rejected/)]);
      expect(await blockOf(server, agent)).toBe('Prefers tabs.\nLikes tea.');
      expect(await clone.git('pull', '--rebase')).toMatchObject({ code: 0 });
      expect(await clone.push()).toMatchObject({ code: 0 });
      expect(await blockOf(server, agent)).toBe('Prefers spaces.\nLikes tea.');
      expect(await json(server, 'GET', `/v1/agents/${agent.id}/core-memory/blocks/project`)).toMatchObject({
        value: 'Built with ninja.',
      });
    },
    SLOW,
  );

  it(
    'changes of one line on both sides are a conflict that a person settles; neither overwrites the other',
    async ({ at }) => {
      const { clone, server, agent } = at;
      clone.write('human.md', file('human', 'Who they are', 'Prefers spaces.\nLikes tea.'));
      await clone.commit();
      await setBlock(server, agent, 'human', { value: 'Prefers two spaces.\nLikes tea.' });
      expect((await clone.push()).code).toBe(1);
      expect((await clone.push('--force', 'origin', 'main')).said).toContain('fetch first');
      expect(await blockOf(server, agent)).toBe('Prefers two spaces.\nLikes tea.');
      expect((await clone.git('pull', '--rebase')).said).toContain('CONFLICT');
      clone.write('human.md', file('human', 'Who they are', 'Prefers four spaces.\nLikes tea.'));
      await clone.git('add', '-A');
      expect(await clone.git('-c', 'core.editor=true', 'rebase', '--continue')).toMatchObject({ code: 0 });
      expect(await clone.push()).toMatchObject({ code: 0 });
      expect(await blockOf(server, agent)).toBe('Prefers four spaces.\nLikes tea.');
    },
    SLOW,
  );

  it(
    'two that push at a time: one is first, the other fetches, and both changes are there',
    async ({ at, world }) => {
      const other = await world.spawned();
      const clones = [at.clone, await Clone.of(remote(other, at.agent), join(world.dataDir, 'other'))];
      await Promise.all(
        clones.map(async (clone, n) => {
          clone.write(`note-${n}.md`, file(`note-${n}`, 'A note', `Of ${n}.`));
          await clone.commit();
          for (let tries = 0; (await clone.push()).code !== 0; tries++) {
            if (tries > 8) throw new Error('never first');
            await clone.git('pull', '--rebase');
          }
        }),
      );
      expect(await labels(at.server, at.agent)).toEqual(['human', 'note-0', 'note-1', 'project']);
    },
    SLOW,
  );

  it(
    'files that are no blocks are kept, and come with a new clone, also after a restart',
    async ({ at, world }) => {
      at.clone.write('skills/deploy/SKILL.md', '---\nname: deploy\ndescription: Deploys.\n---\nRun it.\n');
      at.clone.write('notes/MEMORY.md', '# Notes\n');
      at.clone.write('.memfs.config.json', '{}\n');
      await at.clone.commit();
      expect(await at.clone.push()).toMatchObject({ code: 0 });
      expect(await labels(at.server, at.agent)).toEqual(['human', 'project']);
      await at.server.close();
      const again = await world.inProcess();
      await setBlock(again, at.agent, 'human', { value: 'Later.' });
      const fresh = await Clone.of(remote(await world.spawned(), at.agent), join(world.dataDir, 'fresh'));
      expect(fresh.read('skills/deploy/SKILL.md')).toContain('Run it.');
      expect(fresh.read('notes/MEMORY.md')).toBe('# Notes\n');
      expect(fresh.read('human.md')).toContain('Later.');
    },
    SLOW,
  );

  it(
    'what cannot be taken over is refused with the reason, and nothing of that push is',
    async ({ at }) => {
      const { clone, server, agent } = at;
      await setBlock(server, agent, 'project', { read_only: true, limit: 40 });
      const refusals: [string, () => void, RegExp][] = [
        ['frontmatter', () => clone.write('human.md', 'No front.\n'), /human\.md: it must begin with frontmatter/],
        [
          'a key',
          () => clone.write('human.md', '---\nname: a\ndescription: b\nlimit: 3\n---\n'),
          /name and description only, not "limit"/,
        ],
        [
          'an index with frontmatter',
          () => clone.write('MEMORY.md', '---\nname: a\n---\n'),
          /MEMORY\.md: the index has no frontmatter/,
        ],
        [
          'read-only',
          () => clone.write('project.md', file('project', 'x', 'Other.')),
          /project\.md: the block "project" is read-only/,
        ],
        [
          'binary',
          () => writeFileSync(join(clone.folder, 'human.md'), Buffer.from([0xff, 0xfe, 0x00])),
          /human\.md: it is not UTF-8/,
        ],
        ['a link', () => symlinkSync('/etc/passwd', join(clone.folder, 'link.md')), /links and submodules/],
        [
          'two files of one block',
          () => clone.write('%68uman.md', file('human', 'x', 'y')),
          /two files are the block "human"/,
        ],
        [
          'too long',
          () => clone.write('long.md', file('long', 'x', 'word '.repeat(30_000))),
          /characters over the block's limit of 100000/,
        ],
      ];
      for (const [name, spoil, reason] of refusals) {
        clone.write('new.md', file('new', 'x', 'Along with it.'));
        spoil();
        await clone.commit(name);
        const { code, said } = await clone.push();
        expect([name, code, said]).toEqual([name, 1, expect.stringMatching(reason)]);
        await clone.git('reset', '--hard', 'origin/main');
      }
      expect(await labels(server, agent)).toEqual(['human', 'project']);
      expect((await clone.push('origin', 'main:other')).said).toContain('the memory has one branch, main');
      expect((await clone.push('origin', ':main')).said).toMatch(/remote rejected/);
      await clone.git('commit', '--amend', '--quiet', '-m', 'Another past');
      expect((await clone.push('--force', 'origin', 'main')).said).toContain('fetch first');
      expect(await clone.git('fetch')).toMatchObject({ code: 0 });
    },
    SLOW,
  );

  it(
    'a block that is kept to local models is not in it, and no push can write it',
    async ({ at }) => {
      const { clone, server, agent } = at;
      await setBlock(server, agent, 'project', { value: 'The code is X-4711-QQ.', metadata: { local_only: true } });
      await setBlock(server, agent, 'human', { value: 'Said X-4711-QQ once.' });
      expect(await clone.git('pull', '--rebase')).toMatchObject({ code: 0 });
      expect(clone.files.sort()).toEqual(['MEMORY.md', 'human.md']);
      expect((await clone.git('grep', '4711')).code).toBe(1);
      clone.write('human.md', file('human', 'Who they are', 'Other.'));
      await clone.commit();
      expect((await clone.push()).said).toContain('holds what is kept to local models');
      await clone.git('reset', '--hard', 'origin/main');
      clone.write('project.md', file('project', 'x', 'Other.'));
      await clone.commit();
      expect((await clone.push()).said).toContain('holds what is kept to local models');
      expect(await json(server, 'GET', `/v1/agents/${agent.id}/core-memory/blocks/project`)).toMatchObject({
        value: 'The code is X-4711-QQ.',
      });
    },
    SLOW,
  );

  it(
    'what a block said before it was closed to models elsewhere is in no clone that is made then',
    async ({ at, world }) => {
      const { clone, server, agent } = at;
      const objects = async (where: Clone) => {
        const { said } = await where.git('cat-file', '--batch-all-objects', '--batch');
        return said;
      };
      await setBlock(server, agent, 'project', { value: 'My private diary of the summer.' });
      await setBlock(server, agent, 'human', { value: 'Said X-4711-QQ once.' });
      clone.write('skills/deploy/SKILL.md', 'Run it.\n');
      await clone.commit();
      await clone.git('pull', '--rebase');
      expect(await clone.push()).toMatchObject({ code: 0 });
      const old = (await clone.git('rev-parse', 'HEAD')).said.trim();
      expect(await objects(await at.another('before'))).toMatch(/private diary[\s\S]*|X-4711-QQ/);
      // Its own earlier words go, and those of other blocks that are its words now.
      await setBlock(server, agent, 'project', { value: 'Something else.' });
      await setBlock(server, agent, 'project', { value: 'X-4711-QQ', metadata: { local_only: true } });
      const after = await at.another('after');
      expect(after.files.sort()).toEqual(['MEMORY.md', 'human.md', 'skills']);
      expect(await objects(after)).not.toMatch(/diary|Something else|X-4711-QQ/);
      // Nor can they be had by their ids.
      expect((await after.git('fetch', 'origin', old)).code).not.toBe(0);
      const kept = new Clone(join(world.dataDir, 'git', `${agent.id}.git`));
      expect(await objects(kept)).not.toMatch(/diary|Something else|X-4711-QQ/);
      // A clone from before keeps what it had not pushed, and goes on.
      clone.write('notes.txt', 'Mine.\n');
      await clone.commit();
      expect((await clone.push()).said).toMatch(/rejected/);
      expect((await clone.push('--force', 'origin', 'main')).said).toMatch(/rejected/);
      expect(await clone.git('pull', '--rebase')).toMatchObject({ code: 0 });
      expect(await clone.push()).toMatchObject({ code: 0 });
      // Writing the closed block on leaves the history alone.
      const head = (await clone.git('rev-parse', 'HEAD')).said.trim();
      await setBlock(server, agent, 'project', { value: 'Z-0815-AB is new.' });
      await clone.git('pull', '--rebase');
      expect((await clone.git('rev-parse', 'HEAD')).said.trim()).toBe(head);
    },
    SLOW,
  );

  it(
    'a push that is refused leaves nothing on the disk, and one that is taken everything',
    async ({ at, world }) => {
      const { clone, agent } = at;
      const folder = join(world.dataDir, 'git', `${agent.id}.git`);
      const kept = new Clone(folder);
      const all = async () => (await kept.git('cat-file', '--batch-all-objects', '--batch-check')).said;
      const before = await all();
      const names = readdirSync(folder).sort();
      clone.write('big.bin', 'x'.repeat(5 * 1024 * 1024));
      await clone.commit();
      expect((await clone.push()).said).toContain('big.bin: larger than 4 MB');
      await clone.git('reset', '--hard', 'origin/main');
      clone.write('project.md', file('project', 'x', 'word '.repeat(30_000)));
      await clone.commit();
      expect((await clone.push()).said).toContain('over the block');
      expect(await all()).toBe(before);
      expect(readdirSync(folder).sort()).toEqual(names);
      await clone.git('reset', '--hard', 'origin/main');
      clone.write('project.md', file('project', 'x', 'Other.'));
      clone.write('more/a.txt', 'a');
      await clone.commit();
      expect(await clone.push()).toMatchObject({ code: 0 });
      // The branch may also be brought back to objects that are there already.
      await clone.git('revert', '--no-edit', 'HEAD');
      expect(await clone.push()).toMatchObject({ code: 0 });
      expect(readdirSync(folder).sort()).toEqual(names);
      expect((await kept.git('fsck', '--full', '--strict')).code).toBe(0);
      const fresh = await at.another('fresh');
      expect(fresh.read('project.md')).toContain('Built with make.');
    },
    SLOW,
  );

  it(
    'an agent that is deleted takes its repository along; unknown ones and paths have none',
    async ({ at, world }) => {
      const { server, agent } = at;
      const folder = join(world.dataDir, 'git', `${agent.id}.git`);
      expect(existsSync(folder)).toBe(true);
      await json(server, 'DELETE', `/v1/agents/${agent.id}`);
      expect(existsSync(folder)).toBe(false);
      const status = async (path: string) =>
        (await server.fetch(`${server.baseUrl}/v1/git/${path}/info/refs?service=git-upload-pack`)).status;
      expect(await status(`${agent.id}/state.git`)).toBe(404);
      expect(await status('agent-..%2F..%2Fx/state.git')).toBe(422);
      expect(existsSync(folder)).toBe(false);
    },
    SLOW,
  );

  test(
    'the token is asked for as git gives it',
    async ({ world }) => {
      const server = await spawnCli(['--port', '0', '--data-dir', world.dataDir, '--token', 'a-token-of-mine']);
      try {
        const headers = { authorization: 'Bearer a-token-of-mine', 'content-type': 'application/json' };
        const made = await server.fetch(`${server.baseUrl}/v1/agents/`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ memory_blocks: [{ label: 'human', value: 'x' }] }),
        });
        const agent = (await made.json()) as { id: string };
        const url = remote(server, agent);
        const nobody = await server.fetch(`${url}/info/refs?service=git-upload-pack`);
        expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Letta"']);
        await expect(Clone.of(url, join(world.dataDir, 'a'))).rejects.toThrow(
          /could not read Username|Authentication failed/,
        );
        await expect(Clone.of(url.replace('://', '://letta:wrong@'), join(world.dataDir, 'b'))).rejects.toThrow(
          'Authentication failed',
        );
        expect(
          (await Clone.of(url.replace('://', '://letta:a-token-of-mine@'), join(world.dataDir, 'c'))).files,
        ).toContain('human.md');
      } finally {
        await server.close();
      }
    },
    SLOW,
  );
});
