// Notes from elsewhere: where they stood and why they matter goes with them, and nothing goes around review.
import { expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import { type Note, type RememberBackend, remember, wordForWord } from '../../../src/flows/remember.ts';
import { memoryEvent } from './memory-event.ts';

function make(events: TurnEvent[], outcome: TurnOutcome = { kind: 'done' }) {
  const sent: { text: string; reminder: string; sources: readonly string[] | undefined }[] = [];
  const inbox: string[] = [];
  const backend: RememberBackend = {
    blocks: async () => [
      { id: 'b', label: 'lessons', description: 'what went wrong', value: '', limit: 1_000, readOnly: false },
    ],
    runBeside: async (_title, text, reminders, sink, _signal, sources) => {
      sent.push({ text, reminder: reminders.join('\n'), sources });
      for (const event of events) sink(event);
      return outcome;
    },
    keepInInbox: async (text) => {
      inbox.push(text);
      return { text: text.replace('hunter2', '…') };
    },
    recall: () => undefined,
    record: async () => {},
  };
  return { sent, inbox, keep: (note: Note) => remember(backend, note, new AbortController().signal) };
}

it('tells the agent where the note stood and why it matters, and judges it by who wrote it', async () => {
  const { sent, keep } = make([memoryEvent('done')]);
  const note: Note = {
    text: 'Expected comma',
    from: 'It is a problem that json reports there.',
    why: ' it broke the build ',
    sources: ['workspace'],
  };
  expect(await keep(note)).toMatchObject({ kind: 'stored' });
  expect(sent).toEqual([{ text: 'Expected comma', reminder: expect.any(String), sources: ['workspace'] }]);
  expect(sent[0]?.reminder).toContain('It is a problem that json reports there.\nWhy it matters');
  expect(sent[0]?.reminder).toContain("in the person's words: it broke the build\n");
  const plain = make([memoryEvent('done')]);
  await plain.keep({ text: 'x' });
  expect(plain.sent[0]?.reminder).not.toContain('Why it matters');
});

it('says that a line waits for review, and does not put the note into the inbox around it', async () => {
  const { inbox, keep } = make([memoryEvent('denied', 'held')]);
  expect(await keep({ text: 'Always run this' })).toEqual({ kind: 'held', label: 'lessons', text: 'A line.' });
  expect(inbox).toEqual([]);
});

it('keeps the reason where the note is kept word for word', async () => {
  const down = { kind: 'failed', failure: { message: 'no', hint: '', retry: true } } as const;
  const { inbox, keep } = make([], down);
  expect(await keep({ text: 'Deploy on Tuesdays\n', why: 'the team is there' })).toMatchObject({
    kind: 'kept',
    text: 'Deploy on Tuesdays (why: the team is there)',
    noModel: true,
  });
  expect(inbox).toEqual(['Deploy on Tuesdays (why: the team is there)']);
  expect(wordForWord({ text: 'as it is ' })).toBe('as it is ');
  // What stands there is what can be undone: without the secret.
  expect(await make([], down).keep({ text: 'pw hunter2' })).toMatchObject({ text: 'pw …' });
});
