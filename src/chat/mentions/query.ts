// What was typed behind `@`: a kind, a name, a range of lines. Pure.
import type { AttachmentKind } from '../../protocol/attachments.ts';
import { t } from '../../protocol/l10n.ts';

/** Kinds that can be asked for by name: `@commit:`. */
export const NAMED_KINDS = [
  { kind: 'file', name: 'file', does: t('A file of the workspace; lines as file.ts:10-20') },
  { kind: 'folder', name: 'folder', does: t('What a folder holds') },
  { kind: 'symbol', name: 'symbol', does: t('A function, class or variable') },
  { kind: 'commit', name: 'commit', does: t('A commit and what it changed') },
  { kind: 'terminal', name: 'terminal', does: t('What a command in a terminal has written') },
  { kind: 'thread', name: 'thread', does: t('What was said in another thread') },
  { kind: 'memory', name: 'memory', does: t('A memory block') },
  { kind: 'skill', name: 'skill', does: t('A skill, to be followed now') },
] as const satisfies readonly { kind: AttachmentKind; name: string; does: string }[];

export interface MentionQuery {
  kind: AttachmentKind | undefined;
  /** Without kind and lines. */
  text: string;
  lines: [number, number] | undefined;
}

/** `src/a.ts:10-20`, `commit:fix`, `https://…`; what fits nothing is a name. */
export function parseQuery(typed: string): MentionQuery {
  if (/^https?:\/\//i.test(typed)) return { kind: 'url', text: typed, lines: undefined };
  const [, word = '', rest = ''] = /^([a-z]+):(.*)$/i.exec(typed) ?? [];
  const named = NAMED_KINDS.find(({ name }) => name === word.toLowerCase());
  const text = named ? rest : typed;
  const [, name, from, to] = /^(.+?):(\d{1,7})(?:-(\d{1,7})?)?$/.exec(text) ?? [];
  if (name === undefined) return { kind: named?.kind, text: text.replace(/:$/, ''), lines: undefined };
  const first = Math.max(1, Number(from));
  return { kind: named?.kind, text: name, lines: [first, Math.max(first, Number(to ?? from))] };
}

/** As a chip says it. */
export const withLines = (name: string, lines: readonly [number, number] | undefined): string => {
  if (!lines) return name;
  return lines[0] === lines[1] ? `${name}:${lines[0]}` : `${name}:${lines[0]}-${lines[1]}`;
};
