// What the model would see now in the shown thread: part by part, with what each costs and what is new.
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import type { ContextView } from '../../../src/protocol/memory-views.ts';
import { plural, t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { Meter } from '../ui/Meter.tsx';
import { SectionHead } from '../ui/Section.tsx';
import { inWords } from '../ui/spent.ts';
import { useApp, useAppState } from '../use-app.ts';
import { Mark } from './Doubts.tsx';

/** More of a part is for the log, not for a side bar. */
const MAX_TEXT = 20_000;

export function Context({ shown }: { shown: boolean }) {
  const app = useApp();
  const open = useAppState((s) => s.unfolded['section:context'] ?? false);
  const threadId = useAppState((s) => s.feed.thread?.threadId);
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const [context, setContext] = useState<ContextView>();
  const body = useRef<HTMLDivElement>(null);
  const justOpened = useRef(false);
  const latest = useLatest();
  const bodyId = useId();

  const load = useCallback(async () => {
    if (threadId === undefined) return;
    const isLatest = latest();
    const found = await app.ask('context.show', { threadId });
    if (found && isLatest()) setContext(found);
  }, [app, threadId, latest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what a turn has added is shown once it ended
  useEffect(() => {
    if (open && shown) void load();
  }, [open, shown, load, running]);

  useEffect(() => {
    // Opened at the lower edge: what has come is brought into sight, once.
    if (context && justOpened.current) body.current?.scrollIntoView({ block: 'start' });
    if (context) justOpened.current = false;
  }, [context]);

  return (
    <>
      <SectionHead
        title={t('Context')}
        note={context && inWords(context.total)}
        bodyId={bodyId}
        open={open}
        onToggle={(value) => {
          justOpened.current = value;
          app.unfold('section:context', value);
        }}
        actions={open && <IconButton icon="refresh" label={t('Refresh')} onClick={() => void load()} />}
      />
      <div className="section-body" id={bodyId} ref={body} hidden={!open}>
        {open && (context ? <Parts context={context} /> : <p className="quiet">{t('Loading…')}</p>)}
      </div>
    </>
  );
}

function Parts({ context: { parts, total, window } }: { context: ContextView }) {
  const text = window === null ? inWords(total) : plural(window, '{1} of {0} token', '{1} of {0} tokens', total);
  return (
    <>
      <p className="quiet">{t('What the model would see now in the shown thread.')}</p>
      <Withheld />
      {window !== null && <Meter label={t('Context')} value={total} max={window} text={text} />}
      <p className="block-size">
        <span>{text}</span>
      </p>
      <ul className="parts" aria-label={t('Context')}>
        {parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two parts may have one name
          <Part key={index} part={part} total={total} />
        ))}
      </ul>
    </>
  );
}

/** Blocks that the model in use does not see. */
function Withheld() {
  const handle = useAppState((s) => s.about?.model);
  const local = useAppState((s) => s.models.find((model) => model.handle === handle)?.local);
  const blocks = useAppState((s) => s.blocks);
  const kept = (blocks ?? []).filter((block) => block.localOnly).map(({ label }) => label);
  if (kept.length === 0 || local === true || !handle) return null;
  return (
    <p className="quiet">
      <Icon name="circle-slash" /> {t('Not shown to {0}, kept to local models: {1}.', handle, kept.join(', '))}
    </p>
  );
}

function Part({ part, total }: { part: ContextView['parts'][number]; total: number }) {
  const [open, setOpen] = useState(false);
  const bodyId = useId();
  const { name, tokens, text, changed } = part;
  const share = total > 0 ? tokens / total : 0;
  return (
    <li>
      <button
        type="button"
        className="part-head"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'chevron-down' : 'chevron-right'} />
        <span className="part-name">{name}</span>
        {changed && <Mark icon="edit" text={t('Changed')} title={t('The model has not seen it like this yet')} />}
        <span className="part-tokens">{inWords(tokens)}</span>
        <span className="part-bar" aria-hidden="true">
          <span className="part-fill" style={{ width: `${share * 100}%` }} />
        </span>
      </button>
      <div id={bodyId} hidden={!open}>
        {open && (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <pre className="part-text" tabIndex={0}>
              {text.slice(0, MAX_TEXT)}
            </pre>
            {text.length > MAX_TEXT && (
              <p className="quiet">{plural(text.length - MAX_TEXT, '{0} more character', '{0} more characters')}</p>
            )}
          </>
        )}
      </div>
    </li>
  );
}
