// Which words stand anywhere in the workspace: a name that nothing in it contains is used by nothing in it.
import { baseName, type Workspace } from './workspace.ts';

/** What tells of the past: a name in it may be gone. */
const HISTORY = /(?:^|\/)(?:CHANGELOG|CHANGES|HISTORY|NEWS|RELEASES?)(?:\.\w+)?$|(?:^|\/)(?:adrs?|decisions|rfcs?)\//i;
/** Texts that no one writes by hand hold any word. */
const MACHINE = /\.(?:svg|map|snap|csv|tsv|po|lock|ipynb)$|\.min\.\w+$|-lock\.\w+$|(?:^|\/)go\.sum$/i;

const squeezed = (word: string): string => word.toLowerCase().replace(/[^a-z\d]/g, '');

/** All words of all files and of their paths, lower case, joined names whole and in parts. */
function vocabularyOf(workspace: Workspace): Promise<ReadonlySet<string>> {
  return workspace.once('vocabulary', async () => {
    const words = new Set<string>();
    const add = (text: string): void => {
      for (const [word] of text.matchAll(/[A-Za-z][\w-]*/g)) words.add(squeezed(word));
    };
    for (const path of await workspace.files()) {
      add(path);
      if (HISTORY.test(path) || (MACHINE.test(path) && !/lock/i.test(baseName(path)))) continue;
      add((await workspace.text(path)) ?? '');
    }
    return words;
  });
}

/** Whether any word of the workspace contains this one, however it is spelled: `Testing Library`, `testing-library`. */
export function isKnown(name: string, workspace: Workspace): Promise<boolean> {
  const wanted = squeezed(name);
  return workspace.once(`known ${wanted}`, async () => {
    if (wanted.length < 2) return true;
    const words = await vocabularyOf(workspace);
    if (words.has(wanted)) return true;
    for (const word of words) if (word.includes(wanted)) return true;
    return false;
  });
}
