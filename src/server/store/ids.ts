// Letta's ids: `<prefix>-<uuid>`, and what is derived from a message's id.
import { randomUUID } from 'node:crypto';

export type IdPrefix =
  | 'agent'
  | 'message'
  | 'run'
  | 'step'
  | 'block'
  | 'tool'
  | 'archive'
  | 'passage'
  | 'conv'
  | 'provider'
  | 'ping';

const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const patterns = new Map<string, RegExp>();

export function newId(prefix: IdPrefix): string {
  return `${prefix}-${randomUUID()}`;
}

export function isId(prefix: IdPrefix, text: string): boolean {
  let pattern = patterns.get(prefix);
  if (!pattern) {
    pattern = new RegExp(`^${prefix}-${UUID}$`);
    patterns.set(prefix, pattern);
  }
  return pattern.test(text);
}

const toBits = (uuid: string): bigint => BigInt(`0x${uuid.replaceAll('-', '')}`);

function toUuid(bits: bigint): string {
  const hex = bits.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The id of one contiguous block of a message (Letta API: `otid`): the message's uuid, its low 7 bits the block's index. */
export function blockOtid(messageId: string, index: number): string {
  const bits = toBits(messageId.slice('message-'.length));
  return toUuid((bits & ~0x7fn) | BigInt(index & 0x7f));
}

/** The id of the approval request that belongs to a model response: the response's uuid minus one. */
export function approvalIdOf(messageId: string): string {
  const bits = toBits(messageId.slice('message-'.length));
  return `message-${toUuid(bits === 0n ? (1n << 128n) - 1n : bits - 1n)}`;
}
