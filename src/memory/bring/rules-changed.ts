// A changed file of rules: what is new in it since the version a person accepted.
import { createHash } from 'node:crypto';
import type { BringItem, BringProposal } from './bring.ts';
import { fold, type RulesDeps, readRulesFile } from './rules-files.ts';

/** What was accepted: kept by the caller, per workspace and path. */
export interface AcceptedRules {
  /** SHA-256 of the text, with what it imports. */
  hash: string;
  /** The ids of all pieces that it ever had, so that only new ones are proposed: a person may have refused those that come back. */
  ids: string[];
}

export interface RulesChange {
  changed: boolean;
  /** What to keep once the person has decided on the proposals. */
  now: AcceptedRules;
  proposals: BringProposal[];
}

/**
 * @param accepted undefined: this file was never accepted, everything in it is new
 * @returns no change for a file that holds nothing: it may be away for the moment only, with the branch
 */
export async function rulesFileChanged(
  deps: RulesDeps,
  path: string,
  accepted: AcceptedRules | undefined,
): Promise<RulesChange> {
  // What memory says already is still part of the file.
  const { found } = await readRulesFile({ files: deps.files, maskSecrets: deps.maskSecrets }, path);
  const hash = createHash('sha256')
    .update(found.map((item) => `${item.from.replace(/:\d+$/, '')}\n${fold(item.text)}`).join('\n'))
    .digest('hex');
  const ids = found.map((item) => item.id);
  if (accepted && (accepted.hash === hash || ids.length === 0)) return { changed: false, now: accepted, proposals: [] };
  const before = new Set(accepted?.ids);
  const now = { hash, ids: [...new Set([...before, ...ids])] };
  const proposals = found.filter((item) => !before.has(item.id) && !deps.known?.(item.text)).map(proposalOf);
  return { changed: true, now, proposals };
}

const proposalOf = ({ id, target, text, from }: BringItem): BringProposal => ({
  kind: 'rules-file',
  id,
  target,
  text,
  from,
});
