// Gemini's own API, as strict as the real one.
import { isRecord, type Signatures, type VendorFormat, type VendorReply, type Wire } from './server.ts';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/;
const UNSIGNED = 'skip_thought_signature_validator';
const DATA = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'];

function refusal(body: Wire, path: string, signed: Signatures): string | undefined {
  const contents = body.contents as Wire[];
  if (!Array.isArray(contents) || contents.length === 0) return 'contents is not specified';
  if (contents[0].role !== 'user') return 'Please ensure that the first content has the role user.';
  if (contents.at(-1).role !== 'user') return 'Please ensure that multiturn requests end with a user turn.';
  for (const { functionDeclarations } of body.tools ?? [])
    for (const tool of functionDeclarations ?? [])
      if (!NAME.test(tool.name)) return `Invalid function name: ${tool.name}`;
  for (const [at, { role, parts }] of contents.entries()) {
    const where = `contents[${at}]`;
    if (role !== 'user' && role !== 'model') return 'Please use a valid role: user, model.';
    if (!Array.isArray(parts) || parts.length === 0) return `${where}.parts must not be empty.`;
    for (const part of parts) {
      const wrong = partRefusal(part, role);
      if (wrong) return `${where}: ${wrong}`;
    }
    const calls = parts.flatMap((part: Wire) => (part.functionCall ? [part.functionCall.name] : []));
    const answers = parts.flatMap((part: Wire) => (part.functionResponse ? [part.functionResponse.name] : []));
    if (calls.length > 0 && contents[at - 1]?.role !== 'user')
      return 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.';
    const asked = (contents[at - 1]?.parts ?? []).flatMap((part: Wire) =>
      part.functionCall ? [part.functionCall.name] : [],
    );
    if (answers.length !== asked.length)
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
    if (answers.some((name: string, nth: number) => name !== asked[nth]))
      return 'Function response names do not match.';
  }
  return /gemini-3/.test(path) ? unsigned(contents, signed) : undefined;
}

function partRefusal(part: Wire, role: string): string | undefined {
  const kinds = DATA.filter((kind) => part[kind] !== undefined);
  if (kinds.length !== 1) return "contents.parts: required oneof field 'data' must have one initialized field";
  if (part.text === '' && part.thoughtSignature === undefined)
    return 'Unable to submit request because it has an empty text';
  if (part.functionCall) {
    if (role !== 'model' || !NAME.test(part.functionCall.name))
      return `Invalid function name: ${part.functionCall.name}`;
    if (!isRecord(part.functionCall.args)) return 'Invalid value at functionCall.args';
  }
  if (part.functionResponse && (role !== 'user' || !isRecord(part.functionResponse.response)))
    return 'Invalid value at functionResponse.response';
  if (part.fileData && !/^https:\/\/generativelanguage|^gs:/.test(part.fileData.fileUri))
    return 'Unsupported file uri.';
  return undefined;
}

/** Every step of the turn under way must have the signature that came with its first call. */
function unsigned(contents: Wire[], signed: Signatures): string | undefined {
  const isAsked = (content: Wire) =>
    content.role === 'user' && content.parts.some((part: Wire) => !part.functionResponse);
  for (const { parts } of contents.slice(contents.findLastIndex(isAsked) + 1)) {
    const call = parts.find((part: Wire) => part.functionCall);
    if (!call) continue;
    if (call.thoughtSignature === undefined)
      return `Function call is missing a thought_signature in functionCall parts: ${call.functionCall.name}`;
    if (call.thoughtSignature !== UNSIGNED && !signed.knows(call.thoughtSignature))
      return 'Corrupted thought signature.';
  }
  return undefined;
}

function events(reply: VendorReply, _body: Wire, signed: Signatures, n: number): object[] {
  const usage = { input: 100, output: 20, ...reply.usage };
  const usageMetadata = {
    promptTokenCount: usage.input,
    candidatesTokenCount: usage.output - (usage.reasoning ?? 0),
    thoughtsTokenCount: usage.reasoning ?? 0,
    cachedContentTokenCount: usage.cached ?? 0,
    totalTokenCount: usage.input + usage.output,
  };
  const chunk = (parts: object[], finishReason?: string) => ({
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}) }],
    usageMetadata,
    modelVersion: 'scripted',
    responseId: `response-${n}`,
  });
  const out: object[] = [];
  if (reply.thinking !== undefined) out.push(chunk([{ text: reply.thinking, thought: true }]));
  if (reply.text !== undefined) {
    const half = Math.ceil(reply.text.length / 2);
    out.push(chunk([{ text: reply.text.slice(0, half) }]));
    const rest = { text: reply.text.slice(half) };
    out.push(chunk([reply.calls ? rest : { ...rest, thoughtSignature: signed.sign(`text ${n}`) }]));
  }
  const calls = (reply.calls ?? []).map((call, at) => ({
    functionCall: { name: call.name, args: call.args, ...(call.id ? { id: call.id } : {}) },
    ...(at === 0 ? { thoughtSignature: signed.sign(`call ${n}`) } : {}),
  }));
  if (calls.length > 0) out.push(chunk(calls));
  if (!reply.hang) out.push(chunk([{ text: '' }], 'STOP'));
  return out;
}

export const google: VendorFormat = {
  keyHeader: 'x-goog-api-key',
  key: (apiKey) => apiKey,
  list: {
    path: '/v1beta/models',
    answer: {
      models: [
        {
          name: 'models/gemini-3-pro',
          displayName: 'Gemini 3 Pro',
          inputTokenLimit: 1_048_576,
          outputTokenLimit: 65_536,
          supportedGenerationMethods: ['generateContent', 'countTokens'],
        },
        { name: 'models/gemini-embedding-001', displayName: 'Embedding', supportedGenerationMethods: ['embedContent'] },
        { name: 'models/imagen-4', displayName: 'Imagen', supportedGenerationMethods: ['predict'] },
      ],
    },
  },
  isGeneration: (path) => /^\/v1beta\/models\/[^/]+:streamGenerateContent$/.test(path),
  refusal,
  events,
  error: (status, message) => ({ error: { code: status, message, status: 'INVALID_ARGUMENT' } }),
};
