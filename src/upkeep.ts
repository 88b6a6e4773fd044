// What keeps the memory of one home true: doctor, forgetting, taking back, and marks on lines whose code has changed.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { MemoryContext } from './agent/context.ts';
import { AGENT_BLOCKS } from './agent/prompt.ts';
import type { AskCommands } from './commands/doctor.ts';
import type { AgentWorkspaces } from './flows/agent-workspaces.ts';
import type { DoctorBackend } from './flows/doctor.ts';
import type { Finding } from './flows/findings.ts';
import type { Forgettable } from './flows/forget.ts';
import type { Inspector } from './inspector.ts';
import type { Connection } from './letta/connection.ts';
import { MOST_HITS } from './memory/archive.ts';
import { listBlocks } from './memory/blocks.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { type BlockEdit, undoEdits, writeEdits } from './memory/edit-blocks.ts';
import { LineMarks } from './memory/hygiene/line-marks.ts';
import { lookAt, type WorkspaceLook } from './memory/hygiene/look-client.ts';
import { LineNoteSchema } from './memory/hygiene/unverified.ts';
import type { Taught } from './memory/store/types.ts';
import { runCommand } from './native/run-command.ts';
import type { Sandbox } from './native/sandbox.ts';
import { permissionRules } from './native/settings.ts';
import { tellAppeared } from './native/tell-appeared.ts';
import { isGuarded } from './permissions/paths.ts';
import { refusedReads } from './permissions/rules.ts';
import { maskSecrets } from './permissions/secrets.ts';
import { language, plural, t } from './protocol/l10n.ts';
import type { BlockView, PassageView } from './protocol/memory-views.ts';

export interface UpkeepDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  tooMuch: NonNullable<DoctorBackend['tooMuch']>;
  context: MemoryContext;
  /** Those that the agent works in. */
  workspaces: AgentWorkspaces;
  inspector: Inspector;
  /** The bundle that looks at the workspace, `dist/memory/hygiene.mjs`. */
  workerPath: string;
  /** What `.lettaignore` files hide, by the real paths of the folders that their lines count from. */
  ignored(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Programs of others that the extension brings along, `dist/vendor`. */
  vendorPath: string;
  /** What no command may read. */
  secretFolders: readonly string[];
  refresh(what: 'blocks' | 'archive'): Promise<void>;
  log(line: string): void;
}

/** What an act did, for the notification. */
export interface Done {
  /** A sentence; '' when nothing was changed. */
  said: string;
  /** What was left alone and why, a sentence each. */
  problems: string[];
  /** @returns a sentence that says what became of it */
  undo(): Promise<string>;
}

/** A remembered command may install and build; longer than that it is a server. */
const COMMAND_MS = 60_000;

export class Upkeep implements vscode.Disposable {
  readonly marks: LineMarks;
  private readonly deps: UpkeepDeps;
  private readonly subscriptions: vscode.Disposable[];

  constructor(deps: UpkeepDeps) {
    const { connection, agentId, inspector, context, refresh, log } = deps;
    this.deps = deps;
    this.marks = new LineMarks({
      blocks: () => listBlocks(connection, agentId),
      look: () => this.workspace(),
      notes: {
        get: (blockId) => inspector.store.lineNotes(this.notesKey(), blockId),
        set: (blockId, line, note) => inspector.store.setLineNote(this.notesKey(), blockId, line, note),
      },
      merged: (branches) => this.merged(branches),
      changed: () => void refresh('blocks'),
      now: () => new Date(),
      log,
    });
    // Doctor in another workspace is to know of this one.
    deps.workspaces
      .others(this.workspace()?.roots ?? [])
      .catch((error: unknown) => log(`Workspaces: ${String(error)}`));
    inspector.doubts = this.marks;
    inspector.askExpiry = (blockId, line) => this.askExpiry(blockId, line);
    context.doubts = () => this.marks.notice();
    const soon = (): void => this.marks.soon();
    this.subscriptions = [
      vscode.workspace.onDidSaveTextDocument(soon),
      vscode.workspace.onDidCreateFiles(soon),
      vscode.workspace.onDidDeleteFiles(soon),
      vscode.workspace.onDidRenameFiles(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
      // Another program may have changed the files: a branch was switched.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) soon();
      }),
      this.marks,
    ];
    soon();
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  blocks(): Promise<BlockView[]> {
    return listBlocks(this.deps.connection, this.deps.agentId);
  }

