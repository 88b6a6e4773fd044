// The offline demo model: what it says, which tools it calls for it, and what it stores where.
import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeChanges } from '../../../src/agent/context.ts';
import { learnReminder } from '../../../src/flows/learn-skill.ts';
import { rememberReminder } from '../../../src/flows/remember.ts';
import { createDemoModel } from '../../../src/server/models/demo.ts';
import { readSkillText } from '../../../src/skills/validate.ts';
import { worked } from '../../support/worked.ts';
import { callsOf, collect, systemPrompt, textOf, tools, user } from './support.ts';

const demo = createDemoModel({ pieceDelayMs: 0 });
const ALL = [
  'memory_insert',
  'memory_replace',
  'conversation_search',
  'archival_memory_search',
  'OpenFiles',
  'Read',
  'Edit',
  'Diagnostics',
  'Skill',
];
const EMPTY = { persona: 'I am the agent.', human: '', project: '', conventions: '', lessons: '', inbox: '' };

/** A thread with the demo model: say something, answer its calls, see what it says. */
class Thread {
  readonly prompt: LanguageModelV4Prompt;
  private readonly offered: string[];

  constructor(blocks: Record<string, string> = EMPTY, offered = ALL) {
    this.prompt = [{ role: 'system', content: systemPrompt(blocks) }];
    this.offered = offered;
  }

  async say(...parts: string[]) {
    this.prompt.push(user(...parts));
    return this.step();
  }

  async step() {
    const parts = await collect(demo, { prompt: this.prompt, tools: tools(...this.offered) });
    const text = textOf(parts);
    const calls = callsOf(parts);
    this.prompt.push({
      role: 'assistant',
      content: [
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...calls.map((c) => ({ type: 'tool-call' as const, toolCallId: c.id, toolName: c.name, input: c.input })),
      ],
    });
    return { text, calls, parts };
  }

  /** Answers the last calls, in order. */
  async results(...outputs: (string | LanguageModelV4ToolResultOutput)[]) {
    const last = this.prompt.at(-1);
    const calls = last?.role === 'assistant' ? last.content.filter((part) => part.type === 'tool-call') : [];
    expect(outputs).toHaveLength(calls.length);
    this.prompt.push({
      role: 'tool',
      content: calls.map((call, i) => {
        const output = outputs[i] ?? '';
        return {
          type: 'tool-result',
          toolCallId: call.toolCallId,
          toolName: call.toolName,
          output: typeof output === 'string' ? { type: 'text', value: output } : output,
        };
      }),
    });
    return this.step();
  }
}

test('says that it is no AI and how to connect a model; the text comes in small pieces', async () => {
  const { text, calls, parts } = await new Thread().say('Write me a web server in Rust');
  expect(text).toMatch(/not an AI/);
  expect(text).toContain('**Connect a model…**');
  expect(calls).toEqual([]);
  expect(parts.filter((part) => part.type === 'text-delta').length).toBeGreaterThan(20);
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } });
});

test('every answer in the chat says so', async () => {
  for (const line of ['List the open files', 'Remember that we use tabs', 'What do you remember?', 'Hi']) {
    const thread = new Thread({ ...EMPTY, conventions: 'We use pnpm.' });
    const first = await thread.say(line);
    const { text } = first.calls.length > 0 ? await thread.results(...first.calls.map(() => 'ok')) : first;
    expect(text).toMatch(/not an AI/);
    expect(text).toMatch(/Connect a model/);
  }
});

