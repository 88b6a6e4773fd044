// What the person thinks of models, on this computer: their favourites, and which they chose last.
import type * as vscode from 'vscode';
import type { ModelView } from '../protocol/about-views.ts';

const FAVOURITES = 'letta.models.favourites';
const RECENT = 'letta.models.recent';
const MOST_RECENT = 5;

export class ModelTaste {
  private readonly state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.state = state;
  }

  /** Stars a model by its handle, or takes the star away. */
  async toggle(handle: string): Promise<void> {
    const had = this.read(FAVOURITES);
    await this.state.update(FAVOURITES, had.includes(handle) ? had.filter((h) => h !== handle) : [...had, handle]);
  }

  /** The person has chosen it. */
  async chose(handle: string): Promise<void> {
    const others = this.read(RECENT).filter((h) => h !== handle);
    await this.state.update(RECENT, [handle, ...others].slice(0, MOST_RECENT));
  }

  /** The models with what is thought of them: favourites first, then those that were chosen last, then the others as they come. */
  marked(models: readonly ModelView[]): ModelView[] {
    const [favourites, recent] = [this.read(FAVOURITES), this.read(RECENT)];
    const rank = ({ favourite, handle, recent: was }: ModelView): number =>
      favourite ? favourites.indexOf(handle) : was ? 1_000 + recent.indexOf(handle) : 2_000;
    return models
      .map(({ favourite: _, recent: __, ...model }) => ({
        ...model,
        ...(favourites.includes(model.handle) ? { favourite: true } : {}),
        ...(recent.includes(model.handle) ? { recent: true } : {}),
      }))
      .sort((a, b) => rank(a) - rank(b));
  }

  private read(key: string): readonly string[] {
    const kept: unknown = this.state.get(key);
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  }
}