  // ── doctor ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * @param ask which of the remembered commands may run; never asked where the workspace is not trusted
   * @throws the signal's reason; Error
   */
  async diagnose(ask: AskCommands, signal: AbortSignal): Promise<Finding[]> {
    const { diagnose } = await import('./flows/doctor.ts');
    const look = this.workspace();
    const [folder] = look?.roots ?? [];
    const { inspector } = this.deps;
    const backend: DoctorBackend = {
      blocks: () => this.blocks(),
      check: (lines, abort) =>
        look
          ? lookAt(look, 'check', lines, abort)
          : Promise.resolve(lines.map(() => ({ verdict: 'unknown' as const, evidence: [], reasons: [] }))),
      notes: async (blockId) => {
        const stored = Object.entries(await inspector.store.lineNotes(this.notesKey(), blockId));
        return new Map(
          stored.flatMap(([hash, note]) => {
            const parsed = LineNoteSchema.safeParse(note);
            return parsed.success ? [[hash, parsed.data] as const] : [];
          }),
        );
      },
      branches: async () => (look ? lookAt(look, 'branches', null, signal) : null),
      merged: (branches) => this.merged(branches),
      now: () => new Date(),
      elsewhere: async () => (await this.deps.workspaces.others(look?.roots ?? [])).map((root) => basename(root)),
      tooMuch: this.deps.tooMuch,
    };
    if (!folder || !vscode.workspace.isTrusted) return diagnose(backend, signal);
    let sandbox = '' as Sandbox | string;
    try {
      return await diagnose(
        {
          ...backend,
          askCommands: async (commands) => {
            sandbox = await this.sandbox(folder);
            return ask(commands, typeof sandbox === 'string' ? sandbox : undefined);
          },
          runCommand: async (command, abort) => {
            const options = { cwd: folder, timeout: COMMAND_MS, signal: abort };
            const run = await (typeof sandbox === 'string'
              ? runCommand(command, options)
              : sandbox.run(command, options));
            return { ...run, output: maskSecrets(run.output) };
          },
        },
        signal,
      );
    } finally {
      if (typeof sandbox !== 'string') await sandbox.close();
    }
  }

  async correct(findings: readonly Finding[]): Promise<Done> {
    const { apply } = await import('./flows/apply-findings.ts');
    const ids = findings.map(({ id }) => id);
    const { edits, skipped } = apply(findings, ids, await this.blocks());
    const open = skipped.filter(({ reason }) => reason === 'noProposal').length;
    const moved = skipped.length - open;
    const problems = [
      ...(open > 0
        ? [
            plural(
              open,
              'One finding only you can decide: correct it in Memory.',
              '{0} findings only you can decide: correct it in Memory.',
            ),
          ]
        : []),
      ...(moved > 0
        ? [
            plural(
              moved,
              'One finding left out, the line was changed meanwhile.',
              '{0} findings left out, the line was changed meanwhile.',
            ),
          ]
        : []),
    ];
    return this.write(edits, 'doctor', (labels) => t('Corrected {0}.', labels), problems);
  }

