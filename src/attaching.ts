// What goes along with messages: what `@` finds, what is pasted and dropped, what the editor shares; all of it read when it is sent.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type FindDeps, Mentions } from './chat/mentions/find.ts';
import { KeptFiles } from './chat/mentions/kept-files.ts';
import * as shared from './chat/mentions/selected.ts';
import type { Along, CalledInMessage } from './chat/session-home.ts';
import { attachedText } from './letta/reminders.ts';
import { type Looked, type Lookers, look, mayLook } from './looking.ts';
import type { Attachment, Mention, SharedView } from './protocol/attachments.ts';
import { t } from './protocol/l10n.ts';
import type { MemorySource } from './protocol/sources.ts';
import type { Item } from './protocol/transcript-views.ts';

/** Characters of one attachment, and of all: about 15,000 and 40,000 tokens. */
const MOST_OF_ONE = 60_000;
const MOST_OF_ALL = 160_000;
/** Lines of a symbol whose language service names no more than its first one. */
const SYMBOL_LINES = 40;
/** Milliseconds for all that is read, pages of the web too. */
const TIMEOUT_MS = 60_000;

export interface AttachingDeps extends Pick<FindDeps, 'threads' | 'skills'> {
  /** Of the agent that answers now. */
  hands(): Promise<Lookers & { hidden(path: string): boolean }>;
  blocks(): Promise<{ label: string; description: string; value: string; localOnly?: boolean | undefined }[]>;
  /** The skill that `/NAME` calls. */
  called(message: string): Promise<CalledInMessage | undefined>;
  /** The newest page of a thread, and what its model has read. */
  thread(threadId: string): Promise<{ items: Item[]; seen: readonly MemorySource[] }>;
  /** With secrets replaced. */
  masked(text: string): Promise<string>;
  /** Where pasted files are kept; absolute. */
  folder: string;
}

interface Part {
  text: string;
  sources: readonly MemorySource[];
  pictures?: Looked['pictures'];
  skill?: CalledInMessage['skill'];
}

export class Attaching {
  private readonly deps: AttachingDeps;
  private readonly mentions: Mentions;
  private readonly kept: KeptFiles;
  private hidden: (path: string) => boolean = () => true;

  constructor(deps: AttachingDeps) {
    this.deps = deps;
    this.kept = new KeptFiles(join(deps.folder, 'attached'));
    this.mentions = new Mentions({
      hidden: (path) => this.hidden(path),
      look: async (tool, input) => (await this.look(tool, input)).text,
      threads: deps.threads,
      blocks: deps.blocks,
      skills: deps.skills,
    });
  }

  /** What the editor shares now. */
  async shared(): Promise<SharedView> {
    await this.open();
    const names = shared.openNames((path) => !this.hidden(path));
    const selection = await this.selected();
    return {
      on: { selection: shared.isShared('selection'), openFiles: shared.isShared('openFiles') },
      ...(selection ? { selection: selection.attachment } : {}),
      ...(names.length > 0 ? { openFiles: shared.openFilesOf(names) } : {}),
    };
  }

  /** Only where nobody would have to be asked. */
  private async selected() {
    const found = shared.selected();
    return found && (await mayLook(await this.deps.hands(), 'Read', { path: found.attachment.ref }))
      ? found
      : undefined;
  }

  async find(typed: string): Promise<Mention[]> {
    await this.open();
    return this.mentions.find(typed);
  }

  /** @throws Error for a file that is too large */
  keep(name: string, base64: string): Promise<Attachment> {
    return this.kept.keep(name, Buffer.from(base64, 'base64'));
  }

