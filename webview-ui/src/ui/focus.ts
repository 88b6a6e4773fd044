// Gives an element the keyboard without taking it away from the editor.
import { useEffect } from 'react';
import type { Panel } from '../../../src/protocol/about-views.ts';
import { useAppState } from '../use-app.ts';

/**
 * Focuses when the host shows `panel` and `wanted` holds for the name it gives. While the person works elsewhere in
 * VS Code, waits until they come to this view.
 */
export function useFocusOnShow(
  panel: Panel,
  shown: boolean,
  wanted: (name: string | undefined) => boolean,
  find: () => HTMLElement | null | undefined,
): void {
  const focus = useAppState((s) => s.focus);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one wish is granted once, whatever is rendered meanwhile
  useEffect(() => {
    if (!shown || focus?.panel !== panel || !wanted(focus.name)) return;
    const go = () => {
      const element = find();
      element?.scrollIntoView({ block: 'nearest' });
      element?.focus();
    };
    if (document.hasFocus()) return go();
    window.addEventListener('focus', go, { once: true });
    return () => window.removeEventListener('focus', go);
  }, [shown, focus]);
}