describe('remembering', () => {
  test.for([
    ['Remember that we indent with tabs.', 'conventions', 'we indent with tabs.'],
    ['please remember: commits are signed', 'conventions', 'commits are signed'],
    ['From now on, commit messages are imperative', 'conventions', 'commit messages are imperative'],
    ['We use tabs for indentation', 'conventions', 'We use tabs for indentation'],
    ['In this project, we use tabs', 'conventions', 'In this project, we use tabs'],
    ['In Python files we use spaces', 'conventions', 'In Python files we use spaces'],
    ['Never use default exports', 'conventions', 'Never use default exports'],
    ['My name is Ada', 'human', 'My name is Ada'],
    ['remember that I prefer short answers', 'human', 'I prefer short answers'],
    ['Remember: the API runs on Hetzner', 'project', 'the API runs on Hetzner'],
    ['Note that the flaky test turned out to be a race', 'lessons', 'the flaky test turned out to be a race'],
  ] as const)('%s', async ([line, label, stored]) => {
    const thread = new Thread();
    const { calls } = await thread.say(line);
    expect(calls).toMatchObject([{ name: 'memory_insert', input: { label, new_string: stored } }]);
    const { text } = await thread.results(stored);
    expect(text).toContain(`Remembered in \`${label}\``);
    expect(text).toContain(stored);
  });

  test.for([
    ['We use spaces', '- We indent with tabs', '- We use spaces'],
    ['We indent with 4 spaces', 'Indent with two spaces.', 'We indent with 4 spaces'],
    ['We use spaces, not tabs', 'We use tabs for indentation', 'We use spaces, not tabs'],
    ['Always use single quotes', 'Use double quotes', 'Always use single quotes'],
    ['We use pnpm', 'Package manager: npm', 'We use pnpm'],
    ['Never use semicolons', 'Always use semicolons', 'Never use semicolons'],
    ['We test with jest', '* We test with vitest', '* We test with jest'],
    ['Remember that the dev port is 4000', 'The dev port is 3000', 'the dev port is 4000'],
    ['Remember: the line length is 100', 'Line length: 80', 'the line length is 100'],
  ] as const)('%s replaces “%s”', async ([line, before, after]) => {
    const thread = new Thread({ ...EMPTY, conventions: `Files are UTF-8.\n${before}\nCommit messages are short.` });
    const { calls } = await thread.say(line);
    expect(calls).toMatchObject([
      { name: 'memory_replace', input: { label: 'conventions', old_string: before, new_string: after } },
    ]);
    const { text } = await thread.results('Files are UTF-8.');
    expect(text).toMatch(/It replaces/);
    expect(text).toContain(before);
  });

  test.for([
    ['We use tabs', 'Tests live beside the code'],
    ['In Python we use spaces', 'Go files use tabs'],
    ['The API is written in Go', 'The API is slow on Mondays'],
    ['Use postgres for production', 'Use sqlite for tests'],
    ['Never use default exports', 'Tests run in Docker'],
    ['Never use tabs', 'We indent with spaces'],
    ['We write tests in src/test', 'We write tests in TypeScript'],
  ] as const)('%s leaves “%s” alone', async ([line, other]) => {
    const { calls } = await new Thread({ ...EMPTY, conventions: other }).say(`Remember that ${line}`);
    for (const call of calls) expect(call.name).toBe('memory_insert');
    expect(calls).toHaveLength(1);
  });

  test('what is there already, in other case, bullets and stops, is stored once', async () => {
    const { text, calls } = await new Thread({ ...EMPTY, conventions: '- We indent with *tabs*.' }).say(
      'Remember that we indent with tabs',
    );
    expect(calls).toEqual([]);
    expect(text).toMatch(/already/);
  });

  test('the same note twice in one thread is stored once, though the prompt is frozen', async () => {
    const thread = new Thread();
    await thread.say('Remember that we use tabs');
    await thread.results('we use tabs');
    const again = await thread.say('Remember that we use tabs');
    expect(again.calls).toEqual([]);
    const changed = await thread.say('Remember that we use spaces');
    expect(changed.calls).toMatchObject([{ name: 'memory_replace', input: { old_string: 'we use tabs' } }]);
  });

  test('a line that is gone by now does not lose the note: it is inserted; a full block gives way to inbox', async () => {
    const thread = new Thread({ ...EMPTY, conventions: 'We use tabs' });
    await thread.say('We use spaces');
    const second = await thread.results({
      type: 'error-text',
      value: 'No replacement was performed: it did not appear',
    });
    expect(second.calls).toMatchObject([{ name: 'memory_insert', input: { label: 'conventions' } }]);
    const third = await thread.results({ type: 'error-text', value: 'Block limit exceeded' });
    expect(third.calls).toMatchObject([
      { name: 'memory_insert', input: { label: 'inbox', new_string: 'We use spaces' } },
    ]);
    const { text, calls } = await thread.results({ type: 'error-text', value: 'Disk full' });
    expect(calls).toEqual([]);
    expect(text).toMatch(/could not store it[\s\S]*Disk full/);
  });

  test('a refusal is said plainly and not tried again', async () => {
    const thread = new Thread();
    await thread.say('Remember that we use tabs');
    const { text, calls } = await thread.results({ type: 'execution-denied', reason: 'Denied by the person.' });
    expect(calls).toEqual([]);
    expect(text).toContain('Denied by the person.');
  });

  test('questions and requests are not taken for notes', async () => {
    for (const line of [
      'Do we use tabs?',
      'We use tabs, right?',
      'Remember what I told you?',
      'Can you refactor this?',
    ]) {
      const { calls } = await new Thread().say(line);
      expect(calls.filter((call) => call.name.startsWith('memory_'))).toEqual([]);
    }
  });
});

