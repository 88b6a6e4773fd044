// Anthropic's Messages API, as strict as the real one.
import { isRecord, pieces, type Signatures, type VendorFormat, type VendorReply, type Wire } from './server.ts';

const ID = /^[a-zA-Z0-9_-]+$/;
const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const KEYS = new Set(
  'model messages max_tokens system tools tool_choice thinking temperature top_p top_k stop_sequences stream output_config metadata'.split(
    ' ',
  ),
);

function refusal(body: Wire, signed: Signatures): string | undefined {
  const extra = Object.keys(body).find((key) => !KEYS.has(key));
  if (extra) return `${extra}: Extra inputs are not permitted`;
  if (!Number.isInteger(body.max_tokens) || body.max_tokens < 1) return 'max_tokens: Field required';
  if (!Array.isArray(body.messages) || body.messages.length === 0) return 'messages: at least one message is required';
  const marks = JSON.stringify(body).match(/"cache_control":\{/g)?.length ?? 0;
  if (marks > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`;
  for (const tool of body.tools ?? []) {
    if (!NAME.test(tool.name)) return `tools.name: String should match pattern '${NAME.source}'`;
    if (tool.input_schema?.type !== 'object') return 'tools.input_schema.type: Field required';
  }
  if (body.thinking?.type === 'enabled') {
    if (!(body.thinking.budget_tokens >= 1024)) return 'thinking.budget_tokens: Input should be at least 1024';
    if (body.thinking.budget_tokens >= body.max_tokens)
      return '`max_tokens` must be greater than `thinking.budget_tokens`';
    if (body.temperature !== undefined && body.temperature !== 1)
      return '`temperature` may only be set to 1 when thinking is enabled';
  }
  for (const block of body.system ?? [])
    if (block.text.trim() === '') return 'system: text content blocks must be non-empty';
  return messagesRefusal(body, signed);
}

function messagesRefusal(body: Wire, signed: Signatures): string | undefined {
  const ids = new Set<string>();
  let waiting: string[] = [];
  let before: string | undefined;
  for (const [at, message] of body.messages.entries()) {
    const where = `messages.${at}`;
    if (message.role !== 'user' && message.role !== 'assistant') return `${where}.role: unexpected ${message.role}`;
    if (at === 0 && message.role !== 'user') return 'messages: first message must use the "user" role';
    if (message.role === before) return 'messages: roles must alternate between "user" and "assistant"';
    before = message.role;
    const blocks = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    if (blocks.length === 0) return `${where}: all messages must have non-empty content`;
    const results = blocks.filter((block: Wire) => block.type === 'tool_result');
    if (waiting.length > 0) {
      const given = results.map((block: Wire) => block.tool_use_id);
      const missing = waiting.filter((id) => !given.includes(id));
      if (missing.length > 0)
        return `${where}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}`;
      if (blocks.slice(0, results.length).some((block: Wire) => block.type !== 'tool_result'))
        return `${where}: tool_result blocks must come first`;
    }
    for (const { tool_use_id } of results)
      if (!waiting.includes(tool_use_id))
        return `${where}: unexpected \`tool_use_id\` found in \`tool_result\`: ${tool_use_id}`;
    if (new Set(results.map((block: Wire) => block.tool_use_id)).size < results.length)
      return `${where}: each tool_use must have a single result`;
    waiting = [];
    for (const block of blocks) {
      const wrong = blockRefusal(block, message.role, signed);
      if (wrong) return `${where}.content: ${wrong}`;
      if (block.type !== 'tool_use') continue;
      if (ids.has(block.id)) return `${where}: \`tool_use\` ids must be unique`;
      ids.add(block.id);
      waiting.push(block.id);
    }
    if (message.role === 'assistant' && /thinking$/.test(blocks.at(-1).type))
      return `${where}: The final block in an assistant message cannot be \`thinking\`.`;
  }
  if (before === 'assistant') return 'This model does not support assistant message prefill.';
  if (waiting.length > 0) return `\`tool_use\` ids were found without \`tool_result\` blocks: ${waiting.join(', ')}`;
  return body.thinking?.type === 'enabled' ? unthoughtTurn(body.messages) : undefined;
}

