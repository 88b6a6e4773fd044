// The agent's own skills: over the Letta API of the embedded server, and as files on two computers that meet there.
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { AgentSkills } from '../../../src/memory/agent-skills.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { MirroredSkills } from '../../../src/mirrored-skills.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { AgentFolder, type SkillStore } from '../../../src/skills/agent-folder.ts';

let root: string;
let server: LettaServer;
let connection: Connection;
let agentId: string;
let store: AgentSkills;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'agent-skills-'));
  const models = createModelRegistry({ endpoints: [], env: {} });
  server = await createServer({ dataDir: join(root, 'data'), version: '0', models });
  connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
  const block = { label: 'project', value: 'It is a shop.' };
  agentId = (await connection.client.agents.create({ name: 'Ann', model: 'demo/offline', memory_blocks: [block] })).id;
  store = new AgentSkills(connection, agentId);
});
afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

const text = (name: string, body = 'Do it.') => `---\nname: ${name}\ndescription: How.\n---\n${body}\n`;
const files = (name: string, more: Record<string, string | Uint8Array> = {}) =>
  new Map(Object.entries({ 'SKILL.md': text(name), ...more }).map(([path, content]) => [path, Buffer.from(content)]));
const computer = (name: string, on: SkillStore = store) => new AgentFolder(join(root, name), on);
const put = async (folder: AgentFolder, name: string, content = text(name)) => {
  await mkdir(join(folder.path, name), { recursive: true });
  await writeFile(join(folder.path, name, 'SKILL.md'), content);
};
const there = ({ path }: AgentFolder, name: string) => readFile(join(path, name, 'SKILL.md'), 'utf8').catch(() => null);
const names = async () => (await store.list()).map(({ name }) => name).toSorted();

describe('over the Letta API', () => {
  it('come back byte for byte, with their other files', async () => {
    const binary = new Uint8Array([0, 255, 10, 13]);
    const all = files('deploy', { 'scripts/run.sh': 'make\r\n', 'logo.bin': binary, 'empty.txt': '' });
    await store.put({ name: 'deploy', files: all });
    const [found] = await store.list();
    expect(found?.name).toBe('deploy');
    expect(new Map([...(found?.files ?? [])].toSorted())).toEqual(new Map([...all].toSorted()));
  });

  it('stand in no prompt, no list of memory, and no choice to share', async () => {
    await store.put({ name: 'deploy', files: files('deploy') });
    const other = await connection.client.agents.create({ name: 'Ben', model: 'demo/offline' });
    expect((await listBlocks(connection, agentId)).map(({ label }) => label)).toEqual(['project']);
    const choices = await new BlockManager(connection, other.id).choices();
    expect(choices.map(({ block }) => block.label)).toEqual(['project']);
    expect(await new AgentSkills(connection, other.id).list()).toEqual([]);
  });

  it('are replaced and removed, those of this agent only', async () => {
    const other = new AgentSkills(connection, 'agent-11111111-1111-4111-8111-111111111111');
    await other.put({ name: 'deploy', files: files('deploy') });
    await store.put({ name: 'deploy', files: files('deploy') });
    await store.put({ name: 'deploy', files: new Map([['SKILL.md', Buffer.from('new')]]) });
    const [only, ...rest] = await store.list();
    expect([Buffer.from(only?.files.get('SKILL.md') ?? '').toString(), rest]).toEqual(['new', []]);
    await store.remove('deploy');
    await store.remove('deploy');
    expect([await store.list(), (await other.list()).length]).toEqual([[], 1]);
  });

  it('are more than a page, and more than a block holds by itself', async () => {
    for (let n = 0; n < 120; n++) await store.put({ name: `s-${n}`, files: files(`s-${n}`) });
    const long = text('long', 'x'.repeat(120_000));
    await store.put({ name: 'long', files: new Map([['SKILL.md', Buffer.from(long)]]) });
    expect(await names()).toHaveLength(121);
    const huge = store.put({ name: 'huge', files: files('huge', { data: 'x'.repeat(600_000) }) });
    await expect(huge).rejects.toThrow(/at most 512/);
  });

  it('are not deleted with blocks that were taken away', async () => {
    await store.put({ name: 'deploy', files: files('deploy') });
    await new BlockManager(connection, agentId).sweep('9999');
    expect(await names()).toEqual(['deploy']);
  });
});

