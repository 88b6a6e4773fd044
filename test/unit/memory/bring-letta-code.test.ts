// A Letta Code agent in its folder: all of it that is whole is shown, what is torn is named, keys stay closed, nothing is written.
import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { passagesOf } from '../../../src/memory/bring/bring.ts';
import { findLettaCodeAgents, previewLettaCode, toBase64Url } from '../../../src/memory/bring/letta-code.ts';
import { plant } from '../../support/planted.ts';

const AGENT = 'agent-local-1';
const KEY = 'sk-live-0123456789abcdef';
const maskSecrets = (text: string): string => text.replaceAll(KEY, '[secret]');
const record = (value: unknown): string => JSON.stringify(value);
const row = (id: string, role: string, content: unknown, more: object = {}): string =>
  record({
    type: 'message',
    id,
    parentId: null,
    timestamp: '2026-09-01T10:00:00.000Z',
    message: { role, content },
    ...more,
  });
const memory = `memfs/${AGENT}/memory`;
const agentFile = (id: string) => `agents/${toBase64Url(id)}.json`;
const CONVERSATION = `conversations/${toBase64Url('conv-1')}`;

const V2: Record<string, string> = {
  [agentFile(AGENT)]: record({
    id: AGENT,
    name: 'Ada',
    description: 'Helps',
    system: 'You are…',
    tags: [],
    model: 'a/b',
  }),
  [`${memory}/MEMORY.md`]: '# Index\n- persona.md\n',
  [`${memory}/persona.md`]: '---\nname: persona\ndescription: Who I am\n---\n\nI am Ada.\n',
  [`${memory}/human.md`]: `---\nname: human\ndescription: The person\n---\nLikes tabs. Key ${KEY}\n`,
  [`${memory}/projects/MEMORY.md`]: 'index\n',
  [`${memory}/projects/shop.md`]: '---\nname: shop\ndescription: d\n---\nUses pnpm.\n',
  [`${memory}/skills/deploy/SKILL.md`]: '---\nname: deploy\ndescription: d\n---\nDo it.\n',
  [`${memory}/skills/deploy/scripts/run.sh`]: `curl -H ${KEY}\n`,
  [`${memory}/.git/HEAD`]: 'ref: refs/heads/main\n',
  [`${memory}/.memfs.config.json`]: '{}',
  [`${CONVERSATION}/manifest.json`]: record({ schema_version: 2 }),
  [`${CONVERSATION}/conversation.json`]: record({ id: 'conv-1', agent_id: AGENT, title: 'Tabs' }),
  [`${CONVERSATION}/messages.jsonl`]: [
    record({ type: 'session', id: 's', version: 2 }),
    row('1', 'user', [
      { type: 'text', text: '<system-reminder>Time: now</system-reminder>' },
      { type: 'text', text: 'Use tabs please' },
    ]),
    row('2', 'assistant', [
      { type: 'thinking', text: 'hm' },
      { type: 'text', text: `Noted ${KEY}` },
    ]),
    row('3', 'toolResult', 'ok'),
    record({ type: 'compaction', summary: 'They like tabs', firstKeptEntryId: '2' }),
  ].join('\n'),
  'providers/auth.json': record({ openai: KEY }),
};

async function preview(files: Record<string, string>, prepare?: (root: string) => Promise<void>) {
  await using folder = await plant(files);
  await prepare?.(folder.root);
  return await previewLettaCode({ folder: folder.root, maskSecrets }, AGENT);
}

