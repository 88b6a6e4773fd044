// Where the demo program files a note, and what it finds again.
import type { MemoryBlock } from './demo-prompt.ts';
import { fold, isSameWord, relate, words } from './demo-words.ts';

export type NotePlan =
  | { kind: 'known'; label: string; line: string }
  | { kind: 'replace'; label: string; before: string; after: string }
  | { kind: 'insert'; label: string; text: string };

/** Which kinds of notes the blocks of a new agent hold; anything else is a convention. */
const FITTING: { label: string; speaks: RegExp }[] = [
  {
    label: 'persona',
    speaks: /\b(you are|your name|you should (answer|speak|reply|be)|answer me|be (brief|concise))\b/i,
  },
  {
    label: 'human',
    speaks:
      /\b(my (name|email|timezone|role|pronouns|editor|team|job)|i am|i'm|i prefer|i like|i live|i work|call me)\b/i,
  },
  {
    label: 'lessons',
    speaks: /\b(bug|dead end|turned out|root cause|lesson|gotcha|workaround|broke|fails? (when|because|if))\b/i,
  },
  {
    label: 'project',
    speaks:
      /\b(architecture|deploy(s|ed)?|database|server|endpoint|api|port|build command|repository|runs? (on|with)|lives in)\b/i,
  },
];

function bulletOf(line: string): string {
  return /^\s*[-*•]\s+/.exec(line)?.[0] ?? '';
}

/** The block a note belongs to, by what it speaks of, else by the words of the blocks' descriptions. */
function pickBlock(note: string, blocks: MemoryBlock[]): MemoryBlock | undefined {
  const writable = blocks.filter((block) => !block.readOnly);
  const byLabel = (label: string) => writable.find((block) => block.label === label);
  const wanted = FITTING.find((entry) => entry.speaks.test(note))?.label ?? 'conventions';
  const inNote = words(note);
  const overlap = (block: MemoryBlock) =>
    words(block.description).filter((word) => inNote.some((other) => isSameWord(word, other))).length;
  const fitting =
    byLabel(wanted) ??
    writable.filter((block) => block.label !== 'persona').toSorted((a, b) => overlap(b) - overlap(a))[0] ??
    writable[0];
  const isFull = fitting !== undefined && fitting.value.length + note.length + 3 > fitting.limit;
  return isFull ? (byLabel('inbox') ?? fitting) : fitting;
}

/** What to do with a note; undefined when there is no block to write to. */
export function planNote(note: string, blocks: MemoryBlock[]): NotePlan | undefined {
  const fitting = pickBlock(note, blocks);
  const isLong = note.includes('\n');
  let contradicted: NotePlan | undefined;
  for (const block of blocks) {
    if (isLong && fold(block.value).includes(fold(note))) return { kind: 'known', label: block.label, line: note };
    for (const line of block.value.split('\n')) {
      if (isLong || line.trim() === '') continue;
      const relation = relate(note, line);
      if (relation === 'same') return { kind: 'known', label: block.label, line };
      const isBetter = contradicted === undefined || block.label === fitting?.label;
      if (relation === 'contradicts' && !block.readOnly && isBetter) {
        contradicted = { kind: 'replace', label: block.label, before: line, after: bulletOf(line) + note };
      }
    }
  }
  if (contradicted) return contradicted;
  if (fitting === undefined) return undefined;
  const last = fitting.value.split('\n').findLast((line) => line.trim() !== '') ?? '';
  return { kind: 'insert', label: fitting.label, text: (isLong ? '' : bulletOf(last)) + note };
}

export interface Found {
  label: string;
  line: string;
}

/** Lines that speak of the subject, best first; of a block whose label is named, all. An empty subject finds every line. */
export function findLines(subject: string, blocks: MemoryBlock[]): Found[] {
  const all = blocks.flatMap((block) =>
    block.value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ label: block.label, line: line.trim() }])),
  );
  if (subject.trim() === '') return all;
  const isMe = /^(me|myself)\b/i.test(subject.trim());
  const wanted = words(subject);
  const score = (found: Found): number => {
    if ((isMe && found.label === 'human') || wanted.some((word) => isSameWord(word, found.label)))
      return wanted.length + 1;
    const inLine = words(found.line);
    return wanted.filter((word) => inLine.some((other) => isSameWord(word, other))).length;
  };
  return all
    .map((found) => ({ found, score: score(found) }))
    .filter((entry) => entry.score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map((entry) => entry.found);
}
