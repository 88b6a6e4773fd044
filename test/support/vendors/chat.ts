// OpenAI's chat format as routers and local servers have it, as strict as the strictest of them.
import { isRecord, pieces, type VendorFormat, type VendorReply, type Wire } from './server.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

function refusal(body: Wire): string | undefined {
  if (!Array.isArray(body.messages) || body.messages.length === 0) return 'messages is required';
  let waiting: string[] = [];
  const ids = new Set<string>();
  for (const [at, message] of body.messages.entries()) {
    const where = `messages[${at}]`;
    if (waiting.length > 0 && message.role !== 'tool')
      return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id': ${waiting}`;
    switch (message.role) {
      case 'system':
        if (at > 0) return 'System message must be at the beginning.';
        break;
      case 'user':
        if (message.content === '' || message.content?.length === 0) return `${where}: empty content`;
        break;
      case 'tool':
        if (!waiting.includes(message.tool_call_id))
          return `messages with role 'tool' must be a response to a preceding message with 'tool_calls': ${message.tool_call_id}`;
        if (!message.content || message.content.length === 0) return `${where}: empty content`;
        waiting = waiting.filter((id) => id !== message.tool_call_id);
        break;
      case 'assistant':
        if (!message.content && !message.tool_calls?.length)
          return `${where}: Assistant message must have either content or tool_calls`;
        for (const call of message.tool_calls ?? []) {
          if (ids.has(call.id) || call.id.length > 64) return `${where}: Duplicate or long tool call id ${call.id}`;
          if (!NAME.test(call.function.name)) return `${where}: invalid function name ${call.function.name}`;
          if (!isRecord(JSON.parse(call.function.arguments))) return `${where}: arguments must be a JSON object`;
          ids.add(call.id);
          waiting.push(call.id);
        }
        break;
      default:
        return `${where}: unknown role ${message.role}`;
    }
  }
  if (waiting.length > 0) return `tool_calls without responses: ${waiting}`;
  return body.messages.at(-1).role === 'assistant' ? 'The last message must not be from the assistant.' : undefined;
}

function events(reply: VendorReply, body: Wire, _signed: unknown, n: number): object[] {
  const out: object[] = [];
  const push = (delta: object, finish_reason: string | null = null) =>
    out.push({
      id: `gen-${n}`,
      object: 'chat.completion.chunk',
      model: body.model,
      choices: [{ index: 0, delta, finish_reason }],
    });
  push({ role: 'assistant', content: '' });
  for (const reasoning of pieces(reply.thinking ?? '')) push({ reasoning });
  for (const content of pieces(reply.text ?? '')) push({ content });
  for (const [index, call] of (reply.calls ?? []).entries()) {
    const id = call.id ?? `call_${n}_${index}`;
    push({ tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }] });
    for (const piece of pieces(JSON.stringify(call.args)))
      push({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
  if (reply.hang) return out;
  push({}, reply.calls?.length ? 'tool_calls' : 'stop');
  const usage = { input: 100, output: 20, ...reply.usage };
  out.push({
    id: `gen-${n}`,
    object: 'chat.completion.chunk',
    model: body.model,
    choices: [],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
      completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
      cost: 0.001,
    },
  });
  return out;
}

export const chat: VendorFormat = {
  keyHeader: 'authorization',
  key: (apiKey) => `Bearer ${apiKey}`,
  list: {
    path: '/api/v1/models',
    answer: {
      data: [
        {
          id: 'anthropic/claude-sonnet-4.5',
          name: 'Anthropic: Claude Sonnet 4.5',
          context_length: 1_000_000,
          architecture: { input_modalities: ['text', 'image'] },
          pricing: {
            prompt: '0.000003',
            completion: '0.000015',
            input_cache_read: '0.0000003',
            input_cache_write: '0.00000375',
          },
          top_provider: { context_length: 1_000_000, max_completion_tokens: 64_000 },
        },
        {
          id: 'openrouter/auto',
          name: 'Auto Router',
          context_length: 2_000_000,
          pricing: { prompt: '-1', completion: '-1' },
        },
      ],
    },
  },
  isGeneration: (path) => path.endsWith('/chat/completions'),
  refusal,
  events,
  end: '[DONE]',
  error: (status, message) => ({ error: { message, code: status } }),
};
