// Checks one line of memory against the workspace: true, stale, or nothing in it can be checked.
import { checkCi } from './claim-ci.ts';
import { checkCommands } from './claim-commands.ts';
import { checkContainers } from './claim-containers.ts';
import { checkKinds } from './claim-kinds.ts';
import { checkKnownVersions } from './claim-known-versions.ts';
import { checkLists } from './claim-lists.ts';
import { checkInFile, checkLiterals, checkReversed } from './claim-literals.ts';
import { checkMembers } from './claim-members.ts';
import { checkModules } from './claim-modules.ts';
import { checkNames } from './claim-names.ts';
import { checkPackages } from './claim-packages.ts';
import { checkPaths, findPaths } from './claim-paths.ts';
import { checkPlaces } from './claim-places.ts';
import { checkPrograms } from './claim-programs.ts';
import { checkProject } from './claim-project.ts';
import { checkRoutes } from './claim-routes.ts';
import { checkRules } from './claim-rules.ts';
import { checkSchedules } from './claim-schedules.ts';
import { checkSettings } from './claim-settings.ts';
import { checkSignatures } from './claim-signatures.ts';
import { checkStyle } from './claim-style.ts';
import { checkSymbols } from './claim-symbols.ts';
import { checkTables } from './claim-tables.ts';
import { checkTasks } from './claim-tasks.ts';
import { checkUses } from './claim-uses.ts';
import type { Evidence, Outcome, WorkspaceFacts } from './facts.ts';
import { findSymbols } from './find-symbols.ts';
import { LineText } from './line-text.ts';
import { isUnbacked } from './unbacked.ts';
import { Workspace } from './workspace.ts';

export interface LineVerdict {
  /** `stale`: it names something that is gone or different. `unknown`: nothing in it can be checked. */
  verdict: 'true' | 'stale' | 'unknown';
  /** Where the text stands that supports the line or contradicts it; may be empty for what is nowhere. */
  evidence: Evidence[];
  /** One sentence each, for the person. */
  reasons: string[];
  /** It would be stale, if the files that were not searched did not have it either. */
  unsearched?: true;
}

/** Longer lines are documents; only their beginning is read. */
const MAX_LENGTH = 2_000;

/** Never throws for what a line says; rejects when the facts do. */
export async function checkLine(line: string, facts: WorkspaceFacts): Promise<LineVerdict> {
  return checkInWorkspace(line, new Workspace(facts));
}

/** Many lines against one look at the workspace, in their order. `seen`: after each line, e.g. to yield or to stop. */
export async function checkLines(
  lines: readonly string[],
  facts: WorkspaceFacts,
  seen?: (done: number) => Promise<void> | void,
): Promise<LineVerdict[]> {
  const workspace = new Workspace(facts);
  const verdicts: LineVerdict[] = [];
  for (const line of lines) {
    verdicts.push(await checkInWorkspace(line, workspace));
    await seen?.(verdicts.length);
  }
  return verdicts;
}

async function checkInWorkspace(text: string, workspace: Workspace): Promise<LineVerdict> {
  const line = new LineText(text.slice(0, MAX_LENGTH));
  // What is not seen is not gone.
  const unseen = workspace.facts.hidden?.('.') === true;
  if (unseen || !/[A-Za-z]/.test(line.plain)) return { verdict: 'unknown', evidence: [], reasons: [] };
  const outcomes: Outcome[] = [];
  const commands = await checkCommands(line, workspace);
  const tasks = await checkTasks(line, workspace);
  outcomes.push(...commands.outcomes, ...tasks.outcomes);
  const told = [...commands.mentions, ...tasks.mentions];
  const inCommand = (span: { start: number; end: number }): boolean =>
    told.some((each) => span.start < each.end && span.end > each.start);
  const paths = (await findPaths(line, workspace)).filter((path) => !inCommand(path));
  outcomes.push(...(await checkPaths(paths, workspace)));
  const taken = [...told, ...paths];
  const packages = await checkPackages(line, workspace, taken);
  outcomes.push(...packages.outcomes);
  const symbols = findSymbols(line, [...taken, ...packages.mentions]);
  const settings = await checkSettings(line, paths, symbols, workspace, [...told, ...packages.mentions]);
  outcomes.push(...settings.outcomes);
  const left = symbols.filter(
    (symbol) => !settings.keys.some((key) => symbol.start < key.end && symbol.end > key.start),
  );
  outcomes.push(
    ...(await checkSymbols(line, left, paths, workspace)),
    ...(await checkSignatures(line, workspace)),
    ...(await checkRules(line, workspace)),
    ...(await checkStyle(line, workspace)),
    ...(await checkProject(line, paths, workspace)),
    ...(await checkCi(line, workspace)),
    ...(await checkSchedules(line, workspace)),
    ...(await checkKnownVersions(line, workspace)),
    ...(await checkUses(line, workspace, [...taken, ...packages.mentions])),
    ...(await checkRoutes(line, workspace)),
    ...(await checkContainers(line, workspace)),
    ...(await checkNames(line, workspace)),
    ...(await checkPrograms(line, paths, workspace)),
    ...(await checkTables(line, workspace)),
    ...(await checkPlaces(line, workspace)),
    ...(await checkKinds(line, workspace)),
    ...(await checkLists(line, paths, workspace)),
    ...(await checkModules(line, workspace)),
    ...(await checkMembers(line, workspace)),
    ...(await checkLiterals(line, workspace)),
    ...(await checkReversed(line, workspace)),
    ...(await checkInFile(line, paths, workspace)),
  );
  const verdict = conclude(outcomes);
  if (verdict.verdict === 'true' && (await isUnbacked(line, outcomes, workspace)))
    return { verdict: 'unknown', evidence: [], reasons: [] };
  const doubted = verdict.verdict === 'stale' && outcomes.some((outcome) => outcome.absent);
  return doubted && (await workspace.all()) !== null ? withoutAbsent(outcomes) : verdict;
}

/** Where not all files are searched, what was not found may be in one of the others. */
function withoutAbsent(outcomes: readonly Outcome[]): LineVerdict {
  const left = conclude(outcomes.filter((outcome) => !outcome.absent));
  return left.verdict === 'stale' ? left : { verdict: 'unknown', evidence: [], reasons: [], unsearched: true };
}

function conclude(outcomes: readonly Outcome[]): LineVerdict {
  const stale = outcomes.filter(({ verdict }) => verdict === 'stale');
  const deciding = stale.length > 0 ? stale : outcomes;
  const evidence = new Map(
    deciding.flatMap((outcome) => outcome.evidence).map((each) => [`${each.path}:${each.line}`, each]),
  );
  return {
    verdict: stale.length > 0 ? 'stale' : outcomes.length > 0 ? 'true' : 'unknown',
    evidence: [...evidence.values()].slice(0, 8),
    reasons: [...new Set(deciding.map(({ reason }) => reason))],
  };
}