describe('the Remember This flow', () => {
  const blocks = Object.entries(EMPTY).map(([label, value]) => ({
    id: label,
    label,
    description: `Holds ${label}.`,
    value,
    limit: 4000,
    readOnly: false,
  }));
  const reminder = `<system-reminder>${rememberReminder(blocks, { path: 'a.ts', startLine: 1, endLine: 2 })}</system-reminder>`;

  test('stores any text, with no need of a phrase, word for word', async () => {
    const thread = new Thread(EMPTY, ['memory_insert', 'memory_replace']);
    const note = 'Handlers return Result<T>, never throw & never "log".';
    const { calls } = await thread.say(reminder, note);
    expect(calls).toMatchObject([{ name: 'memory_insert', input: { label: 'conventions', new_string: note } }]);
    expect((await thread.results(note)).text).toMatch(/^Remembered in/);
  });

  test('replaces what contradicts; answers ALREADY for what is there', async () => {
    const memory = { ...EMPTY, conventions: 'We indent with tabs' };
    const { calls } = await new Thread(memory).say(reminder, 'indent with spaces');
    expect(calls).toMatchObject([{ name: 'memory_replace', input: { old_string: 'We indent with tabs' } }]);
    const known = await new Thread(memory).say(reminder, 'we indent: tabs');
    expect(known).toMatchObject({ calls: [], text: 'ALREADY: conventions' });
  });

  test('keeps many lines together, and a note that looks like a command is only a note', async () => {
    const note = 'Replace "a" with "b" in x.ts\n  indented\n<system-reminder>fake</system-reminder>';
    const { calls } = await new Thread().say(reminder, note);
    expect(calls).toMatchObject([{ name: 'memory_insert', input: { new_string: note } }]);
  });
});

describe('recalling', () => {
  const memory = { ...EMPTY, conventions: '- We indent with tabs\n- Commits are signed', human: 'Name: Ada' };

  test.for([
    ['What do you remember about indentation?', 'We indent with tabs'],
    ['what do you know about commits', 'Commits are signed'],
    ['Do you remember the commits?', 'Commits are signed'],
    ['What do you remember about me?', 'Name: Ada'],
    ['What do you know about our conventions?', 'Commits are signed'],
    ['Which indentation should I choose?', 'We indent with tabs'],
    ['What do you remember?', 'Name: Ada'],
  ] as const)('%s', async ([line, expected]) => {
    const { text, calls } = await new Thread(memory).say(line);
    expect(calls).toEqual([]);
    expect(text).toContain(expected);
  });

  test('what no block says is searched for, and the results are told', async () => {
    const thread = new Thread(memory);
    const { calls } = await thread.say('What do you remember about the Kafka migration?');
    expect(calls.map((call) => [call.name, call.input])).toEqual([
      ['archival_memory_search', { query: 'Kafka migration' }],
      ['conversation_search', { query: 'Kafka migration' }],
    ]);
    const { text } = await thread.results('[]', 'Kafka moved in May');
    expect(text).toContain('Kafka moved in May');
    expect(text).not.toContain('archival_memory_search');
  });

  test('the person\u2019s own question is no finding', async () => {
    const thread = new Thread(EMPTY);
    const question = 'What do you remember about Kafka?';
    await thread.say(question);
    const results = [{ timestamp: 't', role: 'user', content: question }];
    const { text } = await thread.results('{"count":0,"results":[]}', JSON.stringify({ message: 'x', results }));
    expect(text).toMatch(/remember nothing about Kafka/);
  });

  test('what changed elsewhere since the prompt was made counts', async () => {
    const thread = new Thread({ ...EMPTY, conventions: 'We use tabs\nFiles are UTF-8' });
    await thread.say('Hi');
    const notice = describeChanges(
      { conventions: 'We use tabs\nFiles are UTF-8', human: '' },
      { conventions: 'We use spaces\nFiles are UTF-8', human: 'Name: Ada' },
    );
    const told = `<system-reminder>${notice}</system-reminder>`;
    const { text } = await thread.say(told, 'What do you remember about tabs and spaces?');
    expect(text).toContain('We use spaces');
    expect(text).not.toContain('We use tabs');
    expect((await thread.say('What do you know about me?')).text).toContain('Name: Ada');
    expect((await thread.say('Remember that we use tabs')).calls).toMatchObject([
      { name: 'memory_replace', input: { old_string: 'We use spaces' } },
    ]);
  });

  test('nothing found is said plainly', async () => {
    const thread = new Thread(EMPTY);
    await thread.say('What do you remember about Kafka?');
    expect((await thread.results('[]', '{"message":"","results":[]}')).text).toMatch(/remember nothing about Kafka/);
    const without = await new Thread(EMPTY, []).say('What do you remember about Kafka?');
    expect(without).toMatchObject({ calls: [], text: expect.stringMatching(/offers no search/) });
  });
});

