// A fenced code block with its language and a Copy button.
import { memo, useEffect, useState } from 'react';
import { useApp } from '../app.ts';
import { Icon } from '../ui/Icon.tsx';

/** So long the button says that it worked. */
const COPIED_MS = 1_500;

export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string }) {
  return (
    <div className="code-block">
      <div className="code-head">
        <span className="code-language">{language}</span>
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </div>
  );
});

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
