// What goes to the conversation next.
import type { Picture } from '../tools/picture-note.ts';
import type { Answer } from './journal-records.ts';

export interface UserMessage {
  otid: string;
  /** Text parts: reminders first, what the person wrote last and unescaped. */
  parts: string[];
  /** Go before what the person wrote. */
  pictures?: Picture[];
}

/** Results the server waits for, then what the person says. At least one of both. */
export interface Outgoing {
  approvals?: { otid: string; answers: Answer[] };
  user?: UserMessage;
}
