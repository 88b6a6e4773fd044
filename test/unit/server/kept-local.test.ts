// A block that is kept to local models: whichever way a request is built, none of its text reaches a remote one.
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { KEPT, marksOf, withoutMarked } from '../../../src/server/store/kept-text.ts';
import { startScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import type { Reply } from '../../support/scripted-stream.ts';
import { Harness, type Json } from './support.ts';

/** A word that stands alone, and one that only its sentence gives away. */
const CODE = 'quetzal-7741';
const WORD = 'marzipan';
const VALUE = `The code of the vault is ${CODE}.\nThe cat of the person is called ${WORD} and sleeps a lot.`;
const TOOLS = [
  'memory_insert',
  'memory_replace',
  'memory_rethink',
  'memory',
  'memory_apply_patch',
  'core_memory_append',
  'conversation_search',
  'archival_memory_insert',
  'archival_memory_search',
];
const LOCAL = 'here/scripted';
const REMOTE = 'vendor/scripted';

async function world(fields: object = {}) {
  const [here, vendor] = await Promise.all([startScriptedModel(), startScriptedModel()]);
  onTestFinished(async () => {
    await Promise.all([here.close(), vendor.close()]);
  });
  const models = createModelRegistry({
    endpoints: [
      { name: 'here', baseUrl: here.baseUrl },
      { name: 'vendor', baseUrl: 'https://api.vendor.example/v1' },
    ],
    env: {},
    probeLocal: false,
    fetch: (input, init) => fetch(String(input).replace('https://api.vendor.example/v1', vendor.baseUrl), init),
  });
  const h = await Harness.start(undefined, { models });
  const agent = await h.agent({
    model: LOCAL,
    include_base_tools: false,
    tools: TOOLS,
    memory_blocks: [
      { label: 'human', value: 'Prefers tabs.', limit: 1_000 },
      { label: 'diary', value: VALUE, limit: 2_000, metadata: { local_only: true } },
    ],
    ...fields,
  });
  const seen = (model: typeof here) => JSON.stringify(model.requests.map(({ body }) => body));
  return {
    h,
    agent,
    here,
    vendor,
    local: async (conversation: Json, words: string, ...replies: Reply[]) => {
      here.script(...replies);
      return h.say(conversation.id, words, { override_model: LOCAL });
    },
    remote: async (conversation: Json, words: string, ...replies: Reply[]) => {
      vendor.script(...replies);
      return h.say(conversation.id, words, { override_model: REMOTE });
    },
    block: async (label = 'diary'): Promise<Json> =>
      h.json('GET', `/v1/agents/${agent.id}/core-memory/blocks/${label}`),
    /** What no remote request may hold, however it was built; and that there was one. */
    nothingLeft() {
      expect(vendor.requests.length).toBeGreaterThan(0);
      expect(seen(vendor)).not.toContain(CODE);
      expect(seen(vendor)).not.toContain(WORD);
    },
    localSaw: () => expect(seen(here)).toContain(CODE),
    lastRemote: () => JSON.stringify(vendor.requests.at(-1)?.body.messages),
  };
}

describe('the prompt', () => {
  test('of a local model has the block, of a remote one a line that says that it is kept', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    await w.local(conversation, 'Hi', text('Hello.'));
    await w.remote(conversation, 'Hi again', text('Hello.'));
    w.localSaw();
    w.nothingLeft();
    expect(w.lastRemote()).toContain('The block diary is kept to local models and not shown to you');
    expect(w.lastRemote()).toContain('Prefers tabs.');
  });

  test('of a thread from before the block was kept, and of its fork', async () => {
    const w = await world({ memory_blocks: [{ label: 'diary', value: VALUE, limit: 2_000 }] });
    const conversation = await w.h.conversation(w.agent.id);
    const block = await w.block();
    await w.h.json('PATCH', `/v1/blocks/${block.id}`, { metadata: { local_only: true } });
    await w.remote(conversation, 'Hi', text('Hello.'));
    const fork = await w.h.json('POST', `/v1/conversations/${conversation.id}/fork`);
    await w.remote(fork, 'Hi', text('Hello.'));
    await w.remote({ id: w.agent.id }, 'Hi', text('Hello.'));
    w.nothingLeft();
    await w.local(conversation, 'Hi', text('Hello.'));
    w.localSaw();
  });

  test('shows the block to all again once it is released', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    await w.remote(conversation, 'Hi', text('Hello.'));
    w.nothingLeft();
    await w.h.json('PATCH', `/v1/blocks/${(await w.block()).id}`, { metadata: {} });
    await w.remote(conversation, 'Hi', text('Hello.'));
    expect(w.lastRemote()).toContain(CODE);
    expect(w.lastRemote()).not.toContain('is kept to local models');
  });

  test('stays as it is between steps, whatever the agent shows of its blocks', async () => {
    for (const fields of [
      { agent_type: 'react_agent' },
      { agent_type: 'workflow_agent' },
      {
        system:
          'The block diary is kept to local models and not shown to you: memory tools refuse it. Says the person.',
      },
    ]) {
      const w = await world(fields);
      const conversation = await w.h.conversation(w.agent.id);
      for (const words of ['One', 'Two', 'Three']) await w.remote(conversation, words, text('Yes.'));
      const prompts = w.vendor.requests.map(({ body }) => JSON.stringify(body.messages[0]));
      expect(prompts).toHaveLength(3);
      expect(new Set(prompts).size).toBe(1);
      w.nothingLeft();
    }
  });

  test('of another agent that shares the block, and of one that only quotes it', async () => {
    const w = await world();
    const other = await w.h.agent({ model: REMOTE, memory_blocks: [{ label: 'notes', value: VALUE, limit: 2_000 }] });
    await w.h.json('PATCH', `/v1/agents/${other.id}/core-memory/blocks/attach/${(await w.block()).id}`);
    await w.remote(await w.h.conversation(other.id), 'Hi', text('Hello.'));
    w.nothingLeft();
    expect(w.lastRemote()).toContain(KEPT);
  });

  test('is what the overview of the context says', async () => {
    const w = await world();
    const overview = async () => JSON.stringify(await w.h.json('GET', `/v1/agents/${w.agent.id}/context`));
    expect(await overview()).toContain(CODE);
    await w.h.json('PATCH', `/v1/agents/${w.agent.id}`, { model: REMOTE });
    expect(await overview()).not.toContain(CODE);
    expect(await overview()).toContain('is kept to local models');
  });
});

