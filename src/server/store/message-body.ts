// What a message says, by who says it.
import type { JsonObject } from './json.ts';

export type ContentPart = { type: 'text'; text: string } | ImagePart;
export interface ImagePart {
  type: 'image';
  source:
    | { type: 'url'; url: string }
    | { type: 'base64'; media_type: string; data: string }
    | { type: 'letta'; file_id: string; media_type?: string };
}

export interface ToolCall {
  id: string;
  name: string;
  /** As the model wrote it: meant to be JSON, not always is. */
  arguments: string;
}

/** One contiguous block of a model response; its index in the message names it (`blockOtid`). */
export type AssistantBlock =
  | { type: 'reasoning'; text: string; meta?: JsonObject }
  | { type: 'text'; text: string; meta?: JsonObject }
  | { type: 'tool_call'; call: ToolCall; meta?: JsonObject };

export type Approval =
  | {
      type: 'approval';
      tool_call_id: string;
      approve: boolean;
      reason: string | null;
      /** Of the source that whoever approved was shown. */
      source_sha256?: string;
    }
  | {
      type: 'tool';
      tool_call_id: string;
      status: 'success' | 'error';
      tool_return: string | ContentPart[];
      stdout: string[] | null;
      stderr: string[] | null;
    };

export type MessageBody =
  /** `kept`: with the blocks that are for local models only, whose labels `hidden` has; absent where there are none. */
  | { role: 'system'; text: string; kept?: string; hidden?: string[] }
  | { role: 'user'; content: ContentPart[] }
  | { role: 'assistant'; blocks: AssistantBlock[] }
  /** Calls that wait for the client. `meta` as in assistant blocks, by call id. */
  | { role: 'request'; calls: ToolCall[]; meta?: { [callId: string]: JsonObject } }
  | { role: 'response'; requestId: string; approvals: Approval[] }
  /** What stands in context for older messages. `isVisible`: clients see it as a summary, else as a person's message. */
  | { role: 'summary'; text: string; isVisible: boolean; stats: JsonObject }
  | {
      role: 'tool';
      callId: string;
      name: string;
      status: 'success' | 'error';
      content: string | ContentPart[];
      stdout: string[] | null;
      stderr: string[] | null;
    };
