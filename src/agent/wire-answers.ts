// Answers to calls, and what the person says, as the Letta API takes them: with pictures among their parts.
import type { LettaError } from '../letta/errors.ts';
import { pictureData } from '../tools/picture.ts';
import type { Picture } from '../tools/picture-note.ts';
import type { Answer } from './journal-records.ts';
import type { Outgoing, UserMessage } from './outgoing.ts';

/** Bytes of the pictures of one send. */
const MAX_SENT = 8_000_000;

const NOT_SENT = '(The picture itself could not be sent: this Letta server or its model did not take it.)';
const CHANGED = '(The picture itself is not shown: its file was changed or deleted meanwhile. Read it again.)';
const TOO_MANY = '(The picture itself is not shown: too many at once. Read it again, alone.)';

export type WirePart =
  | { type: 'text'; text: string }
  | { type: 'image'; source: { type: 'base64'; media_type: string; data: string } };

/** What the person says, as it is sent. */
export interface WireUser {
  otid: string;
  content: WirePart[];
}

/** @param pictures false: the server has refused them, and their descriptions have to do */
export async function wireAnswers(answers: readonly Answer[], pictures: boolean) {
  let left = MAX_SENT;
  const wired = [];
  for (const answer of answers) {
    if (answer.type === 'approval') {
      const { type, tool_call_id, approve, reason, source_sha256 } = answer;
      const proof = source_sha256 === undefined ? {} : { source_sha256 };
      wired.push({ type, tool_call_id, approve, ...(reason === undefined ? {} : { reason }), ...proof });
      continue;
    }
    const { pictures: seen = [], ...sent } = answer;
    const parts: WirePart[] = [];
    for (const picture of seen) {
      const part = pictures ? await partOf(picture, left) : words(NOT_SENT);
      if (part.type === 'image') left -= picture.bytes;
      parts.push(part);
    }
    wired.push(parts.length === 0 ? sent : { ...sent, tool_return: withParts(sent.tool_return, parts) });
  }
  return wired;
}
/** What the person wrote stays the last part. @param pictures as of `wireAnswers` */
export async function wireUser({ otid, parts, pictures = [] }: UserMessage, shown: boolean): Promise<WireUser> {
  const content = parts.map(words);
  const own = content.splice(-1);
  let left = MAX_SENT;
  for (const picture of pictures) {
    const part = shown ? await partOf(picture, left) : words(NOT_SENT);
    if (part.type === 'image') left -= picture.bytes;
    content.push(part);
  }
  return { otid, content: [...content, ...own] };
}
export type WireAnswer = Awaited<ReturnType<typeof wireAnswers>>[number];

async function partOf(picture: Picture, left: number): Promise<WirePart> {
  if (picture.bytes > left) return words(TOO_MANY);
  const data = await pictureData(picture);
  if (data === undefined) return words(CHANGED);
  return { type: 'image', source: { type: 'base64', media_type: picture.mediaType, data } };
}

const words = (text: string): WirePart => ({ type: 'text', text });

/** Without a picture a plain string: an error whose result is a list comes back as a success on some servers. */
function withParts(text: string, parts: readonly WirePart[]): string | WirePart[] {
  const all = [words(text), ...parts];
  if (all.some(({ type }) => type === 'image')) return all;
  return all.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

const PERHAPS_THEIRS: ReadonlySet<string> = new Set(['bad_request', 'unknown', 'model_unreachable']);

/**
 * Whether a send may have failed because of its pictures, so that it is worth another one without. Only where nothing came
 * of it: the servers that fail so late have stored nothing.
 */
export function refusedPictures(
  { approvals, user }: Outgoing,
  { error, begun }: { error: LettaError | undefined; begun: boolean },
): boolean {
  if (begun || !error || error.interrupted || !PERHAPS_THEIRS.has(error.reason)) return false;
  return (
    user?.pictures !== undefined ||
    (approvals?.answers.some((answer) => answer.type === 'tool' && answer.pictures) ?? false)
  );
}
