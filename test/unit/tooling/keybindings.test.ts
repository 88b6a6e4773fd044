// None of our keys is one of VS Code's own, on any platform.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';

interface Binding {
  command: string;
  key: string;
  mac?: string;
  win?: string;
  linux?: string;
  when?: string;
}

/**
 * What *Preferences: Open Default Keyboard Shortcuts (JSON)* of VS Code 1.139.1 lists, by key: when each counts; '' is always. Of a Mac
 * only what begins with Cmd+K (`scripts/read-keybindings.ts`).
 */
const DEFAULTS = JSON.parse(readFileSync(join(root, 'test', 'fixtures', 'default-keybindings.json'), 'utf8')) as Record<
  'linux' | 'mac' | 'windows',
  Record<string, string[]>
>;

const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  contributes: { keybindings: Binding[] };
};

/** With the modifiers of each stroke in one order. */
const plain = (key: string): string =>
  key
    .toLowerCase()
    .split(' ')
    .map((stroke) => {
      const parts = stroke.replaceAll('win+', 'meta+').split('+');
      return [...parts.slice(0, -1).sort(), parts.at(-1)].join('+');
    })
    .join(' ');

const keyOn = ({ key, mac, win, linux }: Binding, os: keyof typeof DEFAULTS): string =>
  plain({ mac, windows: win, linux }[os] ?? key);

test.each(['linux', 'mac', 'windows'] as const)('on %s', (os) => {
  const defaults = new Map(Object.entries(DEFAULTS[os]).map(([key, when]) => [plain(key), when]));
  // The table is whole.
  expect(defaults.size).toBeGreaterThan(os === 'mac' ? 60 : 400);
  expect(defaults.has(plain(os === 'mac' ? 'cmd+k cmd+s' : 'ctrl+k ctrl+s'))).toBe(true);
  for (const binding of contributes.keybindings) {
    const key = keyOn(binding, os);
    expect([binding.command, key, defaults.get(key)]).toEqual([binding.command, key, undefined]);
    const [first = '', second] = key.split(' ');
    if (second === undefined) {
      const chords = [...defaults.keys()].filter((each) => each.startsWith(`${key} `));
      expect([binding.command, chords]).toEqual([binding.command, []]);
      continue;
    }
    // Where the first stroke does something by itself, ours must not count: it would wait for the second one.
    for (const when of defaults.get(first) ?? []) {
      // VS Code's way of saying never.
      if (when === 'false') continue;
      const place = /^(terminal|editor|chat|list|notebook)\w*Focus\b/.exec(when)?.[1] ?? when;
      const apart = binding.when?.includes('editorTextFocus')
        ? place !== 'editor'
        : binding.when?.includes(`!${place}`);
      expect([binding.command, first, when, apart]).toEqual([binding.command, first, when, true]);
    }
  }
});
