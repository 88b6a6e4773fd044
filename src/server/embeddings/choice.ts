// Which model may embed an agent's passages. A passage goes nowhere that the person's words do not go already.
import type { EmbeddingModel } from '../models/embedding.ts';
import type { Reach } from '../models/locality.ts';

/** The part of an agent that decides. */
export interface EmbeddingWish {
  /** Handle of the model that the person talks to. */
  model: string | null;
  /** Handle that a client asked for (Letta API: `embedding`); one that nobody here serves counts as none. */
  embedding: string | undefined;
}

/** On this computer always; elsewhere only at the provider that answers the person too. */
export function mayEmbed(wish: EmbeddingWish, candidate: { provider: string; reach: Reach }): boolean {
  return candidate.reach === 'computer' || wish.model?.split('/', 1)[0] === candidate.provider;
}

/** The one asked for, else one on this computer, else one of the provider; undefined where none may. */
export function chooseEmbedding(wish: EmbeddingWish, all: readonly EmbeddingModel[]): EmbeddingModel | undefined {
  const allowed = all.filter((candidate) => mayEmbed(wish, candidate));
  return (
    allowed.find(({ handle }) => handle === wish.embedding) ??
    allowed.find(({ reach }) => reach === 'computer') ??
    allowed.toSorted((a, b) => place(a.id) - place(b.id))[0]
  );
}

/** Providers list several: the newer and cheaper of theirs first. */
const PREFERRED = [/text-embedding-3-small/, /text-embedding-3/, /^gemini-embedding/, /nomic-embed/];
function place(id: string): number {
  const at = PREFERRED.findIndex((pattern) => pattern.test(id));
  return at < 0 ? PREFERRED.length : at;
}
