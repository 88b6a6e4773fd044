// The tools for what lies beyond files: what they make of good and of bad input.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Todo } from '../../../src/protocol/views.ts';
import { askUserTool, type PersonAnswer, type PersonQuestion } from '../../../src/tools/ask-user.ts';
import { type ForeignTool, otherTools, ranked } from '../../../src/tools/other-tools.ts';
import { schemaProblems } from '../../../src/tools/schema-check.ts';
import { type SubagentRequest, taskTool } from '../../../src/tools/task.ts';
import { todoWriteTool } from '../../../src/tools/todo-write.ts';

const context = (signal = new AbortController().signal) => ({ callId: 'c', threadId: 't', signal, update: () => {} });

describe('AskUserQuestion', () => {
  const asked: { question: PersonQuestion; call: object }[] = [];
  const tool = (answer: PersonAnswer) =>
    askUserTool({
      ask: async (call, question) => {
        asked.push({ question, call });
        return answer;
      },
    });
  const options = [{ label: 'A' }, { label: 'B' }];

  it('hands the question to the person and says what they chose and wrote, as their words', async () => {
    const result = await tool({ choices: [1], text: 'mostly' }).run({ question: 'Which?', options }, context());
    expect(asked.at(-1)).toEqual({
      call: { threadId: 't', callId: 'c' },
      question: { question: 'Which?', options, multiple: false },
    });
    expect(result).toEqual({
      status: 'success',
      text: 'The person chose: B\nThe person wrote: mostly',
      view: { body: { kind: 'question', question: 'Which?', answer: 'B; mostly' } },
    });
    expect(tool(null).source).toBe('person');
  });

  it('leaves out a choice that was never offered, and says when the question was skipped', async () => {
    const odd = await tool({ choices: [7], text: 'x' }).run({ question: 'Which?', options }, context());
    expect(odd.text).toBe('The person wrote: x');
    const skipped = await tool(null).run({ question: 'Which?' }, context());
    expect(skipped.text).toContain('skipped');
    expect(skipped.source).toEqual([]);
  });

  it('is no answer once the turn is stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(tool(null).run({ question: 'Which?' }, context(stop.signal))).rejects.toThrow('aborted');
  });
});

describe('TodoWrite', () => {
  it('keeps the list with its thread before it says so', async () => {
    const kept: [string, readonly Todo[]][] = [];
    const tool = todoWriteTool({ set: async (threadId, todos) => void kept.push([threadId, todos]) });
    const todos: Todo[] = [
      { content: 'a', status: 'completed' },
      { content: 'b', status: 'pending' },
    ];
    const result = await tool.run({ todos }, context());
    expect(kept).toEqual([['t', todos]]);
    expect(result).toMatchObject({ text: 'Noted: 1 of 2 done.', view: { body: { kind: 'todos', todos } } });
    expect((await tool.run({ todos: [] }, context())).text).toBe('The list is empty now.');
    expect(tool.input.safeParse({ todos: [{ content: '', status: 'done' }] }).success).toBe(false);
  });
});

describe('Task', () => {
  const requests: SubagentRequest[] = [];
  const tool = taskTool({
    tools: () => ['Read', 'Edit', 'Task', 'AskUserQuestion', 'TodoWrite'],
    run: async (request, progress) => {
      requests.push(request);
      const body = { kind: 'subagent' as const, steps: [], earlier: 0 };
      progress(body);
      return { status: 'success', text: 'Done.', body, sources: ['web'] };
    },
  });

  it('gives all tools that a subagent can have, or those that were named, and says what it has read', async () => {
    const result = await tool.run({ description: 'd', prompt: 'p' }, context());
    expect(requests.at(-1)).toEqual({
      threadId: 't',
      callId: 'c',
      description: 'd',
      prompt: 'p',
      tools: ['Read', 'Edit'],
    });
    expect(result).toMatchObject({ status: 'success', text: 'Done.', source: ['web'] });
    await tool.run({ description: 'd', prompt: 'p', tools: ['Read'], model: 'm/x' }, context());
    expect(requests.at(-1)).toMatchObject({ tools: ['Read'], model: 'm/x' });
  });

  it('is refused for tools that it cannot give, before anybody is asked', () => {
    for (const name of ['Task', 'AskUserQuestion', 'Nope']) {
      expect(() => tool.access({ description: 'd', prompt: 'p', tools: [name] })).toThrow(`cannot have ${name}`);
    }
  });

  it('is never run again by itself: what it did is not known', async () => {
    expect(await tool.plan?.({ description: 'd', prompt: 'p' }, context())).toEqual({ targets: [] });
  });
});

