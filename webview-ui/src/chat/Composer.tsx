// Where the person writes: a text box that grows, with model and permission mode under it.
import { type KeyboardEvent, useRef } from 'react';
import type { PermissionMode } from '../../../src/protocol/about-views.ts';
import { isComposing } from '../ui/composing.ts';
import { useFocusOnShow } from '../ui/focus.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { sentBefore } from './history.ts';
import { PinButton } from './Pin.tsx';
import { MESSAGE_WISH } from './reveal.ts';
import { MENU_ID, SlashMenu, useSlashMenu } from './SlashMenu.tsx';

const MODES: readonly { id: PermissionMode; label: string; title: string }[] = [
  { id: 'plan', label: 'Plan', title: 'Reads only; proposes, never changes' },
  { id: 'standard', label: 'Standard', title: 'Reads pass; edits and commands ask' },
  { id: 'acceptEdits', label: 'Accept edits', title: 'Reads and edits in the workspace pass; commands ask' },
  { id: 'unrestricted', label: 'Unrestricted', title: 'Everything in the workspace passes; protected files still ask' },
  { id: 'strict', label: 'Strict', title: 'Everything asks' },
];

/** Whatever else the host names in the Chat panel, the text box is where a person goes on. */
const noMessage = (name: string | undefined) => name?.startsWith(MESSAGE_WISH) !== true;

export function Composer({ shown }: { shown: boolean }) {
  const app = useApp();
  const threadId = useAppState((s) => s.feed.thread?.threadId ?? s.savedThreadId ?? '');
  const draft = useAppState((s) => s.drafts[threadId] ?? '');
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const ready = useAppState((s) => s.phase !== 'failed' && s.feed.thread !== undefined);
  const box = useRef<HTMLTextAreaElement>(null);
  const recalled = useRef(-1);
  const menu = useSlashMenu(draft, (text) => app.setDraft(threadId, text));
  useFocusOnShow('chat', shown, noMessage, () => box.current);

  const send = () => {
    recalled.current = -1;
    void app.send();
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    if (menu.onKeyDown(event)) event.preventDefault();
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.shiftKey) {
      const found = recall(event.key === 'ArrowUp' ? 1 : -1);
      if (!found) return;
      event.preventDefault();
    }
  };

  /** Steps through what was sent in this thread, while the box is empty or still holds what a step put there. */
  const recall = (step: 1 | -1): boolean => {
    const sent = sentBefore(app.store.getState().feed.thread?.items ?? []);
    const untouched = recalled.current >= 0 && draft === sent[recalled.current];
    if (draft !== '' && !untouched) return false;
    const next = (untouched ? recalled.current : -1) + step;
    if (next < -1 || next >= sent.length) return false;
    recalled.current = next;
    app.setDraft(threadId, sent[next] ?? '');
    return true;
  };

  return (
    <div className="composer">
      <SlashMenu menu={menu} />
      <textarea
        ref={box}
        className="composer-text"
        rows={1}
        aria-label="Message the agent"
        placeholder="Message the agent"
        aria-autocomplete="list"
        {...(menu.active ? { 'aria-controls': MENU_ID, 'aria-activedescendant': menu.active } : {})}
        value={draft}
        onChange={(event) => app.setDraft(threadId, event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="composer-bar">
        <IconButton icon="attach" label="Attach" disabled={!ready} onClick={() => void app.ask('attach', {})} />
        <ModePicker />
        <ModelPicker />
        <PinButton disabled={!ready || running} />
        <span className="spacer" />
        {/* Stop never takes Send's place: a double click or a second Enter must not stop what the first began. */}
        {running && <IconButton icon="debug-stop" label="Stop" onClick={() => void app.act('stop')} />}
        <IconButton
          icon="send"
          label="Send"
          className="send"
          disabled={!ready || running || draft.trim() === ''}
          onClick={send}
        />
      </div>
    </div>
  );
}

function ModePicker() {
  const app = useApp();
  const mode = useAppState((s) => s.mode);
  return (
    <select
      className="picker"
      aria-label="Permission mode"
      title={`Permission mode: ${MODES.find((m) => m.id === mode)?.title ?? mode}`}
      value={mode}
      onChange={(event) => {
        const chosen = MODES.find((m) => m.id === event.target.value);
        if (chosen) void app.ask('mode.select', { mode: chosen.id });
      }}
    >
      {MODES.map(({ id, label, title }) => (
        <option key={id} value={id} title={title}>
          {label}
        </option>
      ))}
    </select>
  );
}

function ModelPicker() {
  const app = useApp();
  const models = useAppState((s) => s.models);
  const model = useAppState((s) => s.about?.model ?? '');
  const known = models.some((m) => m.handle === model);
  return (
    <select
      className="picker model"
      aria-label="Model"
      title={`Model: ${model || 'none'}`}
      value={model}
      onChange={(event) => void app.ask('model.select', { handle: event.target.value })}
    >
      {!known && <option value={model}>{model || 'No model'}</option>}
      {models.map(({ handle, name, provider }) => (
        <option key={handle} value={handle} title={handle}>
          {models.some((m) => m.name === name && m.handle !== handle) ? `${name} (${provider})` : name}
        </option>
      ))}
    </select>
  );
}
