// Reads a model request the way the demo program needs it: memory, what the person said, what tools brought since.
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider';

export interface MemoryBlock {
  label: string;
  description: string;
  value: string;
  readOnly: boolean;
  /** Characters. */
  limit: number;
}

/** A tool call since the person's last message, with what came back. */
export interface DoneCall {
  name: string;
  input: Record<string, unknown>;
  output: string;
  failed: boolean;
}

export interface Situation {
  /** As the system prompt has them, with this thread's own changes on top. */
  blocks: MemoryBlock[];
  /** The system-reminders of the person's last message. */
  reminders: string[];
  /** The person's last message without them. */
  text: string;
  offered: ReadonlySet<string>;
  done: DoneCall[];
  /** What of the answer is there already, when this request asks to go on with an interrupted one. */
  partial: string;
}

const BLOCK =
  /<([\w./-]+)>\n<description>\n([\s\S]*?)\n?<\/description>\n<metadata>\n([\s\S]*?)\n?<\/metadata>\n<value>\n([\s\S]*?)\n?<\/value>\n<\/\1>/g;
const REMINDER = /^\s*<system-reminder>([\s\S]*?)<\/system-reminder>/;

function readBlocks(system: string): MemoryBlock[] {
  const start = system.indexOf('<memory_blocks>');
  if (start < 0) return [];
  return [...system.slice(start).matchAll(BLOCK)].map((match) => {
    const metadata = match[3] ?? '';
    return {
      label: match[1] ?? '',
      description: match[2] ?? '',
      value: match[4] ?? '',
      readOnly: metadata.includes('read_only=true'),
      limit: Number(/chars_limit=(\d+)/.exec(metadata)?.[1] ?? Number.POSITIVE_INFINITY),
    };
  });
}

/** Splits a user message into its leading reminders and the person's own text. */
export function splitReminders(message: string): { reminders: string[]; text: string } {
  const reminders: string[] = [];
  let rest = message;
  for (let match = REMINDER.exec(rest); match !== null; match = REMINDER.exec(rest)) {
    reminders.push((match[1] ?? '').trim());
    rest = rest.slice(match[0].length);
  }
  return { reminders, text: rest.trim() };
}

function outputText(output: LanguageModelV4ToolResultOutput): { text: string; failed: boolean } {
  switch (output.type) {
    case 'text':
      return { text: output.value, failed: false };
    case 'json':
      return { text: JSON.stringify(output.value), failed: false };
    case 'error-text':
      return { text: output.value, failed: true };
    case 'error-json':
      return { text: JSON.stringify(output.value), failed: true };
    case 'execution-denied':
      return { text: output.reason ?? 'It was not allowed.', failed: true };
    case 'content':
      return { text: output.value.map((part) => (part.type === 'text' ? part.text : '')).join('\n'), failed: false };
  }
}

/** An engine that keeps a failure as plain text still says it at the start, as the tools do. */
const READS_LIKE_AN_ERROR = /^\s*(error\b|no replacement was performed)/i;

function inputOf(input: unknown): Record<string, unknown> {
  let value = input;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return {};
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

type Pending = Map<string, { name: string; input: Record<string, unknown> }>;

/** Notes the calls of an assistant message; gives back those that a tool message completes. */
function completed(message: LanguageModelV4Prompt[number], pending: Pending): DoneCall[] {
  if (message.role === 'assistant') {
    for (const part of message.content) {
      if (part.type === 'tool-call') pending.set(part.toolCallId, { name: part.toolName, input: inputOf(part.input) });
    }
  }
  if (message.role !== 'tool') return [];
  return message.content.flatMap((part) => {
    if (part.type !== 'tool-result') return [];
    const call = pending.get(part.toolCallId) ?? { name: part.toolName, input: {} };
    const { text, failed } = outputText(part.output);
    return [{ ...call, output: text, failed: failed || READS_LIKE_AN_ERROR.test(text) }];
  });
}

function callsIn(prompt: LanguageModelV4Prompt): DoneCall[] {
  const pending: Pending = new Map();
  return prompt.flatMap((message) => completed(message, pending));
}

const field = (call: DoneCall, key: string): string => {
  const value = call.input[key];
  return typeof value === 'string' ? value : '';
};

function applyCall(blocks: MemoryBlock[], call: DoneCall): void {
  const block = blocks.find((candidate) => candidate.label === call.input.label);
  if (block === undefined || call.failed) return;
  const text = field(call, 'new_string');
  if (call.name === 'memory_insert' && !block.value.includes(text)) {
    block.value = block.value === '' ? text : `${block.value}\n${text}`;
  } else if (call.name === 'memory_replace') {
    block.value = block.value.replace(field(call, 'old_string'), () => text);
  } else if (call.name === 'memory_rethink') {
    block.value = field(call, 'new_memory');
  }
}

/** A reminder that tells what changed elsewhere: `[label]`, then `- line` and `+ line`. */
function applyNotice(blocks: MemoryBlock[], notice: string): void {
  let block: MemoryBlock | undefined;
  for (const line of notice.split('\n')) {
    const label = /^\[([\w./-]+)\]( was removed\.)?/.exec(line);
    if (label) {
      block = blocks.find((candidate) => candidate.label === label[1]);
      if (block && label[2]) block.value = '';
    } else if (block && line.startsWith('- ')) {
      const lines = block.value.split('\n');
      const at = lines.indexOf(line.slice(2));
      if (at >= 0) block.value = lines.toSpliced(at, 1).join('\n');
    } else if (block && line.startsWith('+ ')) {
      block.value = block.value === '' ? line.slice(2) : `${block.value}\n${line.slice(2)}`;
    }
  }
}

/** A thread's prompt is frozen: what it wrote since, and what it was told of others' changes, is only in its messages. */
function applyChanges(blocks: MemoryBlock[], prompt: LanguageModelV4Prompt): void {
  const pending: Pending = new Map();
  for (const message of prompt) {
    for (const call of completed(message, pending)) applyCall(blocks, call);
    if (message.role !== 'user') continue;
    for (const reminder of splitReminders(messageText(message.content)).reminders) {
      if (reminder.startsWith('Your memory has changed')) applyNotice(blocks, reminder);
    }
  }
}

function messageText(content: { type: string; text?: string }[]): string {
  return content
    .filter((part) => part.type === 'text')
    .map((part) => part.text ?? '')
    .join('\n');
}

/** Reads the request. A user message of reminders only (as *Continue* sends) belongs to the message before it. */
export function readSituation(options: Pick<LanguageModelV4CallOptions, 'prompt' | 'tools'>): Situation {
  const { prompt } = options;
  const system = prompt.flatMap((message) => (message.role === 'system' ? [message.content] : [])).join('\n\n');
  const blocks = readBlocks(system);
  applyChanges(blocks, prompt);

  let at = -1;
  let said = { reminders: [] as string[], text: '' };
  for (const [index, message] of prompt.entries()) {
    if (message.role !== 'user') continue;
    const split = splitReminders(messageText(message.content));
    if (split.text === '' && at >= 0) continue;
    at = index;
    said = split;
  }

  const since = prompt.slice(at + 1);
  const isContinued = since.some((message) => message.role === 'user');
  const lastResult = since.findLastIndex((message) => message.role === 'tool');
  const partial = isContinued
    ? since
        .slice(lastResult + 1)
        .map((message) => (message.role === 'assistant' ? messageText(message.content) : ''))
        .join('')
    : '';
  return {
    blocks,
    ...said,
    offered: new Set((options.tools ?? []).map((tool) => tool.name)),
    done: callsIn(since),
    partial,
  };
}
