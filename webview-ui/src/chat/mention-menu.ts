// What `@` in the composer offers: asked of the host while it is typed, taken by keyboard or mouse.
import { type KeyboardEvent, useEffect, useState } from 'react';
import type { Mention } from '../../../src/protocol/attachments.ts';
import { type Choice, isPlain } from '../ui/Choices.tsx';
import { useApp } from '../use-app.ts';
import { ATTACHMENT_KINDS } from './attachment-kinds.ts';

export const MENTIONS_ID = 'mentions';
/** Milliseconds without another letter before the host is asked. */
const PAUSE_MS = 60;
/** Behind a letter it is an address of mail. */
const TYPED = /(?:^|[\s([{"'`])@([^\s@]*)$/;

/** What stands between `@` and the caret; undefined: no mention is being typed. */
export const typedMention = (before: string): string | undefined => TYPED.exec(before)?.[1];

export interface MentionMenu {
  choices: readonly Choice[];
  at: number;
  /** The id of the option that Enter takes. */
  active: string | undefined;
  take(index: number): void;
  /** @returns whether the key was meant for the menu */
  onKeyDown(event: KeyboardEvent): boolean;
}

interface Found {
  typed: string;
  mentions: readonly Mention[];
}

/**
 * @param before the draft up to the caret
 * @param take puts a text in place of `@` and what was typed behind it; `mention` goes along, where it is one
 */
export function useMentions(
  before: string,
  take: (typed: string, text: string, mention?: Mention) => void,
): MentionMenu {
  const app = useApp();
  const typed = typedMention(before);
  const [found, setFound] = useState<Found>();
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(false);
  useEffect(() => {
    setAt(0);
    if (typed === undefined) {
      setFound(undefined);
      setClosed(false);
      return;
    }
    let current = true;
    const asking = setTimeout(async () => {
      const mentions = await app.ask('attach.find', { typed });
      if (current) setFound({ typed, mentions: mentions ?? [] });
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(asking);
    };
  }, [app, typed]);
  const open = typed !== undefined && !closed;
  const mentions = open ? (found?.mentions ?? []) : [];
  const fresh = found?.typed === typed;
  const chosen = mentions[at];
  const takeAt = (index: number) => {
    const mention = mentions[index];
    if (!mention || typed === undefined) return;
    const { kind, label, ref, lines } = mention;
    // A kind, to go on with.
    if (ref === '' && label.endsWith(':')) take(typed, `@${label}`);
    // Names of several words would not be told from the text.
    else
      take(typed, /\s/.test(label) ? '' : `@${label} `, { kind, label, ref, detail: '', ...(lines ? { lines } : {}) });
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!open || !isPlain(event)) return false;
    if (event.key === 'Escape') {
      setClosed(true);
      return mentions.length > 0;
    }
    // A name that is still looked for must not be sent as it is.
    if (!fresh && typed !== '' && (event.key === 'Enter' || event.key === 'Tab')) return true;
    if (!chosen) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + mentions.length) % mentions.length);
      return true;
    }
    if (event.key !== 'Tab' && event.key !== 'Enter') return false;
    takeAt(at);
    return true;
  };
  return {
    choices: mentions.map(({ kind, label, detail }, index) => ({
      id: `mention-${index}`,
      name: label,
      detail: detail || ATTACHMENT_KINDS[kind],
    })),
    at,
    active: chosen && `mention-${at}`,
    take: takeAt,
    onKeyDown,
  };
}