describe('a thread that goes on with a remote model', () => {
  test('withholds what the local one answered, wrote and was told to write', async () => {
    const w = await world({
      memory_blocks: [{ label: 'diary', value: '', limit: 2_000, metadata: { local_only: true } }],
    });
    const conversation = await w.h.conversation(w.agent.id);
    await w.local(
      conversation,
      `Note in my diary that the cat is ${WORD}`,
      toolCalls([{ name: 'memory_insert', args: { label: 'diary', new_string: `Cat: ${WORD}. Code ${CODE}.` } }]),
      text(`Noted, ${WORD} is a nice name.`),
    );
    await w.local(conversation, 'And what else?', text(`Only ${WORD} and ${CODE}.`));
    w.localSaw();
    await w.remote(conversation, 'What did you say?', text('I cannot see it.'));
    w.nothingLeft();
    expect(w.lastRemote()).toContain('What I answered here as a local model is withheld');
    // And back: nothing is lost.
    await w.local(conversation, 'And now?', text('All there.'));
    expect(JSON.stringify(w.here.requests.at(-1)?.body)).toContain(`Only ${WORD} and ${CODE}.`);
  });

  test('is read by programs as the model may see it that they hand it on to', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    await w.local(
      conversation,
      'What do you know?',
      toolCalls([{ name: 'memory_insert', args: { label: 'diary', new_string: WORD } }]),
      text(`It is ${WORD}.`),
    );
    for (const order of ['asc', 'desc']) {
      const read = async (more: string) =>
        JSON.stringify(
          await w.h.json('GET', `/v1/conversations/${conversation.id}/messages?order=${order}&limit=50${more}`),
        );
      const [own, local, remote] = await Promise.all([
        read(''),
        read(`&for_model=${LOCAL}`),
        read(`&for_model=${REMOTE}`),
      ]);
      expect(own).toContain(WORD);
      expect(local).toContain(WORD);
      expect(remote).not.toContain(WORD);
    }
  });

  test('withholds calls to the block from before it was kept, of a remote model too', async () => {
    const w = await world({ memory_blocks: [{ label: 'diary', value: '', limit: 2_000 }] });
    const conversation = await w.h.conversation(w.agent.id);
    await w.remote(
      conversation,
      'Note it',
      toolCalls([{ name: 'memory_insert', args: { label: 'diary', new_string: `Cat: ${WORD}` } }]),
      text('Noted.'),
    );
    await w.h.json('PATCH', `/v1/blocks/${(await w.block()).id}`, { metadata: { local_only: true } });
    w.vendor.requests.length = 0;
    await w.remote(conversation, 'Go on', text('Yes.'));
    w.nothingLeft();
  });

  test('keeps to it when a local call waits for approval and a remote model gets the answer', async () => {
    const w = await world();
    await w.h.json('PATCH', `/v1/agents/${w.agent.id}`, {
      tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }],
    });
    const conversation = await w.h.conversation(w.agent.id);
    await w.local(
      conversation,
      'Note it',
      toolCalls([{ name: 'memory_insert', args: { label: 'diary', new_string: `More of ${WORD}` } }]),
    );
    const [request] = (await w.h.messages(conversation.id)).filter(
      (m) => m.message_type === 'approval_request_message',
    );
    w.vendor.script(text('Done.'));
    const approvals = [{ type: 'approval', tool_call_id: request.tool_call.tool_call_id, approve: true }];
    const events = await w.h.send(conversation.id, {
      override_model: REMOTE,
      messages: [{ type: 'approval', approvals }],
    });
    await events.all();
    w.nothingLeft();
  });

  test('says of a call that waits whether a local model made it that can read such a block', async () => {
    const marks = async (fields: object = {}) => {
      const w = await world({ tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }], ...fields });
      const ask = toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }]);
      const asked = async (by: typeof w.local) => {
        const conversation = await w.h.conversation(w.agent.id);
        await by(conversation, 'Note it', ask);
        const waits = (await w.h.messages(conversation.id)).find((m) => m.message_type === 'approval_request_message');
        return waits?.local_only;
      };
      return [await asked(w.local), await asked(w.remote)];
    };
    expect(await marks()).toEqual([true, undefined]);
    expect(await marks({ memory_blocks: [{ label: 'human', value: '' }] })).toEqual([undefined, undefined]);
  });

  test('cleans reminders, tool results and instructions that quote the block', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    w.vendor.script(toolCalls([{ name: 'Read', args: { path: 'diary.md' } }]), text('Done.'));
    const Read = { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } };
    const first = await w.h.send(conversation.id, {
      override_model: REMOTE,
      override_system: `You know this: ${VALUE}`,
      client_tools: [Read],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: `<system-reminder>\n[diary]\n+ ${VALUE.replace('\n', '\n+ ')}\n</system-reminder>` },
            { type: 'text', text: 'Read it.' },
          ],
        },
      ],
    });
    await first.all();
    const [request] = (await w.h.messages(conversation.id)).filter(
      (m) => m.message_type === 'approval_request_message',
    );
    const result = {
      type: 'tool',
      tool_call_id: request.tool_call.tool_call_id,
      tool_return: VALUE,
      status: 'success',
    };
    const second = await w.h.send(conversation.id, {
      override_model: REMOTE,
      client_tools: [Read],
      messages: [{ type: 'approval', approvals: [result] }],
    });
    await second.all();
    expect(w.vendor.requests).toHaveLength(2);
    w.nothingLeft();
    expect(w.lastRemote()).toContain('Read it.');
  });
});

