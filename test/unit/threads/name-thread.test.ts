import { describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { nameThread } from '../../../src/threads/name-thread.ts';
import { titleFrom } from '../../../src/threads/threads.ts';

const question = 'Why does the parser drop the last line?';

/** A home whose model answers with that text, and a thread of that name. */
function make(content: string, named = titleFrom(question)) {
  const asked: { url: string; body: { prompt: string; system_prompt: string } }[] = [];
  const connection: Connection = connect({
    kind: 'embedded',
    fetch: async (input, init) => {
      asked.push({ url: String(input), body: JSON.parse(String(init?.body)) });
      return Response.json({ content, model: 'x/y' });
    },
  });
  const renamed: string[] = [];
  const threads = {
    get: async (id: string) => ({ id, title: named, createdAt: '', updatedAt: '' }),
    rename: async (_id: string, title: string) => void renamed.push(title),
  };
  const name = (given = titleFrom(question)) =>
    nameThread(
      { connection, agentId: 'agent-1', threads },
      { threadId: 'conv-1', given, said: { question, answer: 'It trims the text first.' } },
    );
  return { asked, renamed, name };
}

describe('a thread named by the model', () => {
  it.each([
    ['Parser drops last line', 'Parser drops last line'],
    ['"Parser drops last line."', 'Parser drops last line'],
    ['Title: «Parser drops last line»\n', 'Parser drops last line'],
    ['Почему парсер теряет строку', 'Почему парсер теряет строку'],
  ])('%j → %j', async (content, title) => {
    const { asked, renamed, name } = make(content);
    expect(await name()).toBe(title);
    expect(renamed).toEqual([title]);
    expect(asked[0]?.url).toContain('/v1/agents/agent-1/generate');
    expect(asked[0]?.body.prompt).toContain(question);
    expect(asked[0]?.body.prompt).toContain('It trims the text first.');
  });

  it.each(['', '  ', 'First.\nSecond.', 'I would be glad to help you find out why the parser drops the last line'])(
    'keeps its first words where the model says no title: %j',
    async (content) => {
      const { renamed, name } = make(content);
      expect([await name(), renamed]).toEqual([undefined, []]);
    },
  );

  it('is never one that the person has named, before or meanwhile', async () => {
    const before = make('Parser drops last line', 'My parser');
    expect([await before.name('My parser'), before.asked, before.renamed]).toEqual([undefined, [], []]);
    const meanwhile = make('Parser drops last line', 'My parser');
    expect([await meanwhile.name(), meanwhile.renamed]).toEqual([undefined, []]);
  });
});
