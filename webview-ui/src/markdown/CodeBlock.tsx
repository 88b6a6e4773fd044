// A fenced code block with its language and a Copy button.
import { memo, useEffect, useState } from 'react';
import { Icon } from '../ui/Icon.tsx';
import { useApp } from '../use-app.ts';

/** So long the button says that it worked. */
const COPIED_MS = 1_500;

export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string }) {
  return (
    <div className="code-block">
      <div className="code-head">
        <span>{language}</span>
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {pieces(code).map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
            <Lines key={index} text={piece} />
          ))}
        </code>
      </pre>
    </div>
  );
});

const Lines = memo(function Lines({ text }: { text: string }) {
  return <span className="code-lines">{text}</span>;
});

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
    <button type="button" className="copy" aria-label="Copy code" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{copied ? 'Copied' : ''}</span>
    </button>
  );
}
