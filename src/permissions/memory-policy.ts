// Judges a memory write: apply, apply and mark as unreviewed, or hold until a person has seen it.
export type MemorySource =
  | 'person'
  | 'workspace'
  | 'untrustedWorkspace'
  | 'web'
  | 'tool'
  | 'mcp'
  | 'terminal'
  | 'skill'
  | 'unreviewedSkill';

export interface MemoryWrite {
  /** The block's label. */
  label: string;
  text: string;
  /** What reached the model in this turn before it wrote. */
  seen: readonly MemorySource[];
}

export interface MemoryVerdict {
  decision: 'apply' | 'mark' | 'hold';
  /** One sentence each, for the person; empty where there is nothing to say. */
  reasons: string[];
  /** The text with secrets replaced: what may be stored. */
  masked: string;
}

/** Sources of this version: the person, and files of a workspace that the person trusts. */
const KNOWN = new Set<MemorySource>(['person', 'workspace']);

/** Keys of well-known services, tokens, private keys, and passwords in addresses: what nobody wants in a prompt. */
const SECRETS: RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:sk|pk|rk)[-_](?:[a-z]+[-_]){0,3}(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}/g,
  /\b(?:gh[pousr]|github_pat|glpat|xox[abprs]|npm|hf)[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:)[^\s/@]{1,200}(?=@)/gi,
];

/**
 * What came only from the person and from trusted files is applied; what saw any other source waits for a person. This does
 * not yet look at what the text says: an instruction that a workspace file slipped in is applied like any other line, and the
 * memory card in the chat is where the person sees it.
 */
export function decideMemoryWrite({ text, seen }: MemoryWrite): MemoryVerdict {
  const masked = SECRETS.reduce((current, pattern) => current.replace(pattern, '[secret]'), text);
  const foreign = [...new Set(seen)].filter((source) => !KNOWN.has(source));
  const reasons = foreign.map((source) => `The agent had read from a source that is not trusted: ${source}.`);
  if (masked !== text) reasons.push('It holds what looks like a secret.');
  return { decision: reasons.length === 0 ? 'apply' : 'hold', reasons, masked };
}