  // ── forget ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async findToForget(query: string): Promise<{ found: Forgettable[]; cut: boolean }> {
    const { matches } = await import('./flows/forget.ts');
    const [blocks, { passages }] = await Promise.all([
      this.blocks(),
      this.deps.inspector.archiveDesk.entries.list({ query }),
    ]);
    return { found: matches(query, blocks, passages), cut: passages.length >= MOST_HITS };
  }

  async forget(items: readonly Forgettable[]): Promise<Done> {
    const { withoutLines } = await import('./flows/forget.ts');
    const lines = items.flatMap((item) => (item.kind === 'line' && !item.readOnly ? [item.line] : []));
    const fixed = new Set(items.flatMap((item) => (item.kind === 'line' && item.readOnly ? [item.line.label] : [])));
    const problems = [...fixed].map((label) => t('{0} is read-only: allow edits in Memory first.', label));
    const edits = withoutLines(await this.blocks(), lines);
    const done = await this.write(edits, 'forget', (labels) => t('Forgotten in {0}.', labels), problems);
    return this.withoutEntries(
      items.flatMap((item) => (item.kind === 'passage' ? [item.passage] : [])),
      done,
    );
  }

  /** Deletes entries of the archive beside what was done already. */
  private async withoutEntries(passages: readonly PassageView[], done: Done): Promise<Done> {
    const { deleted } = this.deps.inspector.archiveDesk;
    const removed: PassageView[] = [];
    const problems = [...done.problems];
    for (const passage of passages) {
      try {
        await deleted.remove(passage);
        removed.push(passage);
      } catch (error) {
        problems.push(t('An entry of the archive stays: {0}', error instanceof Error ? error.message : String(error)));
      }
    }
    if (removed.length === 0) return { ...done, problems };
    await this.deps.refresh('archive');
    const told = plural(removed.length, 'Deleted an entry of the archive.', 'Deleted {0} entries of the archive.');
    return {
      said: `${done.said} ${told}`.trim(),
      problems,
      undo: async () => {
        const { putBack } = await import('./memory/put-back.ts');
        const said = await putBack(deleted, removed);
        await this.deps.refresh('archive');
        return `${done.said === '' ? '' : await done.undo()} ${said}`.trim();
      },
    };
  }

  // ── taking back ──────────────────────────────────────────────────────────────────────────────────────────────────

  taughtBy(threadId: string): Promise<Taught[]> {
    return this.deps.inspector.timeline.taughtBy(threadId);
  }

  async archivedBy(threadId: string): Promise<PassageView[]> {
    const { archivedBy } = await import('./memory/taught-archive.ts');
    const { connection, agentId, inspector } = this.deps;
    return archivedBy(connection, agentId, threadId, inspector.archiveDesk.entries);
  }

  async showTaught({ label, blockId, before, after }: Taught): Promise<void> {
    const now = { id: `taught-${blockId}-${before.length}`, title: t('now'), text: before };
    await this.deps.inspector.diff.show(label, now, {
      id: `untaught-${blockId}-${after.length}`,
      title: t('undone'),
      text: after,
    });
  }

  /** @throws LettaError */
  async undoThread(threadId: string, taught: readonly Taught[], entries: readonly PassageView[]): Promise<Done> {
    const ids = taught.map(({ blockId }) => blockId);
    const { written, conflicts, problems } = await this.deps.inspector.timeline.undoThread(threadId, ids);
    const kept = [...new Set(conflicts.map(({ label }) => label))];
    await this.changed();
    const done: Done = {
      said: written.length > 0 ? t('Took back what this thread taught in {0}.', named(written)) : '',
      problems: [...kept.map((label) => t('{0} keeps lines that were changed again since.', label)), ...problems],
      undo: () => this.undo(written),
    };
    return this.withoutEntries(entries, done);
  }

  /** With who else has them. @throws LettaError */
  async blocksToReset(): Promise<BlockView[]> {
    return this.deps.inspector.decorate(await this.blocks());
  }

  /** @throws LettaError before anything is reset */
  async reset(blocks: readonly BlockView[]): Promise<Done> {
    const first = Object.fromEntries(AGENT_BLOCKS.map(({ label, value }) => [label, value]));
    const ids = blocks.map(({ id }) => id);
    const { written, problems } = await this.deps.inspector.timeline.reset(ids, first);
    const edits = written.filter(({ before, after }) => before !== after);
    await this.changed();
    return {
      said: edits.length > 0 ? t('Reset {0}. What stood there is in the history.', named(edits)) : '',
      problems,
      undo: () => this.undo(edits),
    };
  }

  // ── expiry ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Asks how long a line of memory holds. */
  private async askExpiry(blockId: string, line: string): Promise<void> {
    const { pickExpiry } = await import('./commands/line-expiry.ts');
    const look = this.workspace();
    const current = this.marks.expires(blockId, line);
    const branches = look ? ((await lookAt(look, 'branches', null)) ?? []) : [];
    const picked = await pickExpiry({ line, branches, now: new Date(), ...(current ? { current } : {}) });
    if (picked === undefined) return;
    const noted = picked && 'branch' in picked ? { ...picked, ...(await this.began(picked.branch)) } : picked;
    await this.marks.setExpiry(blockId, line, noted);
    await this.deps.refresh('blocks');
  }

  /** Git runs only where the person trusts the workspace. */
  private async merged(branches: readonly { branch: string; at?: string | undefined }[]): Promise<string[]> {
    if (!vscode.workspace.isTrusted) return [];
    const { mergedAmong } = await import('./memory/hygiene/merged.ts');
    return mergedAmong(this.workspace()?.roots ?? [], branches);
  }

  /** A branch without work of its own is not merged yet, though all of it is in the trunk. */
  private async began(branch: string): Promise<{ at?: string }> {
    if (!vscode.workspace.isTrusted) return {};
    const { branchState } = await import('./memory/hygiene/merged.ts');
    for (const root of this.workspace()?.roots ?? []) {
      const state = await branchState(root, branch);
      if (state?.contained) return { at: state.tip };
    }
    return {};
  }

  // ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private async write(
    edits: readonly BlockEdit[],
    by: string,
    say: (labels: string) => string,
    problems: readonly string[],
  ): Promise<Done> {
    const { connection, changes } = this.deps;
    const result = await writeEdits(connection, changes, edits, by);
    await this.changed();
    return {
      said: result.written.length > 0 ? say(named(result.written)) : '',
      problems: [...problems, ...result.problems],
      undo: () => this.undo(result.written),
    };
  }

  private async undo(edits: readonly BlockEdit[]): Promise<string> {
    const { connection, changes, agentId } = this.deps;
    const { written, problems } = await undoEdits(connection, changes, agentId, edits);
    await this.changed();
    return [...(written.length > 0 ? [t('Undone in {0}.', named(written))] : []), ...problems].join(' ');
  }

  private async changed(): Promise<void> {
    await this.deps.inspector.observe();
    await this.deps.refresh('blocks');
  }

  private async sandbox(folder: string): Promise<Sandbox | string> {
    const { Sandbox } = await import('./native/sandbox.ts');
    const { vendorPath, secretFolders } = this.deps;
    return Sandbox.open({
      folder,
      isProtected: isGuarded,
      appeared: tellAppeared,
      unreadable: refusedReads(permissionRules().deny),
      secret: secretFolders,
      vendor: vendorPath,
      appRoot: vscode.env.appRoot,
    });
  }

  private workspace(): WorkspaceLook | null {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    return folders.length > 0
      ? { workerPath: this.deps.workerPath, roots: folders.map(({ uri }) => uri.fsPath), ignored: this.deps.ignored }
      : null;
  }

  /** A block that several workspaces share is anchored in each by itself. */
  private notesKey(): string {
    return [this.deps.connection.homeKey, ...(this.workspace()?.roots ?? [])].join('\n');
  }
}

const named = (edits: readonly BlockEdit[]): string =>
  new Intl.ListFormat(language(), { type: 'conjunction' }).format([...new Set(edits.map(({ label }) => label))].sort());