describe('an agent with memory of the second layout', () => {
  it('shows blocks, archive, skills and transcripts with their places', async () => {
    const { source, found } = await preview(V2);
    expect(source).toBe('Letta Code agent Ada');
    expect(found.map(({ kind, target, from }) => [kind, target, from])).toEqual([
      ['memory', { kind: 'block', label: 'human', description: 'The person' }, `${memory}/human.md:5`],
      ['memory', { kind: 'block', label: 'persona', description: 'Who I am' }, `${memory}/persona.md:6`],
      ['memory', { kind: 'archive', tags: ['letta-code', 'projects'] }, `${memory}/projects/shop.md:5`],
      ['skill', { kind: 'skill', name: 'deploy' }, `${memory}/skills/deploy/SKILL.md:1`],
      ['transcript', { kind: 'thread', title: 'Tabs' }, `${CONVERSATION}/messages.jsonl:1`],
    ]);
  });

  it('takes from transcripts what was said, in order, and not the harness’s words', async () => {
    const { found } = await preview(V2);
    const at = '2026-09-01T10:00:00.000Z';
    expect(found.at(-1)?.messages).toEqual([
      { role: 'user', text: 'Use tabs please', at },
      { role: 'assistant', text: 'Noted [secret]', at },
      { role: 'tool', text: 'ok', at },
      { role: 'assistant', text: 'Summary of what was said before: They like tabs', at: '' },
    ]);
  });

  it('shows how a transcript begins, and how long it is', async () => {
    const { found } = await preview(V2);
    expect(found.at(-1)?.text.split('\n')).toEqual([
      '3 messages, 2026-09-01',
      'Person: Use tabs please',
      'Agent: Noted [secret]',
      'Agent: Summary of what was said before: They like tabs',
    ]);
  });

  it('masks secrets everywhere, and says what it masked', async () => {
    const result = await preview(V2);
    expect(JSON.stringify(result)).not.toContain(KEY);
    expect(result.found.filter((i) => i.masked).map((i) => i.kind)).toEqual(['memory', 'skill', 'transcript']);
  });

  it('says what stays behind', async () => {
    const { skipped } = await preview(V2);
    expect(skipped).toEqual([
      { path: agentFile(AGENT), why: 'Its system prompt and model settings stay behind: they belong to Letta Code.' },
      { path: 'providers', why: 'Keys are never read.' },
      { path: `${memory}/MEMORY.md`, why: 'It is the index of the files, which is made anew.' },
      { path: `${memory}/projects/MEMORY.md`, why: 'It is the index of the files, which is made anew.' },
    ]);
  });
});

it('reads memory of the first layout: `system/` is in the prompt, the rest is archive', async () => {
  const { found } = await preview({
    [agentFile(AGENT)]: V2[agentFile(AGENT)] ?? '',
    [`${memory}/system/persona.md`]: 'I am Ada.',
    [`${memory}/system/project/commands.md`]: 'pnpm test',
    [`${memory}/notes/old.md`]: 'Old.',
  });
  expect(found.map(({ target, text }) => [target, text])).toEqual([
    [{ kind: 'archive', tags: ['letta-code', 'notes'] }, 'Old.'],
    [{ kind: 'block', label: 'persona' }, 'I am Ada.'],
    [{ kind: 'block', label: 'project/commands' }, 'pnpm test'],
  ]);
});

describe('what a kill left torn', () => {
  it('is named with the reason, and the rest goes on', async () => {
    const lines = (V2[`${CONVERSATION}/messages.jsonl`] ?? '').split('\n');
    const { found, skipped } = await preview({
      ...V2,
      [agentFile('agent-2')]: '',
      [agentFile('agent-3')]: '{"id":"agent-3","na',
      [`${memory}/human.md`]: '',
      [`${CONVERSATION}/manifest.json`]: '{"schema',
      [`${CONVERSATION}/messages.jsonl`]: [...lines.slice(0, 2), '{"type":"mess', ...lines.slice(2, 3), '{"torn'].join(
        '\n',
      ),
      [`conversations/${toBase64Url('conv-2')}/conversation.json`]: record({ agent_id: AGENT }),
      [`conversations/${toBase64Url('conv-2')}/messages.jsonl`]: '',
    });
    expect(skipped).toEqual(
      expect.arrayContaining([
        { path: agentFile('agent-2'), why: 'It is empty (0 bytes), as a kill leaves files.' },
        { path: agentFile('agent-3'), why: 'The record is torn or of an unknown form.' },
        { path: `${memory}/human.md`, why: 'It is empty (0 bytes), as a kill leaves files.' },
        { path: `${CONVERSATION}/manifest.json`, why: 'The record is torn.' },
        { path: `${CONVERSATION}/messages.jsonl:3`, why: 'The row is torn or of an unknown form.' },
        { path: `${CONVERSATION}/messages.jsonl:5`, why: 'The row is torn or of an unknown form.' },
        {
          path: `conversations/${toBase64Url('conv-2')}/messages.jsonl`,
          why: 'It is empty (0 bytes), as a kill leaves files.',
        },
      ]),
    );
    expect(found.map((i) => i.kind)).toEqual(['memory', 'memory', 'skill', 'transcript']);
    expect(found.at(-1)?.messages?.map((m) => m.text)).toEqual(['Use tabs please', 'Noted [secret]']);
  });

  it('of the agent itself is said plainly', async () => {
    await using folder = await plant({ [agentFile(AGENT)]: '{' });
    await expect(previewLettaCode({ folder: folder.root, maskSecrets }, AGENT)).rejects.toMatchObject({
      reason: 'unknown_agent',
    });
    await using none = await plant({ 'x.txt': '' });
    await expect(findLettaCodeAgents({ folder: none.root })).rejects.toMatchObject({ reason: 'not_there' });
  });
});

