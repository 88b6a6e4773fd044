// What a screen reader hears while an answer grows.
import { describe, expect, it } from 'vitest';
import type { AgentItem, ApprovalView } from '../../../src/protocol/transcript-views.ts';
import { APPROVAL } from '../../../webview-ui/dev/fixtures.ts';
import { SILENT, type Spoken, speak } from '../../../webview-ui/src/chat/speech.ts';

const answer = (text: string, state: AgentItem['state'] = 'streaming', id = 'a'): AgentItem => ({
  kind: 'agent',
  id,
  parts: [{ type: 'text', id: 't', text }],
  state,
  date: '',
});

/** @returns everything that is said, one entry a step that says something. */
function hear(steps: [AgentItem, ApprovalView[]?][]): string[] {
  let spoken: Spoken = SILENT;
  const heard: string[] = [];
  for (const [item, approvals = []] of steps) {
    const { say, after } = speak(spoken, [item], approvals);
    spoken = after;
    if (say !== '') heard.push(say);
  }
  return heard;
}

describe('announcements', () => {
  it('say whole paragraphs, each once, never letter by letter', () => {
    const text = 'First paragraph.\n\nSecond one.\n\nThe end.';
    const steps = Array.from({ length: text.length }, (_, i): [AgentItem] => [answer(text.slice(0, i + 1))]);
    expect(hear([...steps, [answer(text, 'done')]])).toEqual(['First paragraph.', 'Second one.', 'The end.']);
  });

  it('leave alone what was there when the thread was opened', () => {
    expect(hear([[answer('Old answer.', 'done')], [answer('Old answer.', 'done')]])).toEqual([]);
  });

  it('tell how an answer broke off, with what to do', () => {
    const failure = { message: 'The endpoint is down.', hint: 'Start it.', retry: true };
    expect(hear([[answer('Half')], [{ ...answer('Half', 'failed'), failure }]])).toEqual([
      'Half Failed. The endpoint is down. Start it.',
    ]);
    expect(hear([[answer('Half')], [answer('Half', 'interrupted')]])).toEqual(['Half Interrupted.']);
  });

  it('do not repeat the first part when an answer goes on', () => {
    expect(
      hear([[answer('Half', 'interrupted')], [answer('Half', 'streaming')], [answer('Half and whole.', 'done')]]),
    ).toEqual(['and whole.']);
  });

  it('tell once that an approval is needed', () => {
    expect(
      hear([
        [answer(''), [APPROVAL]],
        [answer(''), [APPROVAL]],
        [answer(''), []],
      ]),
    ).toEqual(['Approval needed: Edit src/retry.ts.']);
  });
});
