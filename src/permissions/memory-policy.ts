// Judges a memory write: apply, apply and mark as unreviewed, or hold until a person has seen it.
import { type MemorySource, MemorySourceSchema } from '../protocol/sources.ts';
import { instructionsIn } from './instructions.ts';
import { findSecrets, maskSecrets } from './secrets.ts';

export type { MemorySource } from '../protocol/sources.ts';

export interface MemoryWrite {
  /** The block's label. */
  label: string;
  text: string;
  /** What reached the model before it wrote; empty: nothing but the person's words. */
  seen: readonly MemorySource[];
}

export interface MemoryVerdict {
  decision: 'apply' | 'mark' | 'hold';
  /** One sentence each, for the person; empty where there is nothing to say. */
  reasons: string[];
  /** The text with secrets replaced: what may be stored. */
  masked: string;
}

/**
 * What was read there may have been written by anyone, so nothing of it enters memory unseen. A skill that the person has
 * reviewed is not among them: they have read its words, as they could read those of their workspace. But they took it as
 * steps for a task, not as a rule for every prompt, so it is marked, and what instructs is held.
 */
const FOREIGN: Partial<Record<MemorySource, string>> = {
  untrustedWorkspace: 'files of a workspace that is not trusted',
  web: 'a web page',
  tool: 'the output of another extension’s tool',
  mcp: 'the output of an MCP tool',
  terminal: 'the output of a terminal',
  unreviewedSkill: 'a skill that nobody has reviewed',
  imported: 'a conversation that came out of a file',
};
const OWN_WORDS: Partial<Record<MemorySource, string>> = {
  workspace: 'files of the workspace',
  skill: 'a skill',
};

/** What a source is called to the person, e.g. `a web page`. */
export const sourceName = (source: MemorySource): string =>
  FOREIGN[source] ?? OWN_WORDS[source] ?? 'the words of the person';

/**
 * - `hold`: a secret in any case; anything after a source that anyone may write to; after files of the workspace or a
 *   reviewed skill what instructs: commands, addresses, permissions, "always run".
 * - `mark`: what else was written after files of the workspace or a reviewed skill were seen.
 * - `apply`: only the person's words were seen. What they want run always is theirs to say.
 */
export function decideMemoryWrite({ text, seen }: MemoryWrite): MemoryVerdict {
  const sources = [...new Set(seen)];
  const held = sources
    .filter((source) => FOREIGN[source] !== undefined)
    .map((s) => `The agent had read ${sourceName(s)}.`);
  // A new kind of source that this file does not know yet is no reason to trust it.
  const unknown = sources.filter((source) => !MemorySourceSchema.safeParse(source).success);
  held.push(...unknown.map((source) => `The agent had read from an unknown source: ${source}.`));
  const own = sources.filter((source) => OWN_WORDS[source] !== undefined);
  const read = own.map((source) => `The agent had read ${sourceName(source)}.`);
  if (own.length > 0 && held.length === 0) {
    const instructions = instructionsIn(text);
    if (instructions.length > 0) held.push(...read, ...instructions);
  }
  const secrets = secretsIn(text);
  held.push(...secrets);
  const masked = secrets.length > 0 ? maskSecrets(text) : text;
  if (held.length > 0) return { decision: 'hold', reasons: held, masked };
  return read.length > 0 ? { decision: 'mark', reasons: read, masked } : { decision: 'apply', reasons: [], masked };
}

const secretsIn = (text: string): string[] =>
  [...new Set(findSecrets(text).map(({ kind }) => kind))].map((kind) => `It holds what looks like a secret (${kind}).`);

/** Why a person should look twice at what somebody else wrote, where they see all of it before it is taken; a sentence each. */
export const doubtsAbout = (text: string): string[] => [...instructionsIn(text), ...secretsIn(text)];

export interface MemoryEdit {
  label: string;
  /** What the lines concerned were; null where it is not known. */
  before: string | null;
  /** What they are to become. */
  after: string;
  seen: readonly MemorySource[];
}

/** As `decideMemoryWrite`, for a change: lines that stood there already are not judged again. `masked` is all of `after`. */
export function decideMemoryEdit({ label, before, after, seen }: MemoryEdit): MemoryVerdict {
  const known = new Set((before ?? '').split('\n').map((line) => line.trim()));
  const fresh = after.split('\n').filter((line) => !known.has(line.trim()));
  const verdict = decideMemoryWrite({ label, text: fresh.join('\n'), seen });
  return { ...verdict, masked: maskSecrets(after) };
}

/** What a thread whose memory is pinned answers to every write, whatever it holds: told to the agent and to the person. */
export const PINNED_REFUSAL =
  'Memory is pinned in this thread: it can be read, writes are refused. Nothing was written. Go on without it, and tell the person if they had asked for it.';

/**
 * How a write is to be marked that the server made without asking, as those of agents made elsewhere. It stands in memory
 * already, so there is nothing to hold: what would not have been applied is `unreviewed`.
 */
export function reviewAfterwards(edit: MemoryEdit): { review: 'unreviewed' | null; reasons: string[] } {
  const { decision, reasons } = decideMemoryEdit(edit);
  return { review: decision === 'apply' ? null : 'unreviewed', reasons };
}
