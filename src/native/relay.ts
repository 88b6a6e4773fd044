// A turn as VS Code's chat shows it: text as it comes, a line for each tool, what waits for the person. Pure but for what it was told.

import { t } from '../protocol/l10n.ts';
import type { PatchOp } from '../protocol/thread-views.ts';
import type { Part } from '../protocol/transcript-views.ts';

export interface RelaySink {
  /** Markdown to append. */
  text(text: string): void;
  progress(text: string): void;
  /** Something waits for the person, by its title. */
  waits(title: string): void;
}

export class Relay {
  /** What went wrong, and what to do. */
  failure: string | undefined;
  private running = false;
  /** Characters of each text that were told. */
  private readonly told = new Map<string, number>();
  private readonly shown = new Set<string>();
  private last: string | undefined;
  private readonly sink: RelaySink;
  private readonly ended: () => void;

  /** @param ended called once, when the turn is over */
  constructor(sink: RelaySink, ended: () => void) {
    this.sink = sink;
    this.ended = ended;
  }

  take(ops: readonly PatchOp[]): void {
    for (const op of ops) this.one(op);
  }

  private one(op: PatchOp): void {
    switch (op.op) {
      case 'append':
        if (op.partType === 'text') this.text(op.partId, (this.told.get(op.partId) ?? 0) + op.text.length, op.text);
        break;
      case 'part':
        this.part(op.part);
        break;
      case 'item':
        // A new answer stands in the operation as it was when it began.
        if (op.item.kind === 'agent') for (const part of op.item.parts) this.part(part);
        break;
      case 'approvals':
        for (const { id, title } of op.approvals) this.once(id, () => this.sink.waits(title));
        break;
      case 'questions':
        for (const { id, question } of op.questions) this.once(id, () => this.sink.waits(question));
        break;
      case 'state':
        if (op.state === 'failed') this.failure = [op.failure?.message, op.failure?.hint].filter(Boolean).join(' ');
        break;
      case 'running':
        if (this.running && !op.running) this.ended();
        this.running = op.running;
        break;
      default:
        break;
    }
  }

  private part(part: Part): void {
    if (part.type === 'text') this.text(part.id, part.text.length, part.text.slice(this.told.get(part.id) ?? 0));
    // While its arguments still come, nobody knows what it is about.
    if (part.type !== 'tool' || (part.state === 'running' && part.target === undefined)) return;
    this.once(part.id, () => this.sink.progress(part.target ? `${part.title} ${part.target}` : part.title));
    if (part.memory && part.state === 'done')
      this.once(`${part.id} done`, () => this.sink.progress(t('Memory changed: {0}', part.memory?.label ?? '')));
  }

  private text(id: string, now: number, text: string): void {
    this.told.set(id, now);
    if (text === '') return;
    // Two texts with tools between them are two paragraphs.
    const apart = this.last !== undefined && this.last !== id ? '\n\n' : '';
    this.last = id;
    this.sink.text(`${apart}${text}`);
  }

  private once(id: string, tell: () => void): void {
    if (this.shown.has(id)) return;
    this.shown.add(id);
    tell();
  }
}
