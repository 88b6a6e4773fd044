// What the model sees now, part by part.
import { expect, test } from 'vitest';
import { systemParts } from '../../../src/server/engine/context-overview.ts';
import { Harness, says } from './support.ts';

test('the parts of a conversation add up and are what the model gets', async () => {
  const harness = await Harness.start();
  const agent = await harness.agent({ context_window_limit: 9_000, tools: ['archival_memory_search'] });
  const conversation = await harness.conversation(agent.id);
  for (let i = 0; i < 6; i++) await harness.say(conversation.id, `Message ${i}`);
  harness.model.answers = [says('Six messages.')];
  await harness.json('POST', `/v1/conversations/${conversation.id}/compact`, {});
  await harness.json('POST', `/v1/agents/${agent.id}/archival-memory`, { text: 'Kept.' });
  const context = await harness.json('GET', `/v1/agents/${agent.id}/context?conversation_id=${conversation.id}`);
  expect(context).toMatchObject({
    context_window_size_max: 9_000,
    num_archival_memory: 1,
    num_recall_memory: 12,
    system_prompt: 'You are Ada.',
  });
  expect(context.core_memory).toContain('Prefers tabs.');
  expect(context.external_memory_summary).toContain(`CONVERSATION_ID: ${conversation.id}`);
  expect(context.summary_memory).toContain('Six messages.');
  expect(context.functions_definitions.map((each: { function: { name: string } }) => each.function.name)).toContain(
    'archival_memory_search',
  );
  const counts = Object.entries(context).filter(([key]) => key.startsWith('num_tokens_'));
  expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(context.context_window_size_current);
  await harness.say(conversation.id, 'Go on');
  const sent = harness.model.texts.at(-1) ?? '';
  for (const part of [context.system_prompt, context.core_memory, context.summary_memory])
    expect(sent).toContain(JSON.stringify(part).slice(1, -1));
});

test('recompiling shows up, a block that changed before it does not', async () => {
  const harness = await Harness.start();
  const agent = await harness.agent();
  const conversation = await harness.conversation(agent.id);
  const memory = async () =>
    (await harness.json('GET', `/v1/agents/${agent.id}/context?conversation_id=${conversation.id}`)).core_memory;
  await harness.json('PATCH', `/v1/agents/${agent.id}/core-memory/blocks/human`, { value: 'Prefers spaces.' });
  expect(await memory()).toContain('tabs');
  const text = await harness.json('POST', `/v1/conversations/${conversation.id}/recompile`, {});
  expect(text).toContain('spaces');
  expect(await memory()).toContain('spaces');
});

test('a conversation of another agent is a 404', async () => {
  const harness = await Harness.start();
  const [mine, other] = [await harness.agent(), await harness.agent()];
  const conversation = await harness.conversation(other.id);
  const path = `/v1/agents/${mine.id}/context?conversation_id=`;
  expect((await harness.request('GET', path + conversation.id)).status).toBe(404);
  expect((await harness.request('GET', `${path}default`)).status).toBe(200);
});

test('instructions that speak of memory sections are not taken for them', () => {
  const memory = '<memory_blocks>\nreal\n</memory_blocks>';
  const metadata = '<memory_metadata>\n- x\n</memory_metadata>';
  const said = 'Look into <memory_blocks> and </memory_metadata>.';
  expect(systemParts(`${said}\n\n${memory}\n\n${metadata}`)).toEqual({ instructions: said, memory, metadata });
  expect(systemParts(`${memory}\n\n${metadata}`)).toEqual({ instructions: '', memory, metadata });
  expect(systemParts('Only this.')).toEqual({ instructions: 'Only this.', memory: '', metadata: '' });
});
