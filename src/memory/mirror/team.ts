// The project's block in the workspace: committed by one, and taken by every member's agent after trust and review.

import { join } from 'node:path';
import { countCharacters } from '../../protocol/characters.ts';
import { t } from '../../protocol/l10n.ts';
import { sha256 } from './export.ts';
import { look, replace } from './files.ts';
import { decode, FormatError, fromFile, toFile } from './format.ts';
import { type MaskSecrets, maskedText, unmasked } from './masked.ts';
import { merge3 } from './merge.ts';
import { SHARED_PATH } from './shared-path.ts';
import type { MirrorBlock } from './types.ts';

const LABEL = 'project';
/** A checkout may have turned the ends of all lines; that is no change. */
const lf = (text: string): string => text.replaceAll('\r\n', '\n');

/** The part of VS Code's store of a workspace that is needed. */
interface State {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

/** The text of the file that was last written here, or decided on: by each agent for itself. */
export class SharedBase {
  private readonly state: State;
  private readonly key: string;

  constructor(state: State, homeKey: string, agentId: string) {
    this.state = state;
    this.key = `letta.sharedProject.${homeKey}.${agentId}`;
  }

  /** Null: this agent has none. */
  get text(): string | null {
    return this.state.get<string>(this.key) ?? null;
  }

  set(text: string): Thenable<void> {
    return this.state.update(this.key, text);
  }
}

export interface SharedProposal {
  id: string;
  kind: 'project';
  label: string;
  blockId: string;
  path: string;
  before: string;
  /** Merged with what the agent knows; where `conflict`, the file's own value. */
  after: string;
  description: string | null;
  conflict: boolean;
}

export type SharedCheck =
  | { state: 'none' | 'same' | 'untrusted' }
  | { state: 'refused'; message: string }
  | { state: 'proposal'; proposal: SharedProposal; text: string };

/**
 * Writes the block into the workspace, because a person asked for it. A version by others that was not decided on yet
 * is never overwritten. @param base see `checkShared`. @returns the text, the new `base` when it is `written` or
 * `same`. @throws FormatError, errors of the file system.
 */
export async function publishShared(
  workspace: string,
  block: MirrorBlock,
  maskSecrets: MaskSecrets,
  base: string | null,
): Promise<{ outcome: 'written' | 'same' | 'changed' | 'refused'; text: string; message: string }> {
  if (block.localOnly) {
    const message = t(
      '{0} is kept to local models, so it is not shared. Turn off “Local models only” in its details first.',
      LABEL,
    );
    return { outcome: 'refused', text: '', message };
  }
  const { text: value } = maskedText(block.value, maskSecrets);
  const text = toFile({ label: LABEL, description: maskSecrets(block.description), value });
  const file = await look(workspace, SHARED_PATH);
  if (file.kind === 'refused') return { outcome: 'refused', text, message: `${SHARED_PATH}: ${file.why}.` };
  const now = file.kind === 'file' ? Buffer.from(file.bytes).toString('utf8') : null;
  if (now !== null && lf(now) === lf(text))
    return { outcome: 'same', text, message: t('{0} is up to date.', SHARED_PATH) };
  const others = t('{0} was changed by someone else. Review that change first.', SHARED_PATH);
  if (now !== null && (base === null || lf(now) !== lf(base))) return { outcome: 'changed', text, message: others };
  if (!(await replace(workspace, SHARED_PATH, text, file))) return { outcome: 'changed', text, message: others };
  return { outcome: 'written', text, message: t('Written to {0}. Commit it to share it.', SHARED_PATH) };
}

/**
 * Looks for a version by others. Reads nothing in a workspace that is not trusted.
 * @param base the text of the file that this computer last wrote, or that a person last decided on (accepted or
 * rejected); kept by the host outside the workspace, null at first.
 */
export async function checkShared(
  workspace: string,
  trusted: boolean,
  block: MirrorBlock,
  maskSecrets: MaskSecrets,
  base: string | null,
): Promise<SharedCheck> {
  const file = await look(workspace, SHARED_PATH);
  if (file.kind === 'none') return { state: 'none' };
  if (!trusted) return { state: 'untrusted' };
  if (file.kind === 'refused')
    return { state: 'refused', message: t('{0}: {1}. It was left as it is.', SHARED_PATH, file.why) };
  try {
    const text = decode(file.bytes);
    if (base !== null && lf(text) === lf(base)) return { state: 'same' };
    const theirs = fromFile(text, LABEL);
    const here = maskedText(block.value, maskSecrets);
    if (theirs.value === here.text) return { state: 'same' };
    const from = base === null ? undefined : fromFile(base, LABEL).value;
    const merged = from === undefined ? undefined : merge3(from, here.text, theirs.value);
    const clean = merged?.outcome === 'clean';
    const after = unmasked(clean ? merged.text : theirs.value, here.real);
    if (after === null) {
      return { state: 'refused', message: t('{0} holds a masked secret that this memory does not know.', SHARED_PATH) };
    }
    const length = countCharacters(after);
    if (length > block.limit) {
      const message = t('{0} makes {1} characters; {2} may hold {3}.', SHARED_PATH, length, LABEL, block.limit);
      return { state: 'refused', message };
    }
    const description = theirs.description === maskSecrets(block.description) ? null : theirs.description;
    if (after === block.value && description === null) return { state: 'same' };
    const proposal: SharedProposal = {
      id: `project-${sha256(`${join(workspace, SHARED_PATH)}\0${lf(text)}`).slice(0, 16)}`,
      kind: 'project',
      label: block.label,
      blockId: block.id,
      path: SHARED_PATH,
      before: block.value,
      after,
      description,
      conflict: !clean,
    };
    return { state: 'proposal', proposal, text };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { state: 'refused', message: t('{0}: {1}. It was left as it is.', SHARED_PATH, error.message) };
  }
}