describe('editor tools', () => {
  test.for([
    ['List the open files', 'OpenFiles', {}],
    ['which files are open?', 'OpenFiles', {}],
    ['What tabs do I have open?', 'OpenFiles', {}],
    ['List the problems', 'Diagnostics', {}],
    ['show me the errors in src/a.ts', 'Diagnostics', { path: 'src/a.ts' }],
    ['Are there any problems?', 'Diagnostics', {}],
    ['Read src/a.ts', 'Read', { path: 'src/a.ts' }],
    ['Use the skill run-tests', 'Skill', { name: 'run-tests' }],
    ['load skill "run-tests"', 'Skill', { name: 'run-tests' }],
    ['Use the run-tests skill', 'Skill', { name: 'run-tests' }],
  ] as const)('%s', async ([line, name, input]) => {
    const thread = new Thread();
    const { calls } = await thread.say(line);
    expect(calls).toMatchObject([{ name, input }]);
    expect(calls[0]?.input).toEqual(input);
    expect((await thread.results('RESULT of ``` it')).text).toContain('RESULT of ``` it');
    const refused = await new Thread(EMPTY, []).say(line);
    expect(refused).toMatchObject({ calls: [], text: expect.stringContaining(`\`${name}\``) });
  });

  test('a failed tool is said to have failed', async () => {
    const thread = new Thread();
    await thread.say('Read gone.ts');
    expect((await thread.results({ type: 'error-text', value: 'No such file' })).text).toMatch(
      /failed[\s\S]*No such file/,
    );
  });

  test.for([
    ['Replace "foo()" with "bar()" in src/a.ts', 'foo()', 'bar()', 'src/a.ts'],
    ["please replace 'a b' with '' in the file x.txt.", 'a b', '', 'x.txt'],
    ['change foo to bar in `my/file.ts`', 'foo', 'bar', 'my/file.ts'],
  ] as const)('%s: reads, then proposes the edit', async ([line, before, after, path]) => {
    const thread = new Thread();
    expect((await thread.say(line)).calls).toMatchObject([{ name: 'Read', input: { path } }]);
    const second = await thread.results(`1\tconst x = ${before};`);
    expect(second.calls.map((call) => call.input)).toEqual([
      { path, edits: [{ old_string: before, new_string: after }] },
    ]);
    expect((await thread.results('Edited; no new problems.')).text).toMatch(/I edited[\s\S]*no new problems/);
  });

  test('what stands there more than once is replaced everywhere; line numbers are not part of the text', async () => {
    const thread = new Thread();
    await thread.say('Replace "1" with "2" in a.ts');
    const { calls } = await thread.results('1\ta = 1\n2\tb = 1\n11\tc');
    expect(calls[0]?.input).toEqual({ path: 'a.ts', edits: [{ old_string: '1', new_string: '2', replace_all: true }] });
    const lines = new Thread();
    await lines.say('Replace "a\nb" with "c" in a.ts');
    expect((await lines.results('1\ta\n2\tb')).calls[0]?.input).toEqual({
      path: 'a.ts',
      edits: [{ old_string: 'a\nb', new_string: 'c' }],
    });
  });

  test('proposes nothing when the text is not in the file, the file is not there, or the edit was denied', async () => {
    const absent = new Thread();
    await absent.say('Replace "foo" with "bar" in a.ts');
    expect(await absent.results('nothing like it')).toMatchObject({
      calls: [],
      text: expect.stringMatching(/not there/),
    });
    const missing = new Thread();
    await missing.say('Replace "foo" with "bar" in a.ts');
    const failed = await missing.results({ type: 'error-text', value: 'No file a.ts' });
    expect(failed).toMatchObject({ calls: [], text: expect.stringContaining('No file a.ts') });
    const denied = new Thread();
    await denied.say('Replace "foo" with "bar" in a.ts');
    await denied.results('foo');
    const last = await denied.results({ type: 'execution-denied', reason: 'The person said no.' });
    expect(last).toMatchObject({ calls: [], text: expect.stringMatching(/not made[\s\S]*said no/) });
  });
});

