// A fenced code block in the editor's colours, with what can be done with it.
import { memo, useContext, useEffect, useState } from 'react';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp } from '../use-app.ts';
import { isCommand, readFence } from './fence.ts';
import { Growing } from './growing.ts';
import { runsOf, useHighlight } from './highlight.ts';
import { PathLink } from './PathLink.tsx';
import { readable } from './readable.ts';

/** So long the button says that it worked. */
const COPIED_MS = 1_500;

/** `info`: what stands behind the fence. */
export const CodeBlock = memo(function CodeBlock({ code, info }: { code: string; info: string }) {
  const growing = useContext(Growing);
  const { language, path } = readFence(info);
  const shown = readable(code);
  const parts = pieces(shown);
  const { view, upTo } = useHighlight(shown, language, growing, parts.length);
  return (
    <div className="code-block" dir="ltr">
      <div className="code-head">
        <span className="code-name">{path === undefined ? language : <PathLink href={path}>{path}</PathLink>}</span>
        {!growing && <Actions code={code} language={language} path={path} />}
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {parts.map((piece, index) => (
            <Lines
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
              key={index}
              text={piece}
              first={index * LINES}
              colours={index < upTo ? view?.colours : undefined}
              lines={index < upTo ? view?.lines : undefined}
            />
          ))}
        </code>
      </pre>
    </div>
  );
});

interface LinesProps {
  text: string;
  /** The number of its first line in the block, from 0. */
  first: number;
  colours: readonly string[] | undefined;
  lines: readonly string[] | undefined;
}

const Lines = memo(function Lines({ text, first, colours, lines }: LinesProps) {
  if (!colours || !lines) return <span className="code-lines">{text}</span>;
  const drawn = text.split('\n').map((line, index, all) => {
    const key = `${first + index}`;
    return (
      <Line key={key} text={line} line={lines[first + index] ?? ''} colours={colours} last={index + 1 === all.length} />
    );
  });
  return <span className="code-lines">{drawn}</span>;
});

const STYLES = ['code-italic', 'code-bold', 'code-underlined', 'code-struck'];

function Line({
  text,
  line,
  colours,
  last,
}: {
  text: string;
  line: string;
  colours: readonly string[];
  last: boolean;
}) {
  const drawn = runsOf(text, line, colours).map(({ text: run, colour, style }, index) => {
    if (colour === '' && style === 0) return run;
    const key = `${index}`;
    const names = STYLES.filter((_, bit) => style & (1 << bit)).join(' ');
    // Set through the element's own `style` object, which the CSP allows; an attribute it would not.
    return (
      <span key={key} className={names || undefined} style={colour === '' ? undefined : { color: colour }}>
        {run}
      </span>
    );
  });
  return (
    <>
      {drawn}
      {last ? '' : '\n'}
    </>
  );
}

/** So many lines are laid out together: while code streams in, the browser does the last few again, not all of them. */
const LINES = 40;

function pieces(code: string): string[] {
  const found: string[] = [];
  let start = 0;
  let lines = 0;
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) {
    lines++;
    if (lines % LINES !== 0) continue;
    found.push(code.slice(start, at + 1));
    start = at + 1;
  }
  if (start < code.length || found.length === 0) found.push(code.slice(start));
  return found;
}

function Actions({ code, language, path }: { code: string; language: string; path: string | undefined }) {
  const app = useApp();
  const threadId = app.store.getState().feed.thread?.threadId;
  const text = code.replace(/\n+$/, '');
  if (text === '') return null;
  const named = path === undefined ? {} : { path };
  return (
    <>
      <IconButton icon="insert" label={t('Insert at cursor')} onClick={() => void app.ask('code.insert', { text })} />
      {isCommand(language) && (
        <IconButton icon="terminal" label={t('Run in terminal')} onClick={() => void app.ask('code.run', { text })} />
      )}
      {!isCommand(language) && threadId !== undefined && (
        <IconButton
          icon="diff-added"
          label={t('Apply to file')}
          title={path === undefined ? t('Apply to the file in front') : t('Apply to {0}', path)}
          onClick={() => void app.ask('code.apply', { threadId, text, ...named })}
        />
      )}
    </>
  );
}

function CopyButton({ text }: { text: string }) {
  const app = useApp();
  const [copied, setCopied] = useState(0);
  useEffect(() => {
    if (copied === 0) return;
    const timer = setTimeout(() => setCopied(0), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await app.ask('copy', { text })) setCopied((n) => n + 1);
  };
  return (
    <button
      type="button"
      className="copy"
      aria-label={t('Copy code')}
      title={t('Copy code')}
      onClick={() => void copy()}
    >
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{copied ? t('Copied') : ''}</span>
    </button>
  );
}