const WEATHER: ForeignTool = {
  name: 'weather_forecast',
  description: 'Tells the weather of a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  source: 'tool',
};
const ISSUE: ForeignTool = { name: 'mcp_github_createIssue', description: 'Opens an issue.', source: 'mcp' };

describe('OtherTools', () => {
  const called: unknown[] = [];
  const tool = otherTools({
    chosen: () => [WEATHER, ISSUE],
    invoke: async (name, input) => {
      called.push([name, input]);
      if (name === ISSUE.name) throw new Error('No token.');
      return 'x'.repeat(100_000);
    },
  });

  it('finds tools by words of their names and descriptions, the best first, with their inputs', async () => {
    const found = await tool.run({ operation: 'find', query: 'create github issues' }, context());
    expect(found.text.split('\n')[0]).toBe('mcp_github_createIssue: Opens an issue.');
    expect((await tool.run({ operation: 'find', query: 'forecast' }, context())).text).toContain('"required":["city"]');
    expect((await tool.run({ operation: 'find', query: 'zebra' }, context())).text).toContain('No other tool fits');
    expect(ranked([WEATHER, ISSUE], '')).toHaveLength(2);
  });

  it('calls what fits, says where its words come from, and cuts what is long', async () => {
    const call = { operation: 'call' as const, name: WEATHER.name, input: { city: 'Ulm' } };
    expect(tool.access(call)).toEqual({ kind: 'foreign', name: WEATHER.name });
    const result = await tool.run(call, context());
    expect(called).toEqual([[WEATHER.name, { city: 'Ulm' }]]);
    expect(result.source).toBe('tool');
    expect(result.text.length).toBeLessThan(61_000);
    const failed = await tool.run({ operation: 'call', name: ISSUE.name }, context());
    expect(failed).toEqual({ status: 'error', text: 'mcp_github_createIssue failed: No token.', source: 'mcp' });
  });

  it('lets the model correct a name and an input', () => {
    expect(() => tool.access({ operation: 'call', name: 'nope' })).toThrow(
      'There is no other tool named nope. Those there are: weather_forecast, mcp_github_createIssue.',
    );
    expect(() => tool.access({ operation: 'call', name: WEATHER.name, input: { city: 3 } })).toThrow(
      /city: must be a string[\s\S]*Its schema: \{"type"/,
    );
    expect(tool.access({ operation: 'find' })).toEqual({ kind: 'none' });
  });
});

describe('a JSON schema', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', enum: ['a', 'b'] },
      tags: { type: 'array', items: { type: 'string' } },
      deep: { type: 'object', properties: { n: { type: ['integer', 'null'] } }, required: ['n'] },
    },
    required: ['name'],
    additionalProperties: false,
  };

  it.each([
    [{ name: 'a' }, []],
    [{ name: 'a', tags: ['x'], deep: { n: null } }, []],
    [{}, ['name: is missing']],
    [{ name: 'c' }, ['name: must be one of "a", "b"']],
    [{ name: 'a', tags: ['x', 1] }, ['tags[1]: must be a string']],
    [{ name: 'a', deep: { n: 1.5 } }, ['deep.n: must be an integer or null']],
    [{ name: 'a', deep: {} }, ['deep.n: is missing']],
    [{ name: 'a', more: 1 }, ['more: is not known']],
    ['text', ['input: must be an object']],
  ])('says of %j where it does not fit', (value, problems) => {
    expect(schemaProblems(schema, value)).toEqual(problems);
  });

  it('that is anything is no obstacle, and what it does not know passes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (any, value) => {
        expect(schemaProblems(any, value).length).toBeLessThanOrEqual(10);
      }),
    );
    expect(schemaProblems(undefined, { a: 1 })).toEqual([]);
  });
});
