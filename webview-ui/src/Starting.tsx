// Shown instead of a panel when the extension could not start.

import { Icon } from './ui/Icon.tsx';
import { useApp, useAppState } from './use-app.ts';

export function Starting() {
  const app = useApp();
  const failure = useAppState((s) => s.startFailure);
  return (
    <div className="start-failure" role="alert">
      <p className="failure-message">
        <Icon name="error" className="bad" />
        <span>Letta could not start: {failure}</span>
      </p>
      <button type="button" className="button" onClick={() => void app.start()}>
        Retry
      </button>
    </div>
  );
}
