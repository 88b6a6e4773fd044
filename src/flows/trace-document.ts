// What stands behind an answer, or may stand behind a symptom, as a document to read: each part with its id and a way to it.

import { t } from '../protocol/l10n.ts';
import type { TraceHit } from './trace.ts';

export type Target =
  /** `line`: the text of the line that is meant. */
  | { kind: 'block'; label: string; line?: string }
  /** `messageId`: the id of its item in the view, or of the message on the server. */
  | { kind: 'message'; threadId: string; messageId?: string }
  | { kind: 'file'; path: string };

/** A part of one line of the text that leads somewhere; `line`, `start` and `end` count from 0. */
export interface DocumentLink {
  line: number;
  start: number;
  end: number;
  target: Target;
}

export interface TraceDocument {
  title: string;
  /** Markdown. */
  text: string;
  links: DocumentLink[];
}

/** Why a line stands in memory. */
export interface Provenance {
  revisionId: string;
  /** For a person to read: `the agent`, `you`, … */
  author: string;
  /** ISO 8601. */
  at: string;
  threadId?: string | undefined;
  threadTitle?: string | undefined;
  messageId?: string | undefined;
  /** What the person had said. */
  quote?: string | undefined;
}

export interface TraceReport {
  title: string;
  /** Lines under the title. */
  about: Piece[][];
  hits: readonly TraceHit[];
  /** Undefined: the line does not stand in memory any more, or nothing is known of it. */
  provenance(hit: Extract<TraceHit, { kind: 'line' }>): Provenance | 'gone' | undefined;
  /** Where a skill lies, by its id. */
  skillPath(id: string): string | undefined;
  threadTitle(threadId: string): string | undefined;
  /** Headings with lines of their own, before what was found. */
  facts: readonly { heading: string; lines: Piece[][] }[];
}

export type Piece = string | { text: string; target: Target };

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
/** In the person's own time, e.g. `2026-11-21 14:03`. */
export function day(at: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return t('at an unknown time');
  return new Date(time).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}

const percent = (score: number): string => `${Math.max(1, Math.round(score * 100))} %`;

class Writer {
  readonly lines: string[] = [];
  readonly links: DocumentLink[] = [];

  put(...pieces: Piece[]): void {
    let text = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') text += oneLineKept(piece);
      else {
        const words = oneLine(piece.text);
        this.links.push({
          line: this.lines.length,
          start: text.length,
          end: text.length + words.length,
          target: piece.target,
        });
        text += words;
      }
    }
    this.lines.push(text);
  }
}

/** One line, its own spaces at both ends kept. */
const oneLineKept = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

const NOTHING = t('Nothing in memory, no skill and no earlier message shares a telling word with it.');
const HOW = t(
  'Found by the words they share, rare words counting more, and by who wrote each line. What a model made of them only the model knows.',
);

export function traceDocument(report: TraceReport): TraceDocument {
  const out = new Writer();
  out.put(`# ${oneLine(report.title)}`);
  out.put('');
  for (const line of report.about) out.put(...line);
  for (const { heading, lines } of report.facts) {
    if (lines.length === 0) continue;
    section(out, heading);
    for (const line of lines) out.put('- ', ...line);
  }
  const lines = report.hits.filter((hit) => hit.kind === 'line');
  const blocks = report.hits.filter((hit) => hit.kind === 'block');
  const skills = report.hits.filter((hit) => hit.kind === 'skill');
  const messages = report.hits.filter((hit) => hit.kind === 'message');
  if (lines.length > 0) section(out, t('Lines of memory'));
  for (const hit of lines) writeLine(out, hit, report);
  if (blocks.length > 0) section(out, t('Blocks'));
  for (const { id, label, score } of blocks)
    out.put('- ', { text: label, target: { kind: 'block', label } }, ` (${percent(score)}) \`${id}\``);
  if (skills.length > 0) section(out, t('Skills'));
  for (const { id, name, text, score } of skills) {
    const path = report.skillPath(id);
    out.put(
      '- ',
      path ? { text: name, target: { kind: 'file', path } } : name,
      ` (${percent(score)}) “${oneLine(text)}” \`${id}\``,
    );
  }
  if (messages.length > 0) section(out, t('Messages'));
  for (const { id, threadId, text, date, score } of messages) {
    const title = report.threadTitle(threadId) ?? t('Thread');
    out.put(
      '- ',
      { text: title, target: { kind: 'message', threadId, messageId: id } },
      `, ${day(date)} (${percent(score)})`,
    );
    out.put(`  “${oneLine(text)}” \`${id}\``);
  }
  out.put('');
  out.put(report.hits.length === 0 ? NOTHING : HOW);
  return { title: report.title, text: `${out.lines.join('\n')}\n`, links: out.links };
}

function section(out: Writer, heading: string): void {
  out.put('');
  out.put(`## ${heading}`);
  out.put('');
}

function writeLine(out: Writer, hit: Extract<TraceHit, { kind: 'line' }>, report: TraceReport): void {
  const where = {
    text: t('{0}, line {1}', hit.label, String(hit.number)),
    target: { kind: 'block' as const, label: hit.label, line: hit.text },
  };
  out.put('- ', where, ` (${percent(hit.score)}): “${oneLine(hit.text)}” \`${hit.id}\``);
  const known = report.provenance(hit);
  if (known === undefined) return;
  if (known === 'gone') {
    out.put(`  ${t('It does not stand there any more.')}`);
    return;
  }
  const { author, at, revisionId, threadId, threadTitle, messageId, quote } = known;
  const thread: Piece[] = threadId
    ? [
        ` ${t('in')} `,
        {
          text: threadTitle ?? t('a thread'),
          target: { kind: 'message', threadId, ...(messageId ? { messageId } : {}) },
        },
      ]
    : [];
  out.put(
    `  ${t('Written by {0}, {1}', author, day(at))}`,
    ...thread,
    ` \`${revisionId}\`${messageId ? ` \`${messageId}\`` : ''}`,
  );
  if (quote) out.put(`  ${t('after you said “{0}”', oneLine(quote))}`);
}
