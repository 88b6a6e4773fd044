// One version of a block on either side: how it is read, shown to git, and put before a person.
import { createHash } from 'node:crypto';
import { t } from '../../protocol/l10n.ts';
import type { FileState } from './files.ts';
import { decode, type FileBlock, FormatError, fromFile, toFile } from './format.ts';
import { maskedText } from './masked.ts';
import { isHashedPath, isSkillPath, labelOf } from './paths.ts';
import { isNoText, type Session } from './session.ts';
import type { Entry } from './state.ts';
import type { MirrorBlock, MirrorProposal } from './types.ts';

/** Somebody wrote while we looked: look again. */
export class ChangedMeanwhile extends Error {
  override name = 'ChangedMeanwhile';
}

/** What a file may hold of a block. */
export interface View {
  text: string;
  value: string;
  description: string;
  real: ReadonlyMap<string, readonly string[]>;
}

export function viewOf(session: Session, block: MirrorBlock, entry: Pick<Entry, 'name'>): View {
  if (isNoText(block.value)) return { text: block.value, value: block.value, description: '', real: new Map() };
  const { text: value, real } = maskedText(block.value, session.maskSecrets);
  if (block.path !== undefined) return { text: value, value, description: '', real };
  const description = session.maskSecrets(block.description);
  return { text: toFile({ label: block.label, description, value, name: entry.name }), value, description, real };
}

export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Reads a file's text. Undefined: it is refused, and the report says why. */
export function textOf(session: Session, path: string, file: FileState): string | null | undefined {
  if (file.kind === 'none') return null;
  if (file.kind === 'refused') {
    session.problem(path, 'unsafe', file.why);
    return undefined;
  }
  if (isSkillPath(path)) return session.textFor(file.bytes);
  try {
    return decode(file.bytes);
  } catch (error) {
    session.problem(path, 'encoding', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Reads what a file says, whether it may say so or not. @throws FormatError */
export const fileIn = (path: string, text: string, label: string): FileBlock & { name: string } =>
  isSkillPath(path) ? { label, name: label, description: '', value: text } : fromFile(text, label);

/** @returns undefined when it is no memory file, nor one of a skill; the report says why. */
export function parsed(
  session: Session,
  path: string,
  text: string,
  label: string,
): (FileBlock & { name: string }) | undefined {
  try {
    const file = fileIn(path, text, label);
    if (isSkillPath(path)) {
      if (isNoText(text)) throw new FormatError('encoding', 'it is no text, and what is no text comes from no file');
      const why = session.skills?.problemWith(path, text);
      if (why !== undefined) throw new FormatError('frontmatter', why.replace(/\.$/, ''));
    } else if (isHashedPath(path) && labelOf(path, file.name) !== label) {
      throw new FormatError('frontmatter', t('its name no longer fits its path'));
    }
    return file;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    session.problem(path, error.reason, error.message);
    return undefined;
  }
}

export const maskedEdit = (path: string): string =>
  isSkillPath(path)
    ? t(
        'a line that stands for a masked secret was edited or copied; change that line in the Skills panel, and put the marked line back here',
      )
    : t(
        'a line that stands for a masked secret was edited or copied; change that line in the Memory panel, and put the marked line back here',
      );

export const HELD = t(
  'It holds what looks like a secret or an instruction, and any program can write there: so it waits for you.',
);

/** @returns the proposal's id, the same for the same version. */
export async function propose(
  session: Session,
  path: string,
  entry: Entry,
  block: MirrorBlock | null,
  what: Pick<MirrorProposal, 'action' | 'after' | 'description' | 'why'> & { seed: string; copy?: string },
): Promise<string> {
  const id = `mirror-${shortHash([session.state.agentId, path, what.action, what.seed].join('\0'))}`;
  const authors = session.git ? await session.git.commitsOf(path, session.state.commit) : [];
  const proposal: MirrorProposal = {
    id,
    kind: 'mirror',
    action: what.action,
    label: entry.label,
    blockId: block?.id ?? null,
    path,
    before: block && !isNoText(block.value) ? block.value : null,
    after: what.after,
    description: what.description,
    authors,
    copy: what.copy ?? null,
    ...(what.why ? { why: what.why } : {}),
  };
  session.passed('before propose');
  await session.blocks.propose(proposal);
  session.passed('after propose');
  session.report.proposed.push(proposal);
  return id;
}

/** Undefined instead of an error. */
export function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
