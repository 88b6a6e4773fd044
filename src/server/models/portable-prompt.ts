// A conversation that any vendor accepts, whoever wrote its parts: calls and results in pairs, ids and names that all take.
import { createHash } from 'node:crypto';
import type {
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';

/** What all vendors take as the name of a tool, and all take as the id of a call. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const EMPTY = '[An empty message.]';
const GOES_ON = '<system-reminder>\nThe conversation goes on from here.\n</system-reminder>';
const NO_RESULT = 'Error: this call was not carried out. There is no result.';

type Assistant = Extract<LanguageModelV4Message, { role: 'assistant' }>;
type User = Extract<LanguageModelV4Message, { role: 'user' }>;

/**
 * - Every call is followed by its result at once, in the calls' order; a call without one gets an error, a result without
 *   a call becomes words of the program.
 * - The first message after the instructions and the last one are not the agent's.
 * - No text is blank, and none holds half a character.
 * - Reasoning stays only where something said or called follows it in the same message.
 *
 * What is in order already is passed on as it is, so that a prompt stays byte-stable.
 */
export function portablePrompt(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const out: LanguageModelV4Message[] = [];
  const results = pairedResults(prompt);
  const takenIds = new Set<string>();
  for (const message of prompt) {
    switch (message.role) {
      case 'system':
        out.push({ ...message, content: wellFormed(message.content) });
        break;
      case 'user':
        out.push(userMessage(message));
        break;
      case 'assistant': {
        const answered: LanguageModelV4ToolResultPart[] = [];
        const content = assistantContent(message, (call) => {
          const toolCallId = unique(plainName(call.toolCallId), takenIds);
          const found = results.get(call.toolCallId)?.shift();
          const known = { ...call, toolCallId, toolName: plainName(call.toolName), input: wellFormedValue(call.input) };
          answered.push(resultOf(known, found));
          return known;
        });
        if (content.length === 0) break;
        if (isStart(out)) out.push(remark(GOES_ON));
        out.push({ ...message, content });
        if (answered.length > 0) out.push({ role: 'tool', content: answered });
        break;
      }
      case 'tool': {
        // What belongs to a call stands behind it already.
        const lost = message.content.filter((part) => part.type === 'tool-result' && !results.paired.has(part));
        for (const part of lost) if (part.type === 'tool-result') out.push(remark(asWords(part)));
      }
    }
  }
  if (isStart(out)) out.push(remark(EMPTY));
  if (out.at(-1)?.role === 'assistant') out.push(remark(GOES_ON));
  return out;
}

/** An id of a call, or a name of a tool, as all vendors take it; the same one always becomes the same. */
export function plainName(name: string): string {
  if (PLAIN.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `_${name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 54)}_${hash}`;
}

/** Some models count their calls from zero in each response, and some clients send a thread back in pieces. */
function unique(id: string, taken: Set<string>): string {
  let free = id;
  for (let n = 2; taken.has(free); n++) free = `${id.slice(0, 58)}_${n}`;
  taken.add(free);
  return free;
}

/** The results that belong to a call before them, by its id and in their order. */
class PairedResults extends Map<string, LanguageModelV4ToolResultPart[]> {
  readonly paired = new Set<LanguageModelV4ToolResultPart>();
}

function pairedResults(prompt: LanguageModelV4Prompt): PairedResults {
  const results = new PairedResults();
  const calls = new Map<string, number>();
  for (const message of prompt) {
    if (message.role !== 'tool' && message.role !== 'assistant') continue;
    for (const part of message.content) {
      if (part.type === 'tool-call') calls.set(part.toolCallId, (calls.get(part.toolCallId) ?? 0) + 1);
      if (part.type !== 'tool-result' || message.role !== 'tool') continue;
      const known = results.get(part.toolCallId) ?? [];
      if (known.length >= (calls.get(part.toolCallId) ?? 0)) continue;
      known.push(part);
      results.set(part.toolCallId, known);
      results.paired.add(part);
    }
  }
  return results;
}

function resultOf(
  { toolCallId, toolName }: LanguageModelV4ToolCallPart,
  found: LanguageModelV4ToolResultPart | undefined,
): LanguageModelV4ToolResultPart {
  const output = found?.output ?? { type: 'error-text' as const, value: NO_RESULT };
  const part: LanguageModelV4ToolResultPart = { ...found, type: 'tool-result', toolCallId, toolName, output };
  if (output.type === 'text' || output.type === 'error-text') {
    const value = wellFormed(output.value);
    part.output = { ...output, value: value.trim() === '' ? '(nothing)' : value };
  }
  return part;
}

function assistantContent(
  message: Assistant,
  toCall: (call: LanguageModelV4ToolCallPart) => LanguageModelV4ToolCallPart,
): Assistant['content'] {
  const content = message.content.flatMap((part): Assistant['content'] => {
    if (part.type === 'tool-call') return [toCall(part)];
    if (part.type !== 'text') return [part];
    // Gemini's signatures may come on a text of their own, and have to go back.
    return part.text.trim() === '' && !part.providerOptions?.google ? [] : [{ ...part, text: wellFormed(part.text) }];
  });
  while (content.at(-1)?.type === 'reasoning') content.pop();
  return content;
}

function userMessage(message: User): User {
  const content = message.content.flatMap((part): User['content'] => {
    if (part.type !== 'text') return [part];
    return part.text.trim() === '' ? [] : [{ ...part, text: wellFormed(part.text) }];
  });
  return { ...message, content: content.length > 0 ? content : [{ type: 'text', text: EMPTY }] };
}

function remark(text: string): User {
  const part: LanguageModelV4TextPart = { type: 'text', text };
  return { role: 'user', content: [part] };
}

function asWords({ toolName, output }: LanguageModelV4ToolResultPart): string {
  const text = 'value' in output && typeof output.value === 'string' ? output.value : '';
  return `<system-reminder>\nAn earlier call of ${toolName} returned:\n${wellFormed(text)}\n</system-reminder>`;
}

const isStart = (messages: readonly LanguageModelV4Message[]): boolean =>
  messages.every(({ role }) => role === 'system');

/** Half a character is no text: every vendor refuses a request that holds one. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

function wellFormedValue(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(wellFormedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [wellFormed(key), wellFormedValue(each)]));
}
