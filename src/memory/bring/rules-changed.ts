// A changed file of rules: what is new in it since the version a person accepted.
import { createHash } from 'node:crypto';
import type { BringItem, BringProposal } from './bring.ts';
import { fold, type RulesDeps, readRulesFile } from './rules-files.ts';

/** What was accepted: kept by the caller, per workspace and path. */
export interface AcceptedRules {
  /** SHA-256 of the text, with what it imports. */
  hash: string;
  /** The ids of the pieces it had, so that only new ones are proposed. */
  ids: string[];
}

export interface RulesChange {
  changed: boolean;
  /** What to keep once the person has decided on the proposals. */
  now: AcceptedRules;
  proposals: BringProposal[];
  /** Ids that were accepted once and are gone from the file. */
  gone: string[];
}

/**
 * @param accepted undefined: this file was never accepted, everything in it is new
 * @returns nothing to propose for a file that is not there (any more); then all its ids are `gone`
 */
export async function rulesFileChanged(
  deps: RulesDeps,
  path: string,
  accepted: AcceptedRules | undefined,
): Promise<RulesChange> {
  // What memory says already is still part of the file: it must not count as gone.
  const { found } = await readRulesFile({ files: deps.files, maskSecrets: deps.maskSecrets }, path);
  const hash = createHash('sha256')
    .update(found.map((item) => `${item.from.replace(/:\d+$/, '')}\n${fold(item.text)}`).join('\n'))
    .digest('hex');
  const ids = found.map((item) => item.id);
  const now = { hash, ids };
  if (accepted?.hash === hash) return { changed: false, now, proposals: [], gone: [] };
  const before = new Set(accepted?.ids);
  const present = new Set(ids);
  const proposals = found.filter((item) => !before.has(item.id) && !deps.known?.(item.text)).map(proposalOf);
  return { changed: true, now, proposals, gone: [...before].filter((id) => !present.has(id)) };
}

const proposalOf = ({ id, target, text, from }: BringItem): BringProposal => ({
  kind: 'rules-file',
  id,
  target,
  text,
  from,
});
