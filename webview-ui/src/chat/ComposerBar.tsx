// The line under the text box: what goes along, mode and model, and the buttons that send and stop.
import type { ModelView, PermissionMode } from '../../../src/protocol/about-views.ts';
import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { attach } from './attach.ts';
import { ContextMeter } from './ContextMeter.tsx';
import { PinButton } from './Pin.tsx';

const MODES: readonly { id: PermissionMode; label: string; title: string }[] = [
  { id: 'plan', label: t('Plan'), title: t('Reads only; proposes, never changes') },
  { id: 'standard', label: t('Standard'), title: t('Reads pass; edits and commands ask') },
  { id: 'acceptEdits', label: t('Accept edits'), title: t('Reads and edits in the workspace pass; commands ask') },
  {
    id: 'unrestricted',
    label: t('Unrestricted'),
    title: t('Everything in the workspace passes; protected files still ask'),
  },
  { id: 'strict', label: t('Strict'), title: t('Everything asks') },
];

interface BarProps {
  ready: boolean;
  running: boolean;
  /** Nothing is written. */
  empty: boolean;
  onSend: () => void;
}

export function ComposerBar({ ready, running, empty, onSend }: BarProps) {
  const app = useApp();
  const pick = async () => attach(app, (await app.ask('attach', {})) ?? []);
  return (
    <div className="composer-bar">
      <IconButton icon="attach" label={t('Attach')} disabled={!ready} onClick={() => void pick()} />
      <ModePicker />
      <ModelPicker />
      <span className="row-break" />
      <PinButton disabled={!ready || running} />
      <ContextMeter disabled={!ready} />
      <span className="spacer" />
      {/* Stop never takes Send's place: a double click or a second Enter must not stop what the first began. */}
      {running && <IconButton icon="debug-stop" label={t('Stop')} onClick={() => void app.act('stop')} />}
      <IconButton
        icon="send"
        label={t('Send')}
        title={running ? t('Send when the answer is done') : t('Send')}
        className="send"
        disabled={!ready || empty}
        onClick={onSend}
      />
    </div>
  );
}

function ModePicker() {
  const app = useApp();
  const mode = useAppState((s) => s.mode);
  return (
    <select
      className="picker"
      aria-label={t('Permission mode')}
      title={t('Permission mode: {0}', MODES.find((m) => m.id === mode)?.title ?? mode)}
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

/** So many are listed at once; the others are found by *All models…*. */
const FEW = 12;
/** Not a handle: those have a slash. */
const ALL = 'all';

function ModelPicker() {
  const app = useApp();
  const models = useAppState((s) => s.models);
  const model = useAppState((s) => s.about?.model ?? '');
  const threadId = useAppState((s) => s.feed.thread?.threadId);
  const known = models.some((m) => m.handle === model);
  const starred = models.filter((m) => m.favourite);
  const few = models.length <= FEW;
  const rest = models.filter((m) => !m.favourite && (few || m.recent || m.demo || m.handle === model));
  const choose = (handle: string) => {
    if (handle !== ALL) void app.ask('model.select', { handle });
    else if (threadId) void app.ask('send', { threadId, text: '/model' });
  };
  const option = ({ handle, name, provider }: ModelView) => (
    <option key={handle} value={handle} title={handle}>
      {models.some((m) => m.name === name && m.handle !== handle) ? `${name} (${provider})` : name}
    </option>
  );
  return (
    <select
      className="picker model"
      aria-label={t('Model')}
      title={t('Model: {0}', model || t('none yet'))}
      value={model}
      onChange={(event) => choose(event.target.value)}
    >
      {!known && <option value={model}>{model || t('No model')}</option>}
      {starred.length > 0 && <optgroup label={t('Favourites')}>{starred.map(option)}</optgroup>}
      {starred.length > 0 ? (
        <optgroup label={few ? t('Models') : t('Chosen last')}>{rest.map(option)}</optgroup>
      ) : (
        rest.map(option)
      )}
      {models.length > 0 && (
        <option value={ALL} title={t('Search, context windows, prices, favourites')}>
          {t('All models…')}
        </option>
      )}
    </select>
  );
}