describe('what is not for us', () => {
  it('is not opened: a key file that hangs whoever opens it does no harm', async () => {
    const { 'providers/auth.json': _, ...rest } = V2;
    const { found } = await preview({ ...rest, 'providers/readme.txt': '' }, async (root) => {
      for (const path of [
        'providers/auth.json',
        `${memory}/auth.json`,
        `${memory}/credentials.md`,
        `${memory}/pipe.md`,
      ])
        execFileSync('mkfifo', [join(root, path)]);
    });
    expect(found).toHaveLength(5);
  });

  it('of other agents stays theirs', async () => {
    const { found } = await preview({
      ...V2,
      [agentFile('agent-2')]: record({ id: 'agent-2' }),
      'memfs/agent-2/memory/persona.md': 'I am another.',
      [`conversations/${toBase64Url('conv-2')}/conversation.json`]: record({ agent_id: 'agent-2' }),
      [`conversations/${toBase64Url('conv-2')}/messages.jsonl`]: row('1', 'user', 'private'),
    });
    expect(JSON.stringify(found)).not.toMatch(/another|private/);
  });

  it('is not reached over a link', async () => {
    await using outside = await plant({
      'persona.md': 'Outside',
      'd/x.md': 'Outside',
      'messages.jsonl': row('1', 'user', 'Outside'),
    });
    const { found, skipped } = await preview(V2, async (root) => {
      await symlink(join(outside.root, 'persona.md'), join(root, memory, 'linked.md'));
      await symlink(join(outside.root, 'd'), join(root, memory, 'folder'));
      await symlink(outside.root, join(root, 'conversations', toBase64Url('conv-9')));
    });
    expect(JSON.stringify(found)).not.toContain('Outside');
    expect(skipped.filter((s) => s.why === 'It is a link; links are not followed.').map((s) => s.path)).toEqual([
      `${memory}/folder`,
      `${memory}/linked.md`,
      `conversations/${toBase64Url('conv-9')}`,
    ]);
  });

  it('is left as it was: no file changed, none added', async () => {
    await using folder = await plant(V2);
    const look = async () => {
      const paths = (await readdir(folder.root, { recursive: true })).toSorted();
      return Promise.all(
        paths.map(async (path) => {
          const info = await stat(join(folder.root, path));
          return [path, info.mtimeMs, info.isFile() ? await readFile(join(folder.root, path), 'utf8') : ''];
        }),
      );
    };
    const before = await look();
    await previewLettaCode({ folder: folder.root, maskSecrets }, AGENT);
    expect(await look()).toEqual(before);
  });
});

it('cuts a transcript into passages between messages, losing no word', () => {
  const messages = Array.from({ length: 40 }, (_, i) => ({
    role: i % 2 === 0 ? ('user' as const) : ('assistant' as const),
    text: `Message ${i} ${'word '.repeat(i === 7 ? 900 : 30)}end${i}`,
    at: `2026-09-01T10:${String(i).padStart(2, '0')}:00.000Z`,
  }));
  const passages = passagesOf('Tabs', messages);
  const all = passages.map((p) => p.text).join('\n');
  for (let i = 0; i < 40; i++) expect(all).toContain(`end${i}`);
  expect(Math.max(...passages.map((p) => p.text.length))).toBeLessThan(2_100);
  expect(passages.length).toBeGreaterThan(3);
  expect(passages[0]?.at).toBe(messages[0]?.at);
});
