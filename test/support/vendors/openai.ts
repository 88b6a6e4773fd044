// OpenAI's Responses API, as strict as the real one.
import { pieces, type Signatures, type VendorFormat, type VendorReply, type Wire } from './server.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const reasons = (model: string): boolean => /^(o\d|gpt-5|gpt-6)/.test(model);

function refusal(body: Wire, signed: Signatures): string | undefined {
  if (!Array.isArray(body.input) || body.input.length === 0) return "Missing required parameter: 'input'.";
  if (reasons(body.model) && body.temperature !== undefined)
    return "Unsupported parameter: 'temperature' is not supported with this model.";
  if (body.max_tokens !== undefined) return "Unknown parameter: 'max_tokens'.";
  for (const tool of body.tools ?? []) if (!NAME.test(tool.name)) return "Invalid 'tools[0].name'";
  const open = new Set<string>();
  const called = new Set<string>();
  for (const [at, item] of body.input.entries()) {
    const where = `input[${at}]`;
    const next = body.input[at + 1];
    switch (item.type ?? 'message') {
      case 'message':
        if (!['system', 'developer', 'user', 'assistant'].includes(item.role)) return `Invalid value: '${item.role}'`;
        if (item.content === '' || item.content?.length === 0) return `Invalid '${where}.content': empty`;
        if (typeof item.content !== 'string')
          for (const part of item.content) {
            const allowed = item.role === 'assistant' ? ['output_text'] : ['input_text', 'input_image'];
            if (!allowed.includes(part.type)) return `Invalid value: '${part.type}'. Supported values are: ${allowed}.`;
          }
        break;
      case 'reasoning':
        if (!reasons(body.model)) return 'Reasoning input items can only be provided to a reasoning model';
        if (!signed.knows(item.encrypted_content))
          return `The encrypted content for item ${item.id} could not be verified.`;
        if (next === undefined || next.role === 'user' || next.type === 'function_call_output')
          return `Item '${item.id}' of type 'reasoning' was provided without its required following item.`;
        break;
      case 'function_call':
        if (typeof item.call_id !== 'string' || item.call_id.length > 64) return `Invalid '${where}.call_id': too long`;
        if (!NAME.test(item.name)) return `Invalid '${where}.name': string does not match pattern`;
        if (typeof item.arguments !== 'string') return `Invalid type for '${where}.arguments'`;
        if (called.has(item.call_id)) return `Duplicate function call ${item.call_id}`;
        called.add(item.call_id);
        open.add(item.call_id);
        break;
      case 'function_call_output':
        if (!open.delete(item.call_id))
          return `No tool call found for function call output with call_id ${item.call_id}.`;
        break;
      case 'item_reference':
        return `Item with id '${item.id}' not found. Items are not persisted when \`store\` is set to false.`;
      default:
        return `Invalid value: '${item.type}'.`;
    }
  }
  if (open.size > 0) return `No tool output found for function call ${[...open][0]}.`;
  return undefined;
}

function events(reply: VendorReply, body: Wire, signed: Signatures, n: number): object[] {
  const out: object[] = [];
  const output: object[] = [];
  let sequence_number = 0;
  const push = (event: object) => out.push({ ...event, sequence_number: sequence_number++ });
  const response = {
    id: `resp_${n}`,
    object: 'response',
    created_at: 1_763_000_000,
    model: body.model,
    status: 'in_progress',
    output: [],
    incomplete_details: null,
    usage: null,
  };
  push({ type: 'response.created', response });
  const add = (item: { [key: string]: unknown }, between: object[], done: object) => {
    const output_index = output.length;
    push({ type: 'response.output_item.added', output_index, item });
    for (const event of between) push({ ...event, output_index, item_id: item.id });
    push({ type: 'response.output_item.done', output_index, item: { ...item, ...done } });
    output.push({ ...item, ...done });
  };
  if (reply.thinking !== undefined || reply.hidden) {
    const text = reply.thinking ?? '';
    const encrypted_content = signed.sign(`${text} ${n}`);
    const summary = text === '' ? [] : [{ type: 'summary_text', text }];
    add(
      { id: `rs_${n}`, type: 'reasoning', summary: [], encrypted_content: null },
      text === ''
        ? []
        : [
            {
              type: 'response.reasoning_summary_part.added',
              summary_index: 0,
              part: { type: 'summary_text', text: '' },
            },
            ...pieces(text).map((delta) => ({
              type: 'response.reasoning_summary_text.delta',
              summary_index: 0,
              delta,
            })),
            { type: 'response.reasoning_summary_part.done', summary_index: 0, part: { type: 'summary_text', text } },
          ],
      { summary, encrypted_content },
    );
  }
  if (reply.text !== undefined) {
    const content = [{ type: 'output_text', text: reply.text, annotations: [] }];
    add(
      { id: `msg_${n}`, type: 'message', role: 'assistant', status: 'in_progress', content: [] },
      [
        {
          type: 'response.content_part.added',
          content_index: 0,
          part: { type: 'output_text', text: '', annotations: [] },
        },
        ...pieces(reply.text).map((delta) => ({ type: 'response.output_text.delta', content_index: 0, delta })),
        { type: 'response.output_text.done', content_index: 0, text: reply.text },
      ],
      { status: 'completed', content },
    );
  }
  for (const [at, call] of (reply.calls ?? []).entries()) {
    const args = JSON.stringify(call.args);
    add(
      {
        id: `fc_${n}_${at}`,
        type: 'function_call',
        status: 'in_progress',
        call_id: call.id ?? `call_${n}_${at}`,
        name: call.name,
        arguments: '',
      },
      [
        ...pieces(args).map((delta) => ({ type: 'response.function_call_arguments.delta', delta })),
        { type: 'response.function_call_arguments.done', arguments: args },
      ],
      { status: 'completed', arguments: args },
    );
  }
  if (reply.hang) return out;
  const usage = { input: 100, output: 20, ...reply.usage };
  push({
    type: 'response.completed',
    response: {
      ...response,
      status: 'completed',
      output,
      usage: {
        input_tokens: usage.input,
        input_tokens_details: { cached_tokens: usage.cached ?? 0 },
        output_tokens: usage.output,
        output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
        total_tokens: usage.input + usage.output,
      },
    },
  });
  return out;
}

export const openai: VendorFormat = {
  keyHeader: 'authorization',
  key: (apiKey) => `Bearer ${apiKey}`,
  list: {
    path: '/v1/models',
    answer: { object: 'list', data: [{ id: 'gpt-5-mini' }, { id: 'gpt-4.1' }, { id: 'text-embedding-3-small' }] },
  },
  isGeneration: (path) => path === '/v1/responses',
  refusal: (body, _path, signed) => refusal(body, signed),
  events,
  error: (_status, message) => ({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
};
