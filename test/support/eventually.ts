// Waits for what comes by itself, for as long as a busy machine may need.
import { vi } from 'vitest';

/** Far more than anything takes that comes at all. */
const PATIENCE_MS = 30_000;

/** Looks again and again until `look` does not throw. @returns what it returned */
export const eventually = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, PATIENCE_MS);
