// What stands behind the fence of a code block: a language, and often the file that the code is for.

export interface Fence {
  /** In lower case; '' where none is named. */
  language: string;
  path?: string;
}

/** A name with an extension, folders before it or not. */
const PATH = /^(?:[A-Za-z]:[\\/]|\.{0,2}\/)?(?:[\w@.+ -]+[\\/])*[\w@+-][\w@.+-]*\.[A-Za-z]\w{0,9}$/;
const NAMED = /(?:title|file|filename|path)=(?:"([^"]+)"|'([^']+)'|(\S+))/;
const MAX_INFO = 500;

/** Reads `ts`, `ts src/a.ts`, `ts:src/a.ts`, `src/a.ts`, and `ts title="src/a.ts"`. */
export function readFence(info: string): Fence {
  const text = info.slice(0, MAX_INFO).trim();
  const [first = '', ...rest] = text.split(/\s+/);
  const named = NAMED.exec(text);
  const colon = /^([\w#+-]{2,}):(.+)$/.exec(first);
  const second = rest.join(' ');
  const path =
    named?.[1] ?? named?.[2] ?? named?.[3] ?? [colon?.[2], second, first].find((each) => each && PATH.test(each));
  const language = colon ? (colon[1] ?? '') : path === first ? extensionOf(first) : first.replace(/[{,].*$/, '');
  return { language: language.toLowerCase(), ...(path === undefined ? {} : { path }) };
}

const extensionOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const SHELLS = new Set('bash sh shell zsh fish ksh powershell pwsh ps1 bat cmd'.split(' '));

/** Whether it is something to type into a terminal. */
export const isCommand = (language: string): boolean => SHELLS.has(language);
