// What the person made of a proposal before they allowed it: what is done instead, and how the agent is told.
import type { ApprovalView } from '../protocol/transcript-views.ts';

/** One file of a proposal. */
interface Target {
  path: string;
  before: string | null;
  after: string | null;
}

export type MakeDiff = (path: string, before: string | null, after: string | null) => NonNullable<ApprovalView['diff']>;

export interface EditedProposal {
  /** What is done now; files that nothing is left of are not among them. */
  targets: Target[];
  /** For the agent. */
  told: string;
  /** Each file that the person changed, as it was proposed and as it was allowed. */
  files: { path: string; before: string; after: string; now: string }[];
}

/** Longest account of it, in characters: the agent knows what it had proposed. */
const MOST_TOLD = 6_000;

/** Undefined where the proposal stands as it was made. `nameOf`: how to call a file. */
export function editedProposal(
  proposed: readonly Target[],
  stands: readonly Target[],
  diff: MakeDiff,
  nameOf: (path: string) => string,
): EditedProposal | undefined {
  const told: string[] = [];
  const files: EditedProposal['files'] = [];
  for (const [at, { path, before, after }] of proposed.entries()) {
    const now = stands[at]?.after;
    if (now === undefined || now === after) continue;
    const { unified } = diff(nameOf(path), after, now);
    told.push(now === before ? `${nameOf(path)}: they took all of it out.` : unified);
    files.push({ path, before: before ?? '', after: after ?? '', now: now ?? '' });
  }
  if (files.length === 0) return undefined;
  const text = told.join('\n');
  const cut =
    text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}\n… (${text.length - MOST_TOLD} more characters)` : text;
  return {
    targets: stands.filter(({ before, after }) => before !== after),
    told: `The person changed your proposal before allowing it. From what you proposed (-) to what they made of it (+):\n${cut}`,
    files,
  };
}