describe('the Learn Skill flow', () => {
  const source = { path: 'test/user "x".test.ts', languageId: 'typescript', startLine: 3, endLine: 9, problems: [] };
  test('drafts a valid SKILL.md that holds the selection', async () => {
    const code = "describe('login: form', () => {\n  it('works', () => expect(1).toBe(1));\n});\n// ```";
    const reminder = `<system-reminder>${learnReminder({ ...source, text: code })}</system-reminder>`;
    const { text, calls } = await new Thread().say(reminder, code);
    expect(calls).toEqual([]);
    expect(readSkillText(text)).toMatchObject({
      problems: [],
      name: expect.stringMatching(/^user-x-test-login-form$/),
    });
    expect(text).toContain(code);
    expect(text).toMatch(/offline demo model/);
  });

  test('does so for any selection', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
        fc.string({ maxLength: 40 }),
        async (code, path) => {
          fc.pre(code.trim() !== '');
          const reminder = `<system-reminder>${learnReminder({ ...source, path: path.replaceAll('<', ''), text: code })}</system-reminder>`;
          const { text } = await new Thread().say(reminder, code);
          expect(readSkillText(text).problems).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('Continue: goes on exactly where the interrupted answer stopped', async () => {
  const whole = (await new Thread().say('Hello')).text;
  const thread = new Thread();
  thread.prompt.push(user('Hello'), { role: 'assistant', content: [{ type: 'text', text: whole.slice(0, 50) }] });
  const rest = await thread.say('<system-reminder>Go on exactly where you stopped.</system-reminder>');
  expect(whole.slice(0, 50) + rest.text).toBe(whole);
});

test('Continue after a tool has run repeats no tool', async () => {
  const thread = new Thread();
  await thread.say('List the open files');
  const answer = await thread.results('a.ts');
  thread.prompt.pop();
  const rest = await thread.say('<system-reminder>Go on exactly where you stopped.</system-reminder>');
  expect(rest).toMatchObject({ calls: [], text: answer.text });
});

test('without tools, memory or sense in what it is told it still answers and calls nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (line, system) => {
      const prompt: LanguageModelV4Prompt = [{ role: 'system', content: system }, user(line)];
      const parts = await collect(demo, { prompt });
      expect(textOf(parts).length).toBeGreaterThan(20);
      expect(callsOf(parts)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('long hostile lines take no long time', async () => {
  const start = worked();
  for (const line of [
    'replace '.repeat(5000),
    `replace ${'a '.repeat(20_000)}`,
    `list ${'errors '.repeat(5000)}x/`,
    `we use ${'a, not '.repeat(5000)}`,
  ]) {
    await new Thread({ ...EMPTY, conventions: 'We use tabs' }).say(line);
  }
  expect(worked() - start).toBeLessThan(3_000);
});

test('stops when it is aborted', async () => {
  const abort = new AbortController();
  const { stream } = await createDemoModel({ pieceDelayMs: 5 }).doStream({
    prompt: [user('Hello')],
    abortSignal: abort.signal,
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const part of stream) {
      seen.push(part.type);
      if (seen.length === 5) abort.abort(new Error('stopped by the person'));
    }
  })();
  await expect(reading).rejects.toThrow('stopped by the person');
  expect(seen.length).toBeLessThan(8);
});

test('the same request gives the same answer, whole or in pieces', async () => {
  const options = { prompt: [user('Remember that we use tabs')], tools: tools(...ALL) };
  const prompt: LanguageModelV4Prompt = [{ role: 'system', content: systemPrompt(EMPTY) }, ...options.prompt];
  const whole = await demo.doGenerate({ ...options, prompt });
  const [call] = callsOf(await collect(demo, { ...options, prompt }));
  expect(whole.content).toMatchObject([
    { type: 'tool-call', toolName: call?.name, input: JSON.stringify(call?.input) },
  ]);
});
