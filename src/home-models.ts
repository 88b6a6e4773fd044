// The models of an open home: what its server is told of them, which ones there are, and which one answers.

import type * as vscode from 'vscode';
import type { AgentInfo } from './agent/setup.ts';
import type { Connection } from './letta/connection.ts';
import type { EmbeddedServer } from './letta/embedded.ts';
import type { ListingAgain } from './letta/listing-again.ts';
import { checkKey } from './letta/models.ts';
import { ModelChoice } from './model-choice.ts';
import * as settings from './native/settings.ts';
import type { HomeDeps } from './open-home.ts';
import { t } from './protocol/l10n.ts';

/** How long the first message waits for the models: an endpoint that hangs must not hold it up for ever. */
const FIRST_MODELS_MS = 3_000;

export interface HomeModelsDeps extends Pick<HomeDeps, 'vault' | 'log' | 'offerModels'> {
  connection: Connection;
  /** Of this computer. */
  state: vscode.Memento;
  agent: AgentInfo;
  /** Absent: the home has models of its own. */
  server: EmbeddedServer | undefined;
  /** What the view shows of the models is to be drawn anew. */
  changed(): Promise<void>;
}

export class HomeModels {
  readonly choice: ModelChoice;
  private readonly deps: HomeModelsDeps;
  /** Settles once the server has its endpoints and their keys, and the first list of models was read. */
  private first: Promise<void> = Promise.resolve();
  private again: Promise<ListingAgain> | undefined;
  private over = false;

  constructor(deps: HomeModelsDeps) {
    this.deps = deps;
    this.choice = new ModelChoice(deps.connection, deps.agent, deps.state);
  }

  /** Reads them for the first time. Never rejects. */
  start(): Promise<void> {
    this.first = this.refresh().catch((error: unknown) => {
      this.deps.log(`Models could not be listed: ${String(error)}`);
    });
    return this.first;
  }

  /** The settings name other models, or keys changed. @throws LettaError */
  async refresh(): Promise<void> {
    const { server, vault, log } = this.deps;
    server?.configure(await vault.withKeys(settings.endpoints(log)));
    try {
      await this.list();
    } finally {
      await this.askAgain();
    }
  }

  dispose(): void {
    this.over = true;
    void this.again?.then((again) => again.dispose());
  }

  /** For what the list lacks, ever later. */
  private async askAgain(): Promise<void> {
    const endpoints = () => (this.deps.server ? settings.endpoints(() => {}).map(({ name }) => name) : []);
    const lacks = () => this.choice.lacks(endpoints());
    if (this.over || (!this.again && !lacks())) return;
    this.again ??= import('./letta/listing-again.ts').then(
      ({ ListingAgain: Loaded }) => new Loaded(() => this.list(), lacks),
    );
    const again = await this.again;
    if (!this.over) again.start();
  }

  private async list(): Promise<void> {
    await this.choice.refresh();
    await this.deps.changed();
    const { offeredOf } = await import('./answering-as-model.ts');
    this.deps.offerModels(offeredOf(this.deps.connection, this.choice.models));
  }

  async pick(): Promise<void> {
    const refreshed = this.list().catch((error: unknown) =>
      this.deps.log(`Models could not be listed: ${String(error)}`),
    );
    try {
      await this.choice.pick(undefined, refreshed);
    } finally {
      await this.deps.changed();
    }
  }

  /** The server has been told of its endpoints and their keys. */
  listed(): Promise<void> {
    return this.first;
  }

  /** The handle of an AI that answers now, without a question to the person; null where none does. */
  async answering(): Promise<string | null> {
    await this.first;
    return this.choice.answering();
  }

  /** @returns false when the person was asked for a model and backed out. */
  async settle(): Promise<boolean> {
    await Promise.race([this.first, new Promise((resolve) => setTimeout(resolve, FIRST_MODELS_MS))]);
    return this.choice.settle();
  }

  /** @returns handles of the models that answer there. @throws Error when none does: then nothing is kept */
  async connect({ name, baseUrl, key }: { name: string; baseUrl: string; key: string }): Promise<string[]> {
    const { server, vault, log, connection } = this.deps;
    if (!server)
      throw new Error(
        t('This home has its own models. Connect them on the Letta server, or choose the home on this computer.'),
      );
    if (key) await checkKey(connection, { name, baseUrl, key });
    const others = (await vault.withKeys(settings.endpoints(log))).filter((e) => e.name !== name);
    server.configure([...others, { name, baseUrl, ...(key ? { apiKey: key } : {}) }]);
    await this.choice.refresh();
    const handles = this.choice.models.map((m) => m.handle).filter((handle) => handle.startsWith(`${name}/`));
    if (handles.length === 0) {
      server.configure(others);
      throw new Error(t('No model answers at {0}. Check the address and the key, and that the server runs.', baseUrl));
    }
    if (key) await vault.saveEndpointKey(name, key);
    await settings.saveEndpoint({ name, baseUrl });
    return handles;
  }
}
