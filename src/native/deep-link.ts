// Addresses that lead into the view: vscode://letta-vscode.letta-vscode/thread/ID, /block/LABEL, /skill/NAME. They only show.

export type DeepLink =
  | { kind: 'thread'; threadId: string; messageId?: string }
  | { kind: 'block'; label: string }
  | { kind: 'skill'; name: string }
  | { kind: 'chat' };

const ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;
/** As blocks and skills may be called. Nothing in it could be taken for a wish to the view, or for a path. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_. /-]{0,99}$/u;

/**
 * Whatever is not one of the three, and whatever else stands in an address, leads to the chat: anybody can write an address, so
 * nothing of it is ever typed, sent, stored or run.
 * @param path decoded, as VS Code gives it
 */
export function deepLink({ path, query }: { path: string; query: string }): DeepLink {
  const [, kind = '', ...rest] = path.replace(/\/+$/, '').split('/');
  const name = rest.join('/');
  if (kind === 'thread' && ID.test(name)) {
    const messageId = new URLSearchParams(query).get('message') ?? '';
    return { kind, threadId: name, ...(ID.test(messageId) ? { messageId } : {}) };
  }
  if (kind === 'block' && NAME.test(name) && !name.includes('..')) return { kind, label: name };
  if (kind === 'skill' && NAME.test(name) && !name.includes('/')) return { kind, name };
  return { kind: 'chat' };
}

/** What shows it: a command of ours and what it is given. */
export function linkCommand(uri: { path: string; query: string }): [command: string, ...args: string[]] {
  const link = deepLink(uri);
  switch (link.kind) {
    case 'thread':
      return ['letta.showMessage', link.threadId, ...(link.messageId ? [link.messageId] : [])];
    case 'block':
      return ['letta.openMemory', link.label];
    case 'skill':
      return ['letta.openSkills', link.name];
    case 'chat':
      return ['letta.openChat'];
  }
}
