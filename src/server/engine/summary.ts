// What is said of messages that leave a context: the request for a summary, and a summary made without a model.
import { isReminder } from '../store/message-text.ts';
import type { Message, MessageBody, ToolCall } from '../store/messages.ts';
import { callsOf } from './approvals.ts';
import { parseArguments } from './arguments.ts';
import { plainText } from './render.ts';

export const SUMMARY_PROMPT = `You keep the memory of an agent whose conversation has grown too long. Below is its older part, which will be replaced by what you write now. Write it for the agent itself, so that it can go on as if it had read everything:

1. What the person asked for, in their own words where they matter, and what is still open.
2. What was done and decided, and why; what failed.
3. Names that will be needed again: files, functions, commands, versions, error messages, values.
4. What was to be done next.

Keep what an earlier summary in it says and is still true. Only facts from the text; no advice, no greeting, no tools. At most 500 words.`;

/** Of one message in the transcript and in a mechanical summary. */
const MESSAGE_CHARS = 4_000;
const RESULT_CHARS = 1_200;
const ASKED_CHARS = 400;
const ASKED_KEPT = 12;
const FILES_KEPT = 40;
const ANSWER_CHARS = 1_000;

/** The messages as a text for a summarizer of at most that many characters; where it is too long, its middle is left out. */
export function transcriptOf(messages: readonly Pick<Message, 'body'>[], maxChars: number): string {
  const lines = messages.flatMap(({ body }) => linesOf(body));
  const total = lines.reduce((sum, line) => sum + line.length + 2, 0);
  if (total <= maxChars) return lines.join('\n\n');
  const half = Math.floor(maxChars / 2);
  const text = lines.join('\n\n');
  return `${text.slice(0, half)}\n\n[… ${text.length - 2 * half} characters left out …]\n\n${text.slice(-half)}`;
}

function linesOf(body: MessageBody): string[] {
  switch (body.role) {
    case 'summary':
      return [`Earlier summary: ${body.text}`];
    case 'system':
      return [`Program: ${cut(body.text, RESULT_CHARS)}`];
    case 'user': {
      const said = saidBy(body);
      return said === '' ? [] : [`Person: ${cut(said, MESSAGE_CHARS)}`];
    }
    case 'assistant': {
      const said = saidBy(body);
      return [...(said === '' ? [] : [`Agent: ${cut(said, MESSAGE_CHARS)}`]), ...callsOf(body.blocks).map(callLine)];
    }
    case 'request':
      return body.calls.map(callLine);
    case 'response':
      return [];
    case 'tool': {
      const text = typeof body.content === 'string' ? body.content : plainText(body.content);
      return [`${body.name} ${body.status === 'error' ? 'failed' : 'returned'}: ${cut(text, RESULT_CHARS)}`];
    }
  }
}

function callLine(call: ToolCall): string {
  return `Agent calls ${call.name} ${cut(call.arguments, RESULT_CHARS)}`;
}

/** What a person or an agent said in words. */
function saidBy(body: Extract<MessageBody, { role: 'user' | 'assistant' }>): string {
  const texts =
    body.role === 'user'
      ? body.content.map((part) => (part.type === 'image' ? '[image]' : isReminder(part.text) ? '' : part.text))
      : body.blocks.map((block) => (block.type === 'text' ? block.text : ''));
  return texts.join('\n').trim();
}

/** Without a model: what was asked, which files and tools were used, and the last answer. Always says something. */
export function mechanicalSummary(messages: readonly Pick<Message, 'body'>[]): string {
  const asked: string[] = [];
  const files = new Set<string>();
  const tools = new Map<string, number>();
  let before = '';
  let answer = '';
  for (const { body } of messages) {
    if (body.role === 'summary') before = body.text;
    if (body.role === 'user' && saidBy(body) !== '') asked.push(cut(saidBy(body), ASKED_CHARS));
    if (body.role === 'assistant') answer = saidBy(body) || answer;
    for (const call of body.role === 'assistant' ? callsOf(body.blocks) : body.role === 'request' ? body.calls : []) {
      tools.set(call.name, (tools.get(call.name) ?? 0) + 1);
      for (const path of pathsOf(call)) files.add(path);
    }
  }
  const left = asked.length - ASKED_KEPT;
  const sections = [
    before,
    asked.length > 0
      ? [
          'The person asked:',
          ...(left > 0 ? [`- (${left} earlier messages)`] : []),
          ...asked.slice(-ASKED_KEPT).map((text) => `- ${text.replaceAll('\n', ' ')}`),
        ].join('\n')
      : '',
    files.size > 0 ? `Files: ${[...files].slice(-FILES_KEPT).join(', ')}` : '',
    tools.size > 0 ? `Tools: ${[...tools].map(([name, times]) => `${name} (${times})`).join(', ')}` : '',
    answer === '' ? '' : `The last answer: ${cut(answer, ANSWER_CHARS)}`,
  ].filter((section) => section !== '');
  return sections.length > 0 ? sections.join('\n') : 'Nothing of note was said.';
}

/** Arguments that name a file by their key. */
function pathsOf(call: ToolCall): string[] {
  const args = parseArguments(call.arguments) ?? {};
  return Object.entries(args).flatMap(([key, value]) =>
    /^(?:.*_)?(?:path|file|file_?name|notebook)$/i.test(key) && typeof value === 'string' && value !== ''
      ? [cut(value, ASKED_CHARS)]
      : [],
  );
}

/** The newest words of the person among messages; undefined where there are none. */
export function lastAsked(messages: readonly Pick<Message, 'body'>[], maxChars: number): string | undefined {
  for (let i = messages.length - 1; i >= 0; i--) {
    const body = messages[i]?.body;
    if (body?.role === 'user' && saidBy(body) !== '') return cut(saidBy(body), maxChars);
  }
  return undefined;
}

/** Long texts keep both ends: what matters of an error is often its last line. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.floor((maxChars - 5) / 2);
  return `${text.slice(0, half)} […] ${text.slice(-half)}`;
}
