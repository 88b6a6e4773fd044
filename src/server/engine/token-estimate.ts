// How much of a model's window something takes, before the model itself has counted.
import type { ContentPart, MessageBody } from '../store/messages.ts';

/** No text of people or programs takes fewer tokens than this, on average, with any tokenizer in use. */
const LEAST_PER_BYTE = 1 / 4;
/** Before a model has reported a count: bytes / 4, and a third more to be safe. */
const UNKNOWN_PER_BYTE = 1.3 / 4;
const MOST_PER_BYTE = 1;
/** A report about less says more about the provider's own frame than about the text. */
const MIN_BYTES = 2_000;
/** Providers count images by their size in pixels; this is what the large ones come to. */
const IMAGE_TOKENS = 1_600;
/** Role, ids and brackets of one message or call on the wire. */
const FRAME_BYTES = 60;
const CALL_BYTES = 120;

/** Bytes of a value as JSON, which is how it travels. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** @param own written by the model that is asked now, so that its signatures are sent back */
export function messageBytes(body: MessageBody, own: boolean): number {
  switch (body.role) {
    case 'system':
    case 'summary':
      return FRAME_BYTES + jsonBytes(body.text);
    case 'user':
      return FRAME_BYTES + partsBytes(body.content);
    case 'assistant':
      return body.blocks.reduce((sum, block) => {
        const meta = own && block.meta ? jsonBytes(block.meta) : 0;
        if (block.type === 'tool_call') return sum + meta + callBytes(block.call);
        return block.type === 'reasoning' && meta === 0 ? sum : sum + meta + jsonBytes(block.text);
      }, FRAME_BYTES);
    case 'request':
      return body.calls.reduce((sum, call) => {
        const meta = own ? body.meta?.[call.id] : undefined;
        return sum + callBytes(call) + (meta ? jsonBytes(meta) : 0);
      }, FRAME_BYTES);
    case 'response':
      return 0;
    case 'tool':
      return CALL_BYTES + (typeof body.content === 'string' ? jsonBytes(body.content) : partsBytes(body.content));
  }
}

function callBytes(call: { id: string; name: string; arguments: string }): number {
  return CALL_BYTES + call.id.length + call.name.length + jsonBytes(call.arguments);
}

function partsBytes(parts: readonly ContentPart[]): number {
  return parts.reduce(
    (sum, part) => sum + FRAME_BYTES + (part.type === 'text' ? jsonBytes(part.text) : IMAGE_TOKENS / LEAST_PER_BYTE),
    0,
  );
}

/** Tokens of so many bytes at the least: what is over a window by this count is over it by any. */
export function leastTokens(bytes: number): number {
  return Math.ceil(bytes * LEAST_PER_BYTE);
}

/** Learns from what models report how many tokens a byte of theirs is. */
export class TokenScale {
  private readonly perByte = new Map<string, number>();

  /** @param promptTokens what the model counted for a request of so many bytes */
  learn(handle: string, promptTokens: number, bytes: number): void {
    if (bytes < MIN_BYTES || promptTokens <= 0) return;
    this.perByte.set(handle, Math.min(MOST_PER_BYTE, Math.max(LEAST_PER_BYTE, promptTokens / bytes)));
  }

  tokens(handle: string, bytes: number): number {
    return Math.ceil(bytes * (this.perByte.get(handle) ?? UNKNOWN_PER_BYTE));
  }

  /** How many bytes so many tokens are. */
  bytes(handle: string, tokens: number): number {
    return Math.floor(tokens / (this.perByte.get(handle) ?? UNKNOWN_PER_BYTE));
  }
}
