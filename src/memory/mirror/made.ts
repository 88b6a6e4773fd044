// The files beside the blocks: the root index, the limits that Letta Code reads, and how git treats line ends.
import { look, replace } from './files.ts';
import { textIn } from './format.ts';
import type { MaskSecrets } from './masked.ts';
import { INDEX_LABEL, INDEX_PATH } from './paths.ts';
import { messageFor, type Session } from './session.ts';
import type { MirrorBlock } from './types.ts';

export const CONFIG_PATH = '.memfs.config.json';

/** A block and the file it has. */
export interface Placed {
  block: MirrorBlock;
  path: string;
}

/** Letta's MemFS: the root `MEMORY.md` has no frontmatter and links to what there is. */
export function indexText(placed: Placed[], maskSecrets: MaskSecrets): string {
  const links = placed.map(({ block, path }) => {
    const about = maskSecrets(block.description).replace(/\s+/g, ' ').trim().slice(0, 200);
    const name = block.label.replace(/\s+/g, ' ').replace(/[[\]\\]/g, '\\$&');
    return `- [${name}](${encodeURI(path).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'))})${about === '' ? '' : ` — ${about}`}`;
  });
  return `# Memory\n\nEach Markdown file in this folder is a block of the agent’s memory.\n\n${links.join('\n')}\n`;
}

/**
 * Letta's MemFS limits count a file with its frontmatter. Undefined: nothing to say.
 */
export function configText(placed: Placed[]): string {
  const named = placed.filter(({ path }) => !/[*?\\]/.test(path));
  const config = {
    version: 1,
    fileCharacterLimits: named.map(({ block, path }) => ({ pattern: path, maxCharacters: block.limit + HEADER })),
    readOnlyFiles: named.filter(({ block }) => block.readOnly).map(({ path }) => path),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Characters kept for the frontmatter. */
const HEADER = 1_000;

/** Line ends and encodings are not git's to change. */
export const ATTRIBUTES = '* -text\n';

/** Writes the files beside the blocks, unless a person made them their own. */
export async function writeMade(session: Session, placed: Placed[]): Promise<void> {
  const wanted: [string, string][] = [
    ['.gitattributes', ATTRIBUTES],
    [CONFIG_PATH, configText(placed)],
  ];
  if (!placed.some(({ block }) => block.label === INDEX_LABEL)) {
    wanted.push([INDEX_PATH, indexText(placed, session.maskSecrets)]);
  }
  const changes: { path: string; text: string }[] = [];
  for (const [path, text] of wanted) {
    if (path === '.gitattributes' && !session.git) continue;
    const file = await look(session.root, path);
    const now = file.kind === 'file' ? textIn(file.bytes) : null;
    if (file.kind === 'refused' || now === undefined) continue;
    const ours = session.state.made[path] ?? [];
    const head = session.inHead(path);
    if (now !== null && now !== text && !ours.includes(now)) continue;
    if (now !== text) {
      // Either may be found there after a kill.
      session.state.made[path] = [text, ...ours.slice(0, 2)];
      await session.save();
      if (!(await replace(session.root, path, text, file))) continue;
    }
    const mine = head === undefined || ours.length === 0 || ours.some((known) => session.id(known) === head);
    if (head !== session.id(text) && mine) changes.push({ path, text });
    session.state.made[path] = [text, ...ours.filter((known) => known !== text && session.id(known) === head)];
  }
  if (changes.length > 0)
    await session.commit(messageFor('Update the index of', 'memory', { author: 'mirror' }), changes);
}