describe('compaction', () => {
  const long = 'It was a long day. '.repeat(40);

  test('by a remote model gets nothing of it', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    for (let i = 0; i < 4; i++) await w.local(conversation, `${i} ${long}`, text(`${WORD} and ${CODE} ${long}`));
    await w.h.json('PATCH', `/v1/conversations/${conversation.id}`, { model: REMOTE });
    w.vendor.script(text('A summary.'));
    await w.h.json('POST', `/v1/conversations/${conversation.id}/compact`, {});
    await w.remote(conversation, 'Go on', text('Yes.'));
    w.nothingLeft();
  });

  test('by a remote model that only writes summaries gets nothing of it', async () => {
    const w = await world({ compaction_settings: { mode: 'sliding_window', model: REMOTE } });
    const conversation = await w.h.conversation(w.agent.id);
    for (let i = 0; i < 4; i++) await w.local(conversation, `${i} ${long}`, text(`${WORD} and ${CODE} ${long}`));
    w.vendor.script(text('A summary.'));
    await w.h.json('POST', `/v1/conversations/${conversation.id}/compact`, {});
    w.nothingLeft();
  });

  test('by a local model leaves a summary that no remote one gets', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    for (let i = 0; i < 4; i++) await w.local(conversation, `${i} ${long}`, text(`Well. ${long}`));
    w.here.script(text(`They spoke of ${WORD} and ${CODE}.`));
    await w.h.json('POST', `/v1/conversations/${conversation.id}/compact`, {});
    await w.local(conversation, 'Go on', text('Yes.'));
    expect(JSON.stringify(w.here.requests.at(-1)?.body)).toContain(`They spoke of ${WORD}`);
    await w.remote(conversation, 'Go on', text('Yes.'));
    w.nothingLeft();
  });
});

