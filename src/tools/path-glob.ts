// Globs over paths as the tools take them: relative to where a search begins, a plain name at any depth.
import picomatch from 'picomatch';
import { ToolError } from './tool.ts';

export interface PathGlob {
  /** @param names what a file is called: relative, with `/` */
  matches(...names: string[]): boolean;
  /** It names something that begins with a dot. */
  dotted: boolean;
  /** What the last name has to match at least, where that can be said simply. */
  name?: string;
}

const MAX_LENGTH = 500;
/** More in one name could take for ever to match. */
const MAX_STARS = 8;

/** @throws ToolError for a glob that leads out, or is none */
export function pathGlob(glob: string): PathGlob {
  const refuse = (why: string): never => {
    throw new ToolError(`${JSON.stringify(glob.slice(0, 100))} ${why}`);
  };
  const negated = /^!(?!\()/.test(glob);
  const plain = glob.slice(negated ? 1 : 0).replace(/^(?:\.\/)+/, '');
  if (plain === '') refuse('is empty. Give a glob like src/**/*.ts.');
  if (glob.length > MAX_LENGTH) refuse('is too long for a glob.');
  if (/^(?:[\\/~]|[a-z]:[\\/])/i.test(plain)) refuse('must be relative; say with path where to look.');
  if (plain.split('/').includes('..')) refuse('leads out; say with path where to look.');
  if (plain.split('/').some((name) => (name.replaceAll('**', '').match(/[*+@]/g)?.length ?? 0) > MAX_STARS))
    refuse('has too many * in one name.');
  const whole = plain.endsWith('/') ? `${plain}**` : plain;
  const matches = picomatch(whole.includes('/') ? whole : `**/${whole}`);
  const name = negated ? undefined : simpleName(whole);
  return {
    matches: (...names) => names.some((name) => matches(name)) !== negated,
    dotted: !negated && /(?:^|[/{,(|])\.[^/.]/.test(whole),
    ...(name === undefined ? {} : { name }),
  };
}

function simpleName(glob: string): string | undefined {
  const name = glob.slice(glob.lastIndexOf('/') + 1);
  const simple = /^(?:[\w.*?-]|\{[\w.*?,-]+\})+$/.test(name) && !glob.slice(0, -name.length).includes('{');
  return simple && !/^\**$/.test(name) ? name : undefined;
}
