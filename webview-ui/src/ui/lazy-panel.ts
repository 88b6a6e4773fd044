// A panel whose code is loaded later.
import { type ComponentType, lazy } from 'react';

type Panel = ComponentType<{ shown: boolean }>;

/**
 * @returns `load`, which may be called ahead, and `component`, to be asked once for each panel that is drawn. What is loaded by then
 * is drawn at once: with `lazy` alone React shows nothing first, and takes 300 ms until it shows anything else
 */
export function lazyPanel(load: () => Promise<Panel>): { load: () => Promise<Panel>; component: () => Panel } {
  let loaded: Panel | undefined;
  const loadOnce = async () => {
    loaded ??= await load();
    return loaded;
  };
  const Later = lazy(async () => ({ default: await loadOnce() }));
  return { load: loadOnce, component: () => loaded ?? Later };
}
