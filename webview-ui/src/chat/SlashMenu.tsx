// What a message that begins with a slash may become: commands and skills, completed by keyboard or mouse.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { SkillView } from '../../../src/protocol/skill-views.ts';
import { SLASH_COMMANDS } from '../../../src/protocol/slash-commands.ts';
import { t } from '../l10n.tsx';
import { Choices, isPlain } from '../ui/Choices.tsx';
import { useApp, useAppState } from '../use-app.ts';

interface Choice {
  name: string;
  does: string;
  /** Where it lies; absent for a command. */
  location?: string;
}

const MOST = 50;
export const MENU_ID = 'slash-menu';
const optionId = (name: string): string => `slash-${name}`;

function callable(skills: readonly SkillView[]): Choice[] {
  const taken = new Set(SLASH_COMMANDS.map(({ name }) => name));
  return skills
    .filter(
      (s) => s.enabled && s.problems.length === 0 && !s.shadowedBy && !s.bare && !s.agentOnly && !taken.has(s.name),
    )
    .map(({ name, description, location }) => ({ name, does: description, location }));
}

/** Names that begin with what was typed, then those that hold it. */
export function choicesFor(typed: string, skills: readonly SkillView[]): Choice[] {
  const all = [...SLASH_COMMANDS, ...callable(skills)];
  const beginning = all.filter(({ name }) => name.startsWith(typed));
  const holding = typed.length < 2 ? [] : all.filter(({ name }) => !name.startsWith(typed) && name.includes(typed));
  return [...beginning, ...holding].slice(0, MOST);
}

export interface SlashMenuState {
  choices: readonly Choice[];
  at: number;
  /** The id of the option that Enter takes. */
  active: string | undefined;
  take(choice: Choice): void;
  /** @returns whether the key was meant for the menu */
  onKeyDown(event: KeyboardEvent): boolean;
}

/** @param complete puts the text into the composer */
export function useSlashMenu(draft: string, complete: (text: string) => void): SlashMenuState {
  const app = useApp();
  const skills = useAppState((s) => s.skills);
  const [at, setAt] = useState(0);
  const [closedFor, setClosedFor] = useState<string>();
  const typed = /^\/([a-z0-9-]*)$/.exec(draft)?.[1];
  const wants = typed !== undefined && skills === undefined;
  const asked = useRef(false);
  useEffect(() => {
    if (!wants || asked.current) return;
    asked.current = true;
    void app.loadSkills();
  }, [app, wants]);
  useEffect(() => {
    setAt(0);
    if (draft === '') setClosedFor(undefined);
  }, [draft]);
  const choices = typed === undefined || closedFor !== undefined ? [] : choicesFor(typed, skills ?? []);
  const chosen = choices[Math.min(at, choices.length - 1)];
  const take = ({ name }: Choice) => complete(`/${name} `);
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!chosen || !isPlain(event)) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((Math.min(at, choices.length - 1) + step + choices.length) % choices.length);
      return true;
    }
    if (event.key === 'Escape') {
      setClosedFor(draft);
      return true;
    }
    // What is written in full is sent.
    if (event.key !== 'Tab' && (event.key !== 'Enter' || choices.some(({ name }) => name === typed))) return false;
    take(chosen);
    return true;
  };
  return {
    choices,
    at: chosen ? choices.indexOf(chosen) : 0,
    active: chosen && optionId(chosen.name),
    take,
    onKeyDown,
  };
}

export function SlashMenu({ menu: { choices, at, take } }: { menu: SlashMenuState }) {
  const rows = choices.map(({ name, does, location }) => ({
    id: optionId(name),
    name: `/${name}`,
    detail: does,
    title: location,
  }));
  const onTake = (index: number) => {
    const chosen = choices[index];
    if (chosen) take(chosen);
  };
  return <Choices id={MENU_ID} label={t('Commands and skills')} choices={rows} at={at} onTake={onTake} />;
}
