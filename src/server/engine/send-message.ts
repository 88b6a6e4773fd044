// `send_message`, by which agents of Letta's older types answer: shown as the answer it is.
import { parseArguments } from './arguments.ts';

export const SEND_MESSAGE = 'send_message';

/** The answer in a call; undefined where the call is none. */
export function spokenText(call: { name: string; arguments: string }): string | undefined {
  if (call.name !== SEND_MESSAGE) return undefined;
  const message = parseArguments(call.arguments)?.message;
  return typeof message === 'string' ? message : undefined;
}

/** The agent goes on after its answer. */
export function goesOn(call: { arguments: string }): boolean {
  return parseArguments(call.arguments)?.request_heartbeat === true;
}

/** Reads the answer out of arguments that are still being written. */
export class SpokenDelta {
  private text = '';
  private said = 0;

  /** @returns what is new of the answer */
  add(piece: string): string {
    this.text += piece;
    const begin = /"message"\s*:\s*"/.exec(this.text);
    if (!begin) return '';
    const raw = this.text.slice(begin.index + begin[0].length);
    // Up to the closing quote, and no half of an escape.
    const whole = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/.exec(raw)?.[0] ?? '';
    let answer: string;
    try {
      answer = JSON.parse(`"${whole.replaceAll('\n', '\\n')}"`);
    } catch {
      return '';
    }
    // Half of a surrogate pair waits for the other.
    const end = /[\ud800-\udbff]$/.test(answer) ? answer.length - 1 : answer.length;
    const added = answer.slice(this.said, end);
    this.said = Math.max(this.said, end);
    return added;
  }
}