describe('tools', () => {
  test.each([
    ['memory_insert', { label: 'diary', new_string: 'x' }],
    ['memory_replace', { label: 'diary', old_string: 'vault', new_string: 'x' }],
    ['memory_rethink', { label: 'diary', new_memory: 'x' }],
    ['core_memory_append', { label: 'diary', content: 'x' }],
    ['memory', { command: 'rename', old_path: '/memories/diary', new_path: '/memories/open' }],
    ['memory', { command: 'delete', path: '/memories/diary' }],
    ['memory', { command: 'insert', path: '/memories/diary', insert_text: 'x' }],
    ['memory_apply_patch', { label: 'diary', patch: '@@\n+x' }],
    ['memory_apply_patch', { label: 'human', patch: '*** Update Block: diary\n*** Move to: open' }],
  ])('%s of a remote model refuses it: %j', async (name, args) => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    const events = await w.remote(conversation, 'Try', toolCalls([{ name, args }]), text('No.'));
    expect(events.of('tool_return_message')[0]).toMatchObject({ status: 'error' });
    expect((await w.block()).value).toBe(VALUE);
    w.nothingLeft();
  });

  test('of a local model cannot carry its text into a block that all read', async () => {
    const w = await world();
    const conversation = await w.h.conversation(w.agent.id);
    const copies = [
      { name: 'memory_insert', args: { label: 'human', new_string: `Vault: ${CODE}` } },
      { name: 'memory', args: { command: 'create', path: '/memories/copy', file_text: VALUE } },
      { name: 'memory_rethink', args: { label: 'human', new_memory: VALUE } },
    ];
    for (const call of copies) {
      const events = await w.local(conversation, 'Copy it', toolCalls([call]), text('No.'));
      expect(events.of('tool_return_message')[0]).toMatchObject({ status: 'error' });
    }
    expect((await w.block('human')).value).toBe('Prefers tabs.');
  });

  test('searches of a remote model find nothing that a local one said or kept', async () => {
    const w = await world();
    const first = await w.h.conversation(w.agent.id);
    await w.local(
      first,
      'What is the name of the cat?',
      toolCalls([{ name: 'archival_memory_insert', args: { content: `The cat answers to ${WORD}` } }]),
      text(`The cat is ${WORD}.`),
    );
    const second = await w.h.conversation(w.agent.id);
    const searches = toolCalls([
      { name: 'conversation_search', args: { query: 'cat' } },
      { name: 'archival_memory_search', args: { query: 'cat' } },
    ]);
    await w.remote(second, 'Search', searches, text('Nothing.'));
    w.nothingLeft();
    expect(w.lastRemote()).toContain('What is the name of the cat?');
    await w.local(second, 'Search', searches, text('Found.'));
    expect(JSON.stringify(w.here.requests.at(-1)?.body)).toContain(`The cat answers to ${WORD}`);
  });
});

