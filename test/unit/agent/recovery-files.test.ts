// A call that moves, deletes and changes several files, cut short after each of its steps: what became of it is told rightly.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../../src/agent/files.ts';
import type { Intent } from '../../../src/agent/journal-records.ts';
import { settle, settled } from '../../../src/agent/recovery.ts';
import { standingText } from '../../../src/editor/content.ts';
import { operationsOf } from '../../../src/editor/operations.ts';
import { filesTool } from '../../../src/tools/files.ts';
import type { Plan } from '../../../src/tools/tool.ts';
import { DiskEditor } from '../tools/disk-editor.ts';

const intentOf = ({ targets }: Plan): Intent => ({
  kind: 'intent',
  at: '2026-01-01T00:00:00.000Z',
  callId: 'a',
  print: 'p',
  tool: 'Files',
  changes: true,
  targets: targets.map(({ path, before, after }) => ({ path, before: hashOf(before), after: hashOf(after) })),
});

/** What the editor does, in its order, as single steps between which a process may die. */
function stepsOf({ targets }: Plan): (() => void)[] {
  const { folders, creates, moves, deletes, edits } = operationsOf(targets);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const inside = (path: string): string[] =>
    statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => inside(join(path, name))) : [path];
  return [
    ...folders.map(
      ({ path }) =>
        () =>
          void mkdirSync(path, { recursive: true }),
    ),
    ...creates.map(
      ({ path, after }) =>
        () =>
          write(path, after ?? ''),
    ),
    ...moves.map(({ from, to }) => () => {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    }),
    // A folder goes file by file.
    ...deletes.flatMap(({ path, opaque }) => [
      ...(opaque ? inside(path).map((one) => () => rmSync(one)) : []),
      () => rmSync(path, { recursive: true }),
    ]),
    ...edits.map(
      ({ path, after }) =>
        () =>
          write(path, after),
    ),
  ];
}

function workspace(): DiskEditor {
  const editor = new DiskEditor();
  editor.put('a.txt', 'a\n');
  editor.put('b.txt', 'b\n');
  editor.put('box/c.txt', 'c\n');
  editor.put('box/deep/d.txt', 'd\n');
  writeFileSync(editor.put('box/data.bin', ''), Buffer.from([0, 255]));
  symlinkSync('c.txt', editor.path('box/link'));
  return editor;
}

const context = { callId: 'c', threadId: 't', signal: new AbortController().signal, update: () => {} };
const patch = (...lines: string[]) => ({
  operation: 'patch' as const,
  patch: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n'),
});

const CALLS = {
  'a move of a file': { operation: 'move' as const, path: 'a.txt', to: 'new/a.txt' },
  'a move of a folder': { operation: 'move' as const, path: 'box', to: 'new/crate' },
  'a deletion of a folder': { operation: 'delete' as const, path: 'box' },
  'a deletion of a file': { operation: 'delete' as const, path: 'b.txt' },
  'a new folder': { operation: 'mkdir' as const, path: 'x/y' },
  'a patch of everything': patch(
    '*** Update File: a.txt',
    '*** Move to: moved/a.txt',
    '@@',
    '-a',
    '+A',
    '*** Delete File: b.txt',
    '*** Add File: new.txt',
    '+new',
    '*** Update File: box/c.txt',
    '@@',
    '-c',
    '+C',
  ),
};

describe.each(Object.entries(CALLS))('%s', (_name, input) => {
  const planned = async (editor: DiskEditor): Promise<Plan> => {
    const plan = await filesTool(editor, () => false).plan?.(input, context);
    if (plan === undefined) throw new Error('There is no plan.');
    return plan;
  };

  test('is not applied before its first step, applied after its last, and in between told file by file', async () => {
    const editor = workspace();
    try {
      const plan = await planned(editor);
      const intent = intentOf(plan);
      const read = (path: string) => standingText(path, (at) => editor.read(at));
      const steps = stepsOf(plan);
      expect(await settle(intent, read)).toBe('not_applied');
      for (const [index, step] of steps.entries()) {
        step();
        const last = index === steps.length - 1;
        expect(await settle(intent, read)).toBe(last ? 'applied' : 'unknown');
        const { status, text } = await settled(intent, read);
        expect(status).toBe(last ? 'success' : 'error');
        if (!last) expect(text).toMatch(/done in part\. (As|Neither)/);
      }
    } finally {
      editor.dispose();
    }
  });

  test('is never told as done or undone once anything of it is otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 20 }), fc.boolean(), async (pick, finished) => {
        const editor = workspace();
        try {
          const plan = await planned(editor);
          const intent = intentOf(plan);
          const read = (path: string) => standingText(path, (at) => editor.read(at));
          if (finished) for (const step of stepsOf(plan)) step();
          const texts = plan.targets.filter((target) => !target.opaque);
          const path = texts[pick % texts.length]?.path ?? plan.targets[0]?.path ?? '';
          rmSync(path, { recursive: true, force: true });
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, 'written by somebody else\n');
          expect(await settle(intent, read)).toBe('unknown');
        } finally {
          editor.dispose();
        }
      }),
      { numRuns: 20, seed: 4 },
    );
  });
});
