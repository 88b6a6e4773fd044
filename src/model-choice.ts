// Which model answers: the one of the settings, the only one found, or the one the person picks.
import type * as vscode from 'vscode';
import { type AgentInfo, setModel } from './agent/setup.ts';
import type { Connection } from './letta/connection.ts';
import { DEMO_MODEL, listModels } from './letta/models.ts';
import { ModelTaste } from './native/model-taste.ts';
import * as settings from './native/settings.ts';
import type { ModelView } from './protocol/about-views.ts';
import { t } from './protocol/l10n.ts';

export class ModelChoice {
  models: ModelView[] = [];
  /** The handle that answers now. */
  current: string;
  private window: number;
  private readonly connection: Connection;
  private readonly agent: AgentInfo;

  private readonly taste: ModelTaste;
  /** What the agent answered with before nobody served it any more. */
  private left: string | undefined;

  /** @param state of this computer */
  constructor(connection: Connection, agent: AgentInfo, state: vscode.Memento) {
    this.connection = connection;
    this.agent = agent;
    this.current = agent.model;
    this.window = agent.windowLimit;
    this.taste = new ModelTaste(state);
  }

  get demo(): boolean {
    return this.current === DEMO_MODEL;
  }

  /** Tokens that a request may have; undefined where nobody knows. */
  get limit(): number | undefined {
    const listed = this.models.find(({ handle }) => handle === this.current)?.contextWindow ?? undefined;
    // On other homes an agent has a limit of its own, below what its model serves.
    if (this.connection.kind !== 'embedded') return this.agent.contextWindow ?? listed;
    return this.window > 0 ? Math.min(this.window, listed ?? this.window) : listed;
  }

  /** Reads the list anew and settles what needs no question. @throws LettaError */
  async refresh(): Promise<void> {
    // An agent made elsewhere keeps its model until the person picks another.
    if (!this.agent.ours) {
      return this.read();
    }
    const window = settings.contextWindow();
    if (window !== this.window) {
      await (await import('./agent/agent-settings.ts')).setWindow(this.connection, this.agent.id, window);
      this.window = window;
    }
    const wanted = settings.defaultModel();
    // What the settings say needs no list.
    if (wanted && wanted !== this.current) await this.use(wanted);
    await this.read();
    if (wanted) return;
    const real = this.models.filter((model) => !model.demo);
    const back = this.demo && real.find(({ handle }) => handle === this.left);
    if (back) await this.use(back.handle);
    if (this.demo && real.length === 1 && real[0]) await this.use(real[0].handle);
    // An endpoint that was taken out of the settings leaves an agent that nobody answers for.
    const gone = !this.demo && this.models.every((model) => model.handle !== this.current);
    if (!gone || real.length > 0 || this.models.every((model) => !model.demo)) return;
    const { current } = this;
    await this.use(DEMO_MODEL);
    // It may only be down.
    this.left = current;
  }

  /** Whether the list lacks what it should have: the model in use, or all models of one of these endpoints. */
  lacks(endpoints: readonly string[]): boolean {
    const { models } = this;
    const wanted = this.left ?? this.current;
    const known = wanted === '' || models.some(({ handle }) => handle === wanted);
    return !known || endpoints.some((name) => models.every(({ provider }) => provider !== name));
  }

  /** The handle of an AI that answers now, without a question to the person; null where none does. */
  async answering(): Promise<string | null> {
    try {
      await this.refresh();
    } catch {
      return null;
    }
    return !this.demo && this.models.some(({ handle }) => handle === this.current) ? this.current : null;
  }

  /** @throws LettaError */
  async select(handle: string): Promise<void> {
    await this.use(handle);
    await this.taste.chose(handle);
    this.take(this.models);
    if (settings.defaultModel()) await settings.saveDefaultModel(handle);
  }

  private async use(handle: string): Promise<void> {
    await setModel(this.connection, this.agent.id, handle);
    this.current = handle;
    this.left = undefined;
  }

  /** Asks when several models could answer and none was chosen yet. @returns false when the person backed out. */
  async settle(): Promise<boolean> {
    const chosen = settings.defaultModel() !== '' || !this.demo;
    if (chosen || this.models.filter((model) => !model.demo).length < 2) return true;
    return this.pick(t('Several models can answer. Which one should it be?'));
  }

  /**
   * @param refreshed resolves once the list is as new as can be. Never rejects
   * @returns false when the person backed out.
   */
  async pick(placeHolder = t('Which model should answer?'), refreshed = Promise.resolve()): Promise<boolean> {
    const { selectModel } = await import('./commands/select-model.ts');
    const handle = await selectModel({
      placeHolder,
      current: this.current,
      models: () => this.models,
      refreshed,
      toggle: async (model) => {
        await this.taste.toggle(model);
        this.take(this.models);
      },
    });
    if (handle === undefined) return false;
    await this.select(handle);
    return true;
  }

  private async read(): Promise<void> {
    this.take(await listModels(this.connection));
  }

  private take(models: readonly ModelView[]): void {
    this.models = this.taste.marked(models);
  }
}
