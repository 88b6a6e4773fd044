// "Restore…" on a message of the person: files, conversation or both go back to before it. What exactly, VS Code asks.

import { IconButton } from '../ui/IconButton.tsx';
import { useApp } from '../use-app.ts';

export function RestoreMessage({ itemId }: { itemId: string }) {
  const app = useApp();
  const restore = () => {
    const { thread } = app.store.getState().feed;
    if (thread) void app.ask('restore', { threadId: thread.threadId, itemId });
  };
  return <IconButton icon="discard" label="Restore…" onClick={restore} />;
}
