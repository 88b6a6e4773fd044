// How changes are named: commit subjects, sign-offs, branches.
import type { Citation, Claims, GitFacts } from './evidence.ts';
import { MAX_CITED } from './evidence.ts';
import { Tally } from './tally.ts';

const CONVENTIONAL = /^(?:feat|fix|docs|chore|refactor|test|style|perf|build|ci|revert)(?:\([^)]+\))?!?: \S/;
const TICKET = /^\[?([A-Z][A-Z0-9]+)-\d+\]?[: ]/;
const EMOJI = /^(?::\w+:|\p{Extended_Pictographic})/u;
const SCOPE = /^[a-z][\w/.-]*: \S/;
const MERGE = /^(?:Merge |Revert "|Bump |Initial commit|Release )/i;
/** Only the recent history counts: habits change. */
const RECENT = 200;

/** Commits are in files of their own, so each is its own "file" for the tally. */
export function mineGit({ commits, branches }: GitFacts, claims: Claims): void {
  const recent = commits.slice(0, RECENT).filter((c) => !MERGE.test(c.subject));
  const style = new Tally();
  const tickets = new Map<string, number>();
  const signed = new Tally();
  const ending = new Tally();
  for (const { sha, subject, body } of recent) {
    const at = (): Citation => ({
      path: `commit ${sha.slice(0, 7)}`,
      line: 1,
      text: subject.trim().slice(0, MAX_CITED),
    });
    const ticket = TICKET.exec(subject)?.[1];
    if (ticket) tickets.set(ticket, (tickets.get(ticket) ?? 0) + 1);
    const kind = CONVENTIONAL.test(subject)
      ? 'conventional'
      : ticket
        ? 'ticket'
        : EMOJI.test(subject)
          ? 'emoji'
          : SCOPE.test(subject)
            ? 'scope'
            : /^[A-Z]/.test(subject)
              ? 'sentence'
              : 'lower';
    style.vote(kind, sha, at);
    signed.vote(/^Signed-off-by: /m.test(body) ? 'yes' : 'no', sha, at);
    ending.vote(subject.length <= 72 ? 'short' : 'long', sha, at);
  }
  const winner = style.winner();
  const key = [...tickets].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'ABC';
  const said: Record<string, string> = {
    conventional: 'Commit subjects follow Conventional Commits, as "feat(scope): …"',
    ticket: `Commit subjects begin with the ticket, as ${key}-123`,
    emoji: 'Commit subjects begin with an emoji',
    scope: 'Commit subjects begin with the part they touch, as "parser: …"',
    sentence: 'Commit subjects are plain sentences that begin with a capital',
    lower: 'Commit subjects are plain and in lower case',
  };
  const sentence = winner && said[winner.option];
  if (winner && sentence) {
    const weak = winner.option === 'sentence' || winner.option === 'lower';
    claims.add(
      'conventions',
      'git',
      weak ? 0.35 : 0.65,
      `${sentence} (${winner.votes} of ${winner.total}).`,
      winner.examples,
    );
  }
  const signoff = signed.winner();
  if (signoff?.option === 'yes') {
    const evidence = recent.slice(0, 3).map((c) => signedLine(c));
    claims.add('conventions', 'git', 0.55, `Commits are signed off (${signoff.votes} of ${signoff.total}).`, evidence);
  }
  mineBranches(branches, claims);
}

function signedLine({ sha, body }: GitFacts['commits'][number]): Citation | undefined {
  const lines = body.split('\n');
  const at = lines.findIndex((line) => line.startsWith('Signed-off-by: '));
  // A commit's body begins on its third line: subject, blank, body.
  return at < 0
    ? undefined
    : { path: `commit ${sha.slice(0, 7)}`, line: at + 3, text: (lines[at] ?? '').slice(0, MAX_CITED) };
}

function mineBranches(branches: readonly string[], claims: Claims): void {
  const own = [...new Set(branches.map((b) => b.replace(/^(?:remotes\/)?origin\//, '')))].filter(
    (b) => !/^(?:HEAD|main|master|develop|dev|trunk|staging|production|release.*|gh-pages)$/.test(b),
  );
  const shapes: [string, RegExp][] = [
    ['kind/what, as', /^(?:feat|feature|fix|bugfix|chore|docs|hotfix|refactor|test)\/\S+$/],
    ['the ticket first, as', /^[A-Z]{2,}-\d+/],
    ['person/what, as', /^[a-z]+\/\S+$/],
  ];
  for (const [shape, test] of shapes) {
    const hits = own.filter((b) => test.test(b));
    if (hits.length < 6 || hits.length / own.length < 0.9) continue;
    claims.add(
      'conventions',
      'git',
      0.45,
      `Branches are named ${shape} ${hits[0]} (${hits.length} of ${own.length}).`,
      hits.map((name) => ({ path: `branch ${name}`, line: 1, text: name })),
    );
    return;
  }
}
