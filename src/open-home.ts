// What there is before a home: its server, the workspace it is for, and where its files lie.
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SetupOptions } from './agent/setup.ts';
import type { PendingNotes } from './flows/pending-notes.ts';
import { type Connection, connect } from './letta/connection.ts';
import { type EmbeddedServer, startEmbeddedServer } from './letta/embedded.ts';
import type { HostServices } from './letta/host-services.ts';
import { DEMO_MODEL, listModels } from './letta/models.ts';
import type { OthersDeps } from './letta/others.ts';
import type { Checked } from './letta/verdict.ts';
import type { OfferedModel } from './native/letta-models.ts';
import * as settings from './native/settings.ts';
import type { SkillDrafts } from './native/skill-drafts.ts';
import type { Vault } from './native/vault.ts';
import { isContainer, placeOf } from './native/where.ts';
import type { AboutView } from './protocol/about-views.ts';
import { t } from './protocol/l10n.ts';
import type { SkillOfferView, WritableScope } from './protocol/skill-views.ts';
import type { ToolBody } from './protocol/transcript-views.ts';
import type { Reviewing } from './reviewing.ts';

/** What a home needs of its window. */
export interface HomeDeps {
  context: vscode.ExtensionContext;
  vault: Vault;
  log(line: string): void;
  pendingNotes: PendingNotes;
  refresh(what: 'blocks' | 'skills' | 'about' | 'threads' | 'reviews' | 'archive'): Promise<void>;
  openThread(threadId: string, messageId?: string): Promise<void>;
  /** Shows a new thread with a text in its composer; `reminders` go with its first message. */
  startFrom(threadId: string, text: string, reminders: string[]): Promise<void>;
  /** A turn of any open thread runs. */
  running(): boolean;
  chatVisible(): boolean;
  /** The agent waits for an answer in this thread; somebody who does not see it is told. */
  asks(threadId: string, question: string): void;
  /** What other windows do is told here. */
  others: Pick<OthersDeps, 'shown' | 'working' | 'heard' | 'reachable'> & { reviewsWaiting(): number };
  showMemory(focus: string): Promise<void>;
  /** The card of an answered call has something new to show. */
  refreshCard(threadId: string, callId: string, body: ToolBody): void;
  /** Saving it puts it into `scope`; absent: into the project. */
  openDraft(text: string, scope?: WritableScope): Promise<vscode.TextEditor>;
  drafts(): Promise<SkillDrafts>;
  /** The shown thread. @throws Error when none is shown */
  thread(): string;
  /** Offers in the chat to learn a skill; null: no longer. */
  offerSkill(offer: SkillOfferView | null): void;
  /** The server is gone: the next use opens the home anew. */
  lost(): void;
  /** The workspace has another agent now: the home is opened anew with it. */
  reopen(): Promise<void>;
  /** What the agent changed and nobody has decided on. */
  review(): Promise<Reviewing>;
  /** What VS Code's own chat may answer with. */
  offerModels(models: readonly OfferedModel[]): void;
}

/** Where this window keeps what belongs to its workspace; without a workspace, what belongs to the computer. */
export const storageOf = (context: vscode.ExtensionContext): string =>
  (context.storageUri ?? context.globalStorageUri).fsPath;

/** Whose agent it is: where several folders are open, that of the first. */
export const workspaceFolder = () => vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file');

/** What finding or making the workspace's agent needs to know. @throws Error when the server offers no model */
export async function setupOf(context: vscode.ExtensionContext, connection: Connection): Promise<SetupOptions> {
  const folder = workspaceFolder();
  return {
    connection,
    workspace: folder ? { root: folder.uri.fsPath, name: folder.name, trusted: vscode.workspace.isTrusted } : null,
    storageFolder: storageOf(context),
    globalFolder: context.globalStorageUri.fsPath,
    model: await firstModel(connection),
  };
}

/** What a new agent starts with; which model answers is settled once the list is there. */
async function firstModel(connection: Connection): Promise<string> {
  // Its endpoints are told to the embedded server a moment later.
  if (connection.kind === 'embedded') return DEMO_MODEL;
  const wanted = settings.defaultModel();
  if (wanted) return wanted;
  const [first] = await listModels(connection);
  if (!first) throw new Error(t('This Letta server offers no model. Add a provider there, then try again.'));
  return first.handle;
}

/** What the embedded server has no means for itself. */
function hostServices({ vault, context }: Pick<HomeDeps, 'vault' | 'context'>): HostServices {
  let models: Promise<HostServices> | undefined;
  /** On first use: the list of models is asked for behind the first view. */
  const ofVsCode =
    (what: 'lm.list' | 'lm.send'): HostServices[string] =>
    async (...asked) => {
      models ??= import('./native/vscode-models.ts').then((m) =>
        m.modelServices(context.languageModelAccessInformation),
      );
      return (await models)[what]?.(...asked);
    };
  return {
    'vault.read': async () => vault.providers(),
    'vault.write': async (secret) => vault.saveProviders(String(secret)),
    'lm.list': ofVsCode('lm.list'),
    'lm.send': ofVsCode('lm.send'),
  };
}

/** The server that the settings name, started where it is the embedded one. @throws HomeDown, and Error saying what to do */
export async function openConnection(
  deps: Pick<HomeDeps, 'context' | 'vault' | 'log'>,
): Promise<{ connection: Connection; server?: EmbeddedServer; checked?: Checked }> {
  const kind = settings.homeKind();
  if (kind === 'embedded') {
    if (isContainer(vscode.env.remoteName, process.env))
      await (await import('./native/container.ts')).warnOfRebuild(deps.context.globalState, settings.dataDir());
    const server = await startEmbeddedServer({
      workerPath: join(deps.context.extensionPath, 'dist', 'server', 'worker.mjs'),
      dataDir: settings.dataDir(),
      version: (deps.context.extension.packageJSON as { version: string }).version,
      // The keys follow (`HomeModels`): reading them would keep the first view waiting.
      endpoints: [],
      services: hostServices(deps),
      log: deps.log,
    });
    return { connection: connect({ kind, fetch: server.fetch }), server };
  }
  return (await import('./seeing.ts')).openRemote(kind, deps.vault, deps.context.globalState);
}

/** Where the agent and its memory live, by the settings. */
export function homeView(): Pick<AboutView, 'homeLabel' | 'homeKind' | 'trusted'> {
  const homeKind = settings.homeKind();
  const label = {
    embedded: t('Embedded home on this computer ({0}){1}', hostname(), placeOf(vscode.env.remoteName)),
    selfHosted: t('Letta server at {0}', settings.serverUrl()),
    cloud: 'Letta Cloud',
  };
  return { homeLabel: label[homeKind], homeKind, trusted: vscode.workspace.isTrusted };
}