describe('marks', () => {
  test('know lines, longer runs of words and codes, however they are written', () => {
    const marks = marksOf('- The code of the vault is quetzal-7741.\nMarzipan');
    expect(withoutMarked('so QUETZAL-7741, they said', marks)).toBe(`so ${KEPT}, they said`);
    expect(withoutMarked('+ the  CODE of\nthe vault', marks)).toBe(`+ ${KEPT}`);
    expect(withoutMarked('my marzipan', marks)).toBe(`my ${KEPT}`);
    expect(withoutMarked('The code of the shop is open.', marks)).toBe('The code of the shop is open.');
  });

  test('take every line of a block out of any text around it, and leave other text as it is', () => {
    const line = fc.array(fc.stringMatching(/^[a-z]{4,8}$/), { minLength: 2, maxLength: 12 }).map((w) => w.join(' '));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.string(), fc.string(), (lines, before, after) => {
        const marks = marksOf(lines.join('\n'));
        for (const each of lines) expect(withoutMarked(`${before}\n${each}\n${after}`, marks)).not.toContain(each);
        expect(withoutMarked('1 2 3', marks)).toBe('1 2 3');
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is handed on to a model that nobody knows', () => {
  test.each(['unknown', REMOTE, 'added-elsewhere/model'])(
    'has neither the block nor words of it: for_model=%s',
    async (reader) => {
      const w = await world();
      const path = `/v1/agents/${w.agent.id}`;
      const conversation = await w.h.conversation(w.agent.id);
      await w.local(conversation, 'Whom does the vault know?', text(`The vault knows ${CODE}.`));
      await w.remote(conversation, 'Is the vault shut?', text('The vault is shut.'));
      await w.h.json('PATCH', `${path}/core-memory/blocks/human`, { value: `Prefers tabs, not ${CODE}.` });
      await w.h.json('POST', `${path}/archival-memory`, { text: `The vault: ${CODE}` });
      await w.h.json('POST', `${path}/archival-memory`, {
        text: `A vault for ${WORD}`,
        metadata: { local_only: true },
      });

      const read = async (forModel: string) => {
        const query = forModel === '' ? '' : `&for_model=${forModel}`;
        const body = { agent_id: w.agent.id, query: 'vault', ...(forModel === '' ? {} : { for_model: forModel }) };
        const [blocks, archive, messages] = await Promise.all([
          w.h.json('GET', `${path}/core-memory/blocks?limit=100${query}`),
          w.h.json('GET', `${path}/archival-memory/search?query=vault${query}`),
          w.h.json('POST', '/v1/messages/search', body),
        ]);
        return {
          blocks: blocks.map((block: Json) => [block.label, block.value]).toSorted(),
          archive: archive.results.map((each: Json) => each.content).toSorted(),
          messages: messages.map((each: Json) => each.content).toSorted(),
        };
      };
      expect(await read(reader)).toEqual({
        blocks: [['human', `Prefers tabs, not ${KEPT}.`]],
        archive: [`The vault: ${KEPT}`],
        messages: ['Is the vault shut?', 'The vault is shut.', 'Whom does the vault know?'],
      });
      for (const own of ['', LOCAL])
        expect(await read(own)).toEqual({
          blocks: [
            ['diary', VALUE],
            ['human', `Prefers tabs, not ${CODE}.`],
          ],
          archive: [`A vault for ${WORD}`, `The vault: ${CODE}`],
          messages: [
            'Is the vault shut?',
            'The vault is shut.',
            `The vault knows ${CODE}.`,
            'Whom does the vault know?',
          ],
        });
    },
  );

  test('is found however much is withheld before it, and asked of one agent', async () => {
    const w = await world();
    const path = `/v1/agents/${w.agent.id}/archival-memory`;
    for (let n = 0; n < 6; n++)
      await w.h.json('POST', path, { text: `Vault vault ${n}`, metadata: { local_only: true } });
    await w.h.json('POST', path, { text: 'A vault that all may know of, long as it is' });
    const found = await w.h.json('GET', `${path}/search?query=vault&top_k=1&for_model=unknown`);
    expect(found.results.map((each: Json) => each.content)).toEqual(['A vault that all may know of, long as it is']);
    const refused = await w.h.request('POST', '/v1/messages/search', { query: 'vault', for_model: 'unknown' });
    expect(refused.status).toBe(422);
  });
});