/** With thinking on, the calls of the turn under way must have been thought about. */
function unthoughtTurn(messages: Wire[]): string | undefined {
  const isAsked = (message: Wire) =>
    message.role === 'user' &&
    (typeof message.content === 'string' || message.content.some((block: Wire) => block.type !== 'tool_result'));
  const turn = messages.slice(messages.findLastIndex(isAsked) + 1);
  const first = turn.find((message) => message.role === 'assistant')?.content[0].type;
  return first === undefined || /thinking$/.test(first)
    ? undefined
    : `Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`;
}

function blockRefusal(block: Wire, role: string, signed: Signatures): string | undefined {
  switch (block.type) {
    case 'text':
      return block.text.trim() === '' ? 'text content blocks must contain non-whitespace text' : undefined;
    case 'image':
      if (role !== 'user') return 'image blocks are only allowed in user messages';
      return block.source?.type === 'url' || /^image\/(png|jpeg|gif|webp)$/.test(block.source?.media_type)
        ? undefined
        : 'image.source.media_type: unsupported';
    case 'tool_use':
      if (role !== 'assistant' || !ID.test(block.id)) return `tool_use.id: String should match pattern '${ID.source}'`;
      if (!NAME.test(block.name)) return `tool_use.name: String should match pattern '${NAME.source}'`;
      return isRecord(block.input) ? undefined : 'tool_use.input: Input should be a valid dictionary';
    case 'tool_result':
      return role === 'user' ? undefined : '`tool_result` blocks can only be in `user` messages';
    case 'thinking':
      if (block.cache_control) return 'thinking.cache_control: Extra inputs are not permitted';
      return signed.fits(block.thinking, block.signature) ? undefined : 'Invalid `signature` in `thinking` block';
    case 'redacted_thinking':
      return signed.knows(block.data) ? undefined : 'Invalid `data` in `redacted_thinking` block';
    default:
      return `Input tag '${block.type}' found using 'type' does not match any of the expected tags`;
  }
}

function events(reply: VendorReply, body: Wire, signed: Signatures, n: number): object[] {
  const out: object[] = [];
  const usage = { input: 100, output: 20, ...reply.usage };
  out.push({
    type: 'message_start',
    message: {
      id: `msg_${n}`,
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: usage.input - (usage.cached ?? 0) - (usage.written ?? 0),
        output_tokens: 1,
        cache_read_input_tokens: usage.cached ?? 0,
        cache_creation_input_tokens: usage.written ?? 0,
      },
    },
  });
  let index = 0;
  const block = (content_block: object, deltas: object[]) => {
    out.push({ type: 'content_block_start', index, content_block });
    for (const delta of deltas) out.push({ type: 'content_block_delta', index, delta });
    out.push({ type: 'content_block_stop', index });
    index += 1;
  };
  if (reply.thinking !== undefined) {
    const thinking = reply.thinking;
    block({ type: 'thinking', thinking: '', signature: '' }, [
      ...pieces(thinking).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature: signed.sign(thinking) },
    ]);
  }
  if (reply.hidden) block({ type: 'redacted_thinking', data: signed.sign(`hidden ${n}`) }, []);
  if (reply.text !== undefined)
    block(
      { type: 'text', text: '' },
      pieces(reply.text).map((text) => ({ type: 'text_delta', text })),
    );
  for (const [at, call] of (reply.calls ?? []).entries())
    block(
      { type: 'tool_use', id: call.id ?? `toolu_${n}_${at}`, name: call.name, input: {} },
      pieces(JSON.stringify(call.args)).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    );
  if (reply.hang) return out;
  out.push({
    type: 'message_delta',
    delta: { stop_reason: reply.calls?.length ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { output_tokens: usage.output },
  });
  out.push({ type: 'message_stop' });
  return out;
}

export const anthropic: VendorFormat = {
  keyHeader: 'x-api-key',
  key: (apiKey) => apiKey,
  list: {
    path: '/v1/models',
    answer: {
      data: [
        {
          type: 'model',
          id: 'claude-sonnet-4-5',
          display_name: 'Claude Sonnet 4.5',
          created_at: '2025-09-29T00:00:00Z',
        },
        { type: 'model', id: 'claude-of-tomorrow', display_name: 'Claude of Tomorrow', max_input_tokens: 300_000 },
      ],
      has_more: false,
    },
  },
  isGeneration: (path) => path === '/v1/messages',
  refusal: (body, _path, signed) => refusal(body, signed),
  events,
  error: (status, message) => ({
    type: 'error',
    error: { type: status === 529 ? 'overloaded_error' : 'invalid_request_error', message },
  }),
};
