// @vitest-environment happy-dom
// Code blocks, formulas, paths and unseen characters in an answer.
import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { HighlightView } from '../../../src/protocol/code-views.ts';
import type { Handlers } from '../../../src/protocol/rpc.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { isCommand, readFence } from '../../../webview-ui/src/markdown/fence.ts';
import { runsOf } from '../../../webview-ui/src/markdown/highlight.ts';
import { isPath, splitPaths } from '../../../webview-ui/src/markdown/paths.ts';
import { readable } from '../../../webview-ui/src/markdown/readable.ts';
import { openView } from './view.tsx';

afterEach(cleanup);

const waitingForIdle: (() => void)[] = [];
const idle = () => act(async () => waitingForIdle.splice(0).forEach((each) => void each()));

/** Opens a thread with one answer. */
async function answer(text: string, handlers: Partial<Handlers> = {}, state: 'done' | 'streaming' = 'done') {
  globalThis.requestIdleCallback = ((each: () => void) => waitingForIdle.push(each)) as never;
  const view = await openView({
    snapshot: snapshotOf([
      { kind: 'agent', id: 'a', parts: [{ type: 'text', id: 't', text }], state, date: '2026-01-01T00:00:00Z' },
    ]),
    handlers,
  });
  await idle();
  for (let i = 0; i < 3; i++) await view.settle();
  return view;
}

const asked = (view: Awaited<ReturnType<typeof answer>>, method: string) =>
  view.host.asked.filter((each) => each.method === method).map(({ params }) => params);

const COLOURS: HighlightView = { colours: ['', '#ff0000'], lines: ['5 1 2 3 0 0', '5 0 0'] };

describe('a code block', () => {
  it('is drawn in the colours that the host gives, and says the same words', async () => {
    const view = await answer('```ts\nconst a\nlet b\n```', { 'code.highlight': async () => COLOURS });
    const code = document.querySelector<HTMLElement>('pre code');
    expect(code?.textContent).toBe('const a\nlet b');
    const coloured = code?.querySelectorAll<HTMLElement>('span[style]');
    expect([...(coloured ?? [])].map((each) => [each.textContent, each.style.color, each.className])).toEqual([
      ['const', '#ff0000', 'code-bold'],
    ]);
    expect(asked(view, 'code.highlight')).toEqual([{ code: 'const a\nlet b', language: 'ts', theme: '' }]);
  });

  it('asks for other colours when the theme changes', async () => {
    const view = await answer('```ts\nconst a\n```', { 'code.highlight': async () => COLOURS });
    await act(async () => document.body.setAttribute('data-vscode-theme-id', 'Solarized Light'));
    await idle();
    await view.settle();
    expect(asked(view, 'code.highlight').at(-1)).toMatchObject({ theme: 'Solarized Light' });
    document.body.removeAttribute('data-vscode-theme-id');
  });

  it('is neither coloured nor acted on while it is still being written', async () => {
    const view = await answer('```ts\nconst a', { 'code.highlight': async () => COLOURS }, 'streaming');
    expect(asked(view, 'code.highlight')).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Apply to file' })).toBeNull();
    view.host.patch({ op: 'append', itemId: 'a', partType: 'text', partId: 't', text: '\n```\n\nDone.' });
    await view.settle();
    await idle();
    await view.settle();
    expect(asked(view, 'code.highlight')).toHaveLength(1);
    expect(screen.getByRole('button', { name: 'Apply to file' })).toBeTruthy();
  });

  it('is inserted, applied to the file that it names, or run', async () => {
    const view = await answer('```ts src/a.ts\nlet a;\n```\n\n```sh\nnpm test\n```');
    for (const button of screen.getAllByRole('button', { name: 'Insert at cursor' })) fireEvent.click(button);
    fireEvent.click(screen.getByRole('button', { name: 'Apply to file' }));
    fireEvent.click(screen.getByRole('button', { name: 'Run in terminal' }));
    await view.settle();
    expect(asked(view, 'code.insert')).toEqual([{ text: 'let a;' }, { text: 'npm test' }]);
    expect(asked(view, 'code.apply')).toEqual([
      { threadId: view.host.thread.threadId, text: 'let a;', path: 'src/a.ts' },
    ]);
    expect(asked(view, 'code.run')).toEqual([{ text: 'npm test' }]);
  });

  it('never loses or changes a character, whatever the colours say', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer({ min: -3, max: 40 })), (text, numbers) => {
        const runs = runsOf(text, numbers.join(' '), ['', '#fff']);
        expect(runs.map((run) => run.text).join('')).toBe(text);
      }),
    );
  });

  it.each([
    ['ts', { language: 'ts' }],
    ['TypeScript', { language: 'typescript' }],
    ['ts src/a.ts', { language: 'ts', path: 'src/a.ts' }],
    ['ts:src/a.ts', { language: 'ts', path: 'src/a.ts' }],
    ['src/a.py', { language: 'py', path: 'src/a.py' }],
    ['ts title="src/a b.ts" {1,3}', { language: 'ts', path: 'src/a b.ts' }],
    ['js{1,3}', { language: 'js' }],
    ['', { language: '' }],
  ])('reads the fence %j', (info, expected) => {
    expect(readFence(info)).toEqual(expected);
  });

  it('offers to run what is typed into a terminal, and nothing else', () => {
    expect(['bash', 'sh', 'powershell'].every(isCommand)).toBe(true);
    expect(['python', 'console', 'ts', ''].some(isCommand)).toBe(false);
  });
});

