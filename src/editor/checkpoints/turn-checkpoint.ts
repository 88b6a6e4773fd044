// What a turn asks of the checkpoints, which may still be loading when it begins.

/**
 * Awaited before a change; `targets`: files it will touch, as far as that is known, absolute. Never rejects.
 * `tell`: it says what of them could not be brought back.
 */
export type BeforeChange = (targets: readonly string[], tell?: boolean) => Promise<string | undefined>;

/** A file that stands otherwise than before the turn. Texts are null where there was no file. */
export interface RanFile {
  /** Absolute. */
  path: string;
  before: string | null;
  after: string | null;
}

export interface TurnCheckpoint {
  beforeChange: BeforeChange;
  /** What stands otherwise since the turn's checkpoint, where it ran a command; nothing where others were at work too. */
  ran(): Promise<RanFile[]>;
}

/** @param log told once when they cannot be loaded: then nothing is recorded */
export function whenLoaded(loading: Promise<TurnCheckpoint>, log: (line: string) => void): TurnCheckpoint {
  const loaded = loading.catch((error: unknown) => {
    log(`Checkpoints could not be loaded: ${String(error)}`);
    return undefined;
  });
  return {
    beforeChange: async (...given) => (await loaded)?.beforeChange(...given),
    ran: async () => (await (await loaded)?.ran()) ?? [],
  };
}

/** Whether a command is about to run: it names no files, and may change any. */
export const namesNone = (targets: readonly string[]): boolean => targets.length === 0;