  /** What was dropped from VS Code's own views. @throws Error for what lies outside the workspace */
  async dropped(uris: readonly string[]): Promise<Attachment[]> {
    return Promise.all(
      uris.map(async (text): Promise<Attachment> => {
        const uri = vscode.Uri.parse(text);
        if (uri.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri))
          throw new Error(t("{0} lies outside the workspace. Drop it from your computer's files instead.", uri.path));
        const { type } = await vscode.workspace.fs.stat(uri);
        const ref = vscode.workspace.asRelativePath(uri);
        const folder = (type & vscode.FileType.Directory) !== 0;
        return folder ? { kind: 'folder', label: `${ref}/`, ref } : { kind: 'file', label: ref, ref };
      }),
    );
  }

  /**
   * Reads what goes along with a message, as it is now.
   * @throws Error naming what cannot be sent, and why: then nothing is
   */
  async read(attached: readonly Attachment[], threadId: string): Promise<Along> {
    const along: Along = { attached: [], reminders: [], sources: [], skills: [], pictures: [] };
    await this.open();
    let left = MOST_OF_ALL;
    const add = async (attachment: Attachment, part: Part, by: 'person' | 'editor') => {
      const { kind, label } = attachment;
      // Plain names of files hold no secret, and the first message does not wait for the judge.
      const safe = by === 'editor' && kind === 'openFiles';
      const text = safe ? part.text : await this.fitting(part.text, Math.min(MOST_OF_ONE, left));
      left -= text.length;
      along.attached.push({ kind, label });
      along.reminders.push(attachedText({ kind, label }, text, by));
      along.sources.push(...part.sources.filter((source) => !along.sources.includes(source)));
      if (part.skill) along.skills.push(part.skill);
      along.pictures = [...along.pictures, ...(part.pictures ?? [])];
    };
    for (const { attachment, part } of await this.byItself(attached)) await add(attachment, part, 'editor');
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const parts = await Promise.all(
      attached.map(async (attachment) => ({ attachment, part: await this.part(attachment, threadId, signal) })),
    );
    for (const { attachment, part } of parts) await add(attachment, part, 'person');
    return along;
  }

  private async fitting(text: string, most: number): Promise<string> {
    // What is cut off first can hide no secret from the mask: it is looked at together.
    const masked = await this.deps.masked(text.slice(0, MOST_OF_ONE * 2));
    if (masked.length <= most) return masked;
    return `${masked.slice(0, Math.max(0, most))}\n… (cut here: ${text.length - most} more characters were not sent. Read them where they lie.)`;
  }

  /** What the switches let go along; not what the person attached themself. */
  private async byItself(attached: readonly Attachment[]): Promise<{ attachment: Attachment; part: Part }[]> {
    const found: { attachment: Attachment; part: Part }[] = [];
    const names = shared.isShared('openFiles') ? shared.openNames((path) => !this.hidden(path)) : [];
    if (names.length > 0) {
      found.push({ attachment: shared.openFilesOf(names), part: { text: shared.namesText(names), sources: [] } });
    }
    const selection = shared.isShared('selection') ? await this.selected() : undefined;
    if (selection && !attached.some(({ kind }) => kind === 'selection')) {
      found.push({ attachment: selection.attachment, part: { text: selection.text(), sources: ['workspace'] } });
    }
    return found;
  }

  private async part(attachment: Attachment, threadId: string, signal: AbortSignal): Promise<Part> {
    try {
      return await this.partOf(attachment, threadId, signal);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(t('{0} cannot be sent: {1} Remove it from the message, or mend that.', attachment.label, why));
    }
  }

  private async partOf({ kind, ref, lines, label }: Attachment, threadId: string, signal: AbortSignal): Promise<Part> {
    const tool = (name: string, input: object) => this.look(name, input, signal);
    const range = (most?: number) =>
      lines ? { offset: lines[0], limit: Math.max(lines[1] - lines[0] + 1, most ?? 1) } : {};
    switch (kind) {
      case 'file':
      case 'folder':
      case 'selection':
        return tool('Read', { path: ref, ...range() });
      case 'symbol':
        return tool('Read', { path: ref, ...range(lines && lines[0] === lines[1] ? SYMBOL_LINES : 1) });
      case 'copy':
        return tool('Read', { path: await this.kept.pathOf({ kind, ref, label }) });
      case 'problems':
        return tool('Diagnostics', {});
      case 'openFiles':
        return tool('OpenFiles', {});
      case 'changes': {
        const status = await tool('Git', { operation: 'status' });
        const diff = await tool('Git', { operation: 'diff', ref: 'HEAD' });
        return { ...status, text: `${status.text}\n\n${diff.text}` };
      }
      case 'commit':
        return tool('Git', { operation: 'show', ref });
      case 'terminal':
        return tool('Terminal', { operation: 'output', terminal: ref });
      case 'url':
        return tool('Fetch', { url: ref });
      case 'thread':
        return this.thread(ref, threadId);
      case 'memory':
        return this.block(ref);
      case 'skill': {
        const called = await this.deps.called(`/${ref}`);
        if (!called) throw new Error(t('There is no such skill any more.'));
        return { text: `Follow the skill ${ref} now.`, sources: [called.source], skill: called.skill };
      }
    }
  }

  private async thread(ref: string, shownId: string): Promise<Part> {
    if (ref === shownId) throw new Error(t('This is the thread itself.'));
    const { items, seen } = await this.deps.thread(ref);
    const said = items.flatMap((item) => {
      if (item.kind === 'user') return [`Person: ${item.text}`];
      if (item.kind !== 'agent') return [];
      const text = item.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
      return text === '' ? [] : [`You: ${text}`];
    });
    // Its end tells how it came out.
    const text = said.join('\n\n');
    const shown =
      text.length > MOST_OF_ONE ? `… (its beginning is left out)\n${text.slice(-MOST_OF_ONE + 1_000)}` : text;
    return { text: shown || '(nothing was said there yet)', sources: seen };
  }

  private async block(label: string): Promise<Part> {
    const block = (await this.deps.blocks()).find((each) => each.label === label);
    if (!block) throw new Error(t('There is no such memory block any more.'));
    // What is for models on this computer alone stands in the prompts of those, and nowhere else.
    if (block.localOnly) return { text: 'The person points at this memory block.', sources: [] };
    return { text: block.value || '(empty)', sources: [] };
  }

  private async look(name: string, input: object, signal = AbortSignal.timeout(TIMEOUT_MS)): Promise<Looked> {
    return look(await this.deps.hands(), name, input, signal);
  }

  /** Rules and `.lettaignore` are known once the hands are there. */
  private async open(): Promise<void> {
    const hands = await this.deps.hands();
    this.hidden = (path) => hands.hidden(path);
  }
}