describe('a formula', () => {
  it('is drawn as MathML', async () => {
    const view = await answer('So \\(a^2\\), $\\frac{1}{2}$ and\n\n$$\nx_1 = \\text{<b>hi</b>}\n$$\n');
    for (let i = 0; i < 20 && !document.querySelector('math'); i++) await view.settle();
    expect(document.querySelectorAll('math')).toHaveLength(3);
    expect(document.querySelector('mfrac')?.textContent).toBe('12');
    expect(document.querySelector('math[display=block]')).toBeTruthy();
    expect(document.querySelector('.markdown b')).toBeNull();
  });

  it.each(['It costs $5 or $6 in all.', 'Set $HOME/bin and $PATH.', 'From $A to $B', 'Use `$a^2$` here'])(
    'is not seen in: %s',
    async (text) => {
      await answer(text);
      expect(document.querySelector('math, .formula-source')).toBeNull();
    },
  );

  it.each([
    '\\href{javascript:alert(1)}{x}',
    '\\htmlStyle{color:red}{x}',
    '\\includegraphics{https://evil.example/a.png}',
    '\\def\\a{\\a\\a}\\a',
    '\\frac{1}',
  ])('that is none stays as it is written: %s', async (formula) => {
    const view = await answer(`\\(${formula}\\)`);
    for (let i = 0; i < 3; i++) await view.settle();
    expect(document.querySelector('math, a, img')).toBeNull();
    expect(document.querySelector('.markdown')?.textContent).toContain(formula);
  });
});

describe('a path', () => {
  it('becomes a link once the host knows the file, at its line and column', async () => {
    const view = await answer('See src/a.ts:12:3, `src/b.ts` and src/gone.ts (or b/c.d). [x](src/z.ts)', {
      'links.find': async ({ hrefs }) => hrefs.map((href) => !href.includes('gone') && !href.includes('c.d')),
    });
    const links = screen.getAllByRole('link');
    expect(links.map((link) => link.textContent)).toEqual(['src/a.ts:12:3', 'src/b.ts', 'x']);
    fireEvent.click(links[0] as HTMLElement);
    await view.settle();
    expect(asked(view, 'openLink')).toEqual([{ href: 'src/a.ts:12:3' }]);
    expect(asked(view, 'links.find')).toHaveLength(1);
  });

  it.each([
    ['in src/a.ts, and', ['src/a.ts']],
    ['(src/a.ts:3).', ['src/a.ts:3']],
    ['a.ts:3 or ./b.test.tsx#L3-L9!', ['a.ts:3', './b.test.tsx#L3-L9']],
    ['C:\\src\\a.ts', ['C:\\src\\a.ts']],
    ['e.g. this, i.e. that; v1.2 and 3.5.1 and/or example.com', []],
    ['https://example.com/a.html', []],
  ])('is found in: %s', (text, expected) => {
    const pieces = splitPaths(text);
    expect(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.path]))).toEqual(expected);
  });

  it('never costs a character of the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('src/a.ts', ':', '12', ' ', '(', ').', 'a', '/', '\n', '*', '#L1')),
        (parts) => {
          const text = parts.join('');
          expect(
            splitPaths(text)
              .map((each) => (typeof each === 'string' ? each : each.path))
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });

  it('is sought in long words quickly', () => {
    const began = performance.now();
    for (const word of ['a.'.repeat(150), 'a/'.repeat(150), `${'a'.repeat(299)}.`]) isPath(word);
    splitPaths('a.b/'.repeat(5_000));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('text that could deceive', () => {
  it('shows what is hidden or reorders, and leaves out colours of a terminal', () => {
    expect(readable('a\u202Eb\u200Bc')).toBe('a⟨U+202E⟩b⟨U+200B⟩c');
    expect(readable('\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007text\u001b]8;;\u0007')).toBe(
      'red text',
    );
    expect(readable('שלום 👩‍👩‍👧 naïve')).toBe('שלום 👩‍👩‍👧 naïve');
  });

  it('is in sight in prose, code, links and what the person wrote; each paragraph finds its own direction', async () => {
    await answer('שלום ab\u202Ecd\n\n`x\u200By`\n\n```sh\nrm \u202Ea\n```\n\n[li\u2066nk](src/a.ts)');
    const text = document.querySelector('.markdown')?.textContent;
    for (const code of ['U+202E', 'U+200B', 'U+2066']) expect(text).toContain(code);
    expect(text).not.toMatch(/[\u202e\u200b\u2066]/);
    expect(document.querySelector('.markdown p')?.getAttribute('dir')).toBe('auto');
    expect(document.querySelector('.code-block')?.getAttribute('dir')).toBe('ltr');
  });
});