describe('as files', () => {
  it('travel from one computer to the other, back, and away', async () => {
    const [one, two] = [computer('one'), computer('two')];
    await put(one, 'deploy');
    expect(await one.sync()).toEqual({ changed: false, problems: [] });
    expect(await two.sync()).toEqual({ changed: true, problems: [] });
    expect(await there(two, 'deploy')).toBe(text('deploy'));
    await put(two, 'deploy', text('deploy', 'Better.'));
    await two.sync();
    expect((await one.sync()).changed).toBe(true);
    expect(await there(one, 'deploy')).toBe(text('deploy', 'Better.'));
    await one.remove('deploy');
    expect([await there(one, 'deploy'), await names()]).toEqual([null, []]);
    await two.sync();
    expect(await there(two, 'deploy')).toBeNull();
    // Who deletes on one computer has not seen the other: its files are kept.
    expect(await readdir(join(two.path, '.kept'))).toHaveLength(1);
    expect(await two.sync()).toEqual({ changed: false, problems: [] });
  });

  it('come back where only the folder was lost', async () => {
    const one = computer('one');
    await put(one, 'deploy');
    await one.sync();
    await rm(join(one.path, 'deploy'), { recursive: true });
    await one.sync();
    expect(await there(one, 'deploy')).toBe(text('deploy'));
  });

  it('keep both versions where both computers wrote, and say so', async () => {
    const [one, two] = [computer('one'), computer('two')];
    await put(one, 'deploy');
    await one.sync();
    await two.sync();
    await put(one, 'deploy', text('deploy', 'One.'));
    await put(two, 'deploy', text('deploy', 'Two.'));
    await one.sync();
    const { problems } = await two.sync();
    expect(await there(two, 'deploy')).toBe(text('deploy', 'One.'));
    const [kept] = await readdir(join(two.path, '.kept'));
    expect(problems).toEqual([
      `The skill “deploy” was changed elsewhere as well; your version lies in ${join(two.path, '.kept', kept ?? '')}.`,
    ]);
    expect(await readFile(join(two.path, '.kept', kept ?? '', 'SKILL.md'), 'utf8')).toBe(text('deploy', 'Two.'));
  });

  it('go on where one cannot be sent, and leave everything where the home does not answer', async () => {
    const one = computer('one');
    await put(one, 'big');
    await writeFile(join(one.path, 'big', 'data'), 'x'.repeat(600_000));
    await put(one, 'deploy');
    const { problems } = await one.sync();
    expect([problems.length, problems[0], await names()]).toEqual([1, expect.stringContaining('big'), ['deploy']]);
    const away = computer('one', {
      list: () => Promise.reject(new Error('It does not answer.')),
      put: async () => {},
      remove: async () => {},
    });
    await expect(away.sync()).rejects.toThrow('It does not answer.');
    expect(await there(one, 'deploy')).toBe(text('deploy'));
  });

  it('go on where the folder of one cannot be read, and leave it as it is', async () => {
    const one = computer('one');
    for (const name of ['large', 'renamed', 'deploy']) await put(one, name);
    await one.sync();
    await rename(join(one.path, 'renamed/SKILL.md'), join(one.path, 'renamed/NOTES.md'));
    await writeFile(join(one.path, 'large/data'), Buffer.alloc(6 * 1024 * 1024));
    await put(one, 'deploy', text('deploy', 'Better.'));
    const { problems } = await one.sync();
    expect(problems.toSorted()).toEqual([
      expect.stringContaining('larger than 5 MB'),
      expect.stringMatching(/“renamed”.*has no SKILL\.md.*Put it back, or delete the folder/),
    ]);
    expect([(await readdir(join(one.path, 'renamed'))).join(), (await names()).join()]).toEqual([
      'NOTES.md',
      'deploy,large,renamed',
    ]);
    const two = computer('two');
    await two.sync();
    expect(await there(two, 'deploy')).toBe(text('deploy', 'Better.'));
    await rename(join(one.path, 'renamed/NOTES.md'), join(one.path, 'renamed/SKILL.md'));
    await rm(join(one.path, 'large/data'));
    expect(await one.sync()).toEqual({ changed: false, problems: [] });
  });

  it('keep the right to run where they arrive, and send it when it alone changed', async () => {
    const [one, two] = [computer('one'), computer('two')];
    const runs = async ({ path }: AgentFolder) => ((await stat(join(path, 'deploy/run.sh'))).mode & 0o100) !== 0;
    await put(one, 'deploy');
    await writeFile(join(one.path, 'deploy/run.sh'), 'make\n');
    await one.sync();
    await chmod(join(one.path, 'deploy/run.sh'), 0o755);
    await one.sync();
    await two.sync();
    expect([await runs(two), await one.sync(), await two.sync()]).toEqual([
      true,
      { changed: false, problems: [] },
      { changed: false, problems: [] },
    ]);
  });

  it('may still be run where one of its files is edited in the mirror', async () => {
    await store.put({ name: 'deploy', files: files('deploy', { 'run.sh': 'make' }), executable: ['run.sh'] });
    const before = Buffer.from(text('deploy'));
    await new MirroredSkills(store, () => false).write('skills/deploy/SKILL.md', text('deploy', 'Better.'), before);
    expect(await store.list()).toMatchObject([{ executable: ['run.sh'] }]);
  });

  it('are delivered, or it says why not', async () => {
    const one = computer('one');
    await put(one, 'deploy');
    await one.deliver('deploy');
    expect(await names()).toEqual(['deploy']);
    await put(one, 'big');
    await writeFile(join(one.path, 'big/data'), 'x'.repeat(600_000));
    await expect(one.deliver('big')).rejects.toThrow(/at most 512/);
    await one.deliver('deploy');
  });

  it('write nothing outside of their folder, whatever the home stores', async () => {
    const [one, evil] = [computer('one'), new Map([['../../evil.sh', Buffer.from('x')]])];
    await store.put({ name: 'deploy', files: evil });
    await connection.client.blocks.create({
      label: 'skills/../../out',
      value: 'x',
      metadata: { letta_vscode_skill_of: agentId },
    });
    expect(await one.sync()).toEqual({ changed: false, problems: [] });
    expect((await readdir(root)).toSorted()).toEqual(['data']);
  });
});
