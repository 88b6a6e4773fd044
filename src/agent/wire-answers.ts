// Answers to calls as the Letta API takes them, pictures among their parts.
import type { LettaError } from '../letta/errors.ts';
import { pictureData } from '../tools/picture.ts';
import type { Picture } from '../tools/picture-note.ts';
import type { Answer } from './journal-records.ts';

/** Bytes of the pictures of one send. */
const MAX_SENT = 8_000_000;

const NOT_SENT = '(The picture itself could not be sent: this Letta server or its model did not take it.)';
const CHANGED = '(The picture itself is not shown: its file was changed or deleted meanwhile. Read it again.)';
const TOO_MANY = '(The picture itself is not shown: too many at once. Read it again, alone.)';

type Part =
  | { type: 'text'; text: string }
  | { type: 'image'; source: { type: 'base64'; media_type: string; data: string } };

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
    const parts: Part[] = [];
    for (const picture of seen) {
      const part = pictures ? await partOf(picture, left) : words(NOT_SENT);
      if (part.type === 'image') left -= picture.bytes;
      parts.push(part);
    }
    wired.push(parts.length === 0 ? sent : { ...sent, tool_return: withParts(sent.tool_return, parts) });
  }
  return wired;
}
export type WireAnswer = Awaited<ReturnType<typeof wireAnswers>>[number];

async function partOf(picture: Picture, left: number): Promise<Part> {
  if (picture.bytes > left) return words(TOO_MANY);
  const data = await pictureData(picture);
  if (data === undefined) return words(CHANGED);
  return { type: 'image', source: { type: 'base64', media_type: picture.mediaType, data } };
}

const words = (text: string): Part => ({ type: 'text', text });

/** Without a picture a plain string: an error whose result is a list comes back as a success on some servers. */
function withParts(text: string, parts: readonly Part[]): string | Part[] {
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
  answers: readonly Answer[] | undefined,
  { error, begun }: { error: LettaError | undefined; begun: boolean },
): boolean {
  if (begun || !error || error.interrupted || !PERHAPS_THEIRS.has(error.reason)) return false;
  return answers?.some((answer) => answer.type === 'tool' && answer.pictures) ?? false;
}
