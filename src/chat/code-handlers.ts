// What the view asks about code blocks; what answers it is loaded with the first one.
import type { Handlers } from '../protocol/rpc.ts';
import { acknowledge } from './acknowledge.ts';
import type { CodeRequests, CodeRequestsDeps } from './code-requests.ts';

export interface CodeHandlers {
  handlers: Pick<Handlers, 'code.highlight' | 'code.insert' | 'code.apply' | 'code.run'>;
  dispose(): void;
}

export function codeHandlers(deps: CodeRequestsDeps): CodeHandlers {
  let loading: Promise<CodeRequests> | undefined;
  const code = () => {
    loading ??= import('./code-requests.ts').then(({ CodeRequests: Loaded }) => new Loaded(deps));
    return loading;
  };
  return {
    handlers: {
      'code.highlight': async (block) => (await code()).highlight(block),
      'code.insert': async ({ text }) => acknowledge((await code()).insert(text)),
      'code.apply': async (block) => acknowledge((await code()).apply(block)),
      'code.run': async ({ text }) => acknowledge((await code()).run(text)),
    },
    dispose: () => void loading?.then((requests) => requests.dispose()),
  };
}
