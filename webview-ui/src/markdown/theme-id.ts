// The colour theme that VS Code shows this page in.
import { useSyncExternalStore } from 'react';

/** Set by VS Code on the body, and set anew when the theme changes. */
const ATTRIBUTE = 'data-vscode-theme-id';

const themeId = (): string => document.body.getAttribute(ATTRIBUTE) ?? '';

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: [ATTRIBUTE] });
  return () => observer.disconnect();
}

/** '' outside of VS Code. */
export function useThemeId(): string {
  return useSyncExternalStore(subscribe, themeId);
}
