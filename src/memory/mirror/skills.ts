// Brings the agent's skills and the files below `skills/` together, file by file, in the same way as blocks and their files.

import { t } from '../../protocol/l10n.ts';
import type { AgentSkill } from '../agent-skills.ts';
import { look } from './files.ts';
import { isMainFile, isSkillPath, SKILLS_PATH, skillPartsOf } from './paths.ts';
import { guarded, reconcile } from './reconcile.ts';
import { messageFor, type Session } from './session.ts';
import type { Entry } from './state.ts';
import { gone, newcomer, skillFile } from './strays.ts';
import type { MirrorBlock } from './types.ts';
import { textOf, viewOf } from './versions.ts';
import { mainFirst, type Skipped, skillPathsIn } from './walk.ts';

type Files = ReadonlyMap<string, MirrorBlock>;

/** @param skills all that the agent has */
export async function skillsAndFiles(session: Session, skills: readonly AgentSkill[]): Promise<void> {
  const stored = filesOf(session, skills);
  const known = () => Object.keys(session.state.entries).filter(isSkillPath);
  for (const name of new Set([...stored.keys(), ...known()].map((path) => skillPartsOf(path)?.name ?? '')))
    await guarded(session, SKILLS_PATH + name, () => commitTogether(session, name, stored));
  for (const file of stored.values()) await guarded(session, file.label, () => oneFile(session, file));
  for (const path of known().toSorted(mainFirst)) {
    const entry = session.state.entries[path];
    if (!entry || stored.has(path)) continue;
    const stray = () => (entry.blockId === null ? newcomer(session, path) : gone(session, path, entry));
    await guarded(session, path, stray);
  }
  const skipped: Skipped[] = [];
  for (const path of await skillPathsIn(session.root, skipped, true)) {
    if (!session.state.entries[path]) await guarded(session, path, () => newcomer(session, path));
  }
  for (const { path, message } of skipped) {
    const problem = { path: SKILLS_PATH + path, reason: 'unsafe', message: SKILLS_PATH + message } as const;
    session.report.problems.push(problem);
  }
}

/** By path. What no folder can hold, or not beside the others, is named and left out. */
function filesOf(session: Session, skills: readonly AgentSkill[]): Map<string, MirrorBlock> {
  const files = new Map<string, MirrorBlock>();
  const taken = new Set<string>();
  for (const { name, files: all } of skills) {
    for (const [file, bytes] of all) {
      const path = `${SKILLS_PATH}${name}/${file}`;
      if (/\p{Cc}/u.test(path)) session.problem(path, 'unsafe', t('its name holds what no name of a file should'));
      else if (taken.has(path.toLowerCase()))
        session.problem(path, 'duplicate', t('another file has that name already'));
      else files.set(path, skillFile(path, session.textFor(bytes)));
      taken.add(path.toLowerCase());
    }
  }
  return new Map([...files].toSorted(([a], [b]) => mainFirst(a, b)));
}

/** What the agent's home alone changed of one skill is one commit. */
async function commitTogether(session: Session, name: string, stored: Files): Promise<void> {
  const isIts = (path: string): boolean => skillPartsOf(path)?.name === name;
  const changes: { path: string; text: string | null }[] = [];
  for (const path of new Set([...stored.keys(), ...Object.keys(session.state.entries)].filter(isIts))) {
    const file = stored.get(path);
    const entry = session.state.entries[path];
    // A file that waits, or that the person did not take: it stays.
    if (!file && entry?.blockId === null) continue;
    const text = file ? viewOf(session, file, {}).text : null;
    const work = textOf(session, path, await look(session.root, path));
    const untouched = work === (entry?.base ?? null) || (text === null && work === null);
    const head = session.inHead(path);
    const foreign = entry ? session.isForeign(path, entry, text) : head !== undefined;
    const isCommitted = head === (text === null ? undefined : session.id(text));
    if (untouched && !foreign && !entry?.held && !isCommitted) changes.push({ path, text });
  }
  if (changes.length === 0) return;
  const isNew = changes.every(({ path }) => session.inHead(path) === undefined);
  const isGone = ![...stored.keys()].some(isIts);
  const message = messageFor(isGone ? 'Remove' : isNew ? 'Add' : 'Update', SKILLS_PATH + name, { author: 'home' });
  await session.commit(
    message,
    changes.map((change) => ({ ...change, entry: entryOf(session, change.path) })),
  );
}

function entryOf(session: Session, path: string): Entry {
  const entry = session.entry(path, path);
  entry.blockId = path;
  return entry;
}

async function oneFile(session: Session, file: MirrorBlock): Promise<void> {
  const own = skillPartsOf(file.label);
  const isMain = (path: string): boolean => {
    const parts = skillPartsOf(path);
    return parts !== undefined && parts.name === own?.name && isMainFile(parts.file);
  };
  const entries = Object.entries(session.state.entries);
  const isAsked = entries.some(([path, { held }]) => path !== file.label && held?.text === null && isMain(path));
  // Where SKILL.md was removed, that one question stands for the whole skill.
  if (isAsked && (await look(session.root, file.label)).kind === 'none') return;
  await reconcile(session, file);
}
