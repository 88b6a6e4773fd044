// Judges a tool call: allow, ask or deny. Pure; when in doubt it asks, and never allows what it does not understand.
import ignore from 'ignore';
import { t } from '../protocol/l10n.ts';
import type { Access } from '../tools/tool.ts';
import { decideCommand, type FileJudge, type ShellContext } from './commands/decide-command.ts';
import type { Decision, Policy } from './decision.ts';
import { isPrivateHost } from './hosts.ts';
import { isUntitled, type Located, listsFor, locate, memoryName, protectedName, startingName } from './paths.ts';
import { coversPath, coversUrl, exactGlob, parseRule, type Rule, unreadableRule } from './rules.ts';

/** What a rule list says about a call. */
type Covers = (rule: Rule, lenient: boolean) => boolean;

const WRITERS = new Set(['Edit', 'Write']);

/**
 * Judges one call. Deny beats ask beats allow, in every mode.
 * @param access what the tool says it would touch; paths absolute with symlinks resolved (relative ones count from the workspace)
 * @param toolName as the model calls it
 * @param shell what commands are read with; without it every command is asked about
 */
export function decide(access: Access, toolName: string, policy: Policy, shell?: ShellContext): Decision {
  switch (access.kind) {
    case 'none':
      return decideHarmless(toolName, policy);
    case 'read':
    case 'edit':
      return decideFiles(access.kind, access.paths, toolName, policy);
    case 'command':
      return decideCommand(access.command, access.cwd, toolName, policy, shell, fileJudge(policy));
    case 'fetch':
      return decideFetch(access.url, toolName, policy);
    case 'foreign':
      return decideForeign(access.name, toolName, policy);
  }
}

/**
 * True when `.lettaignore` hides the file, or a rule refuses to read it, by its absolute path: nothing of it may reach the
 * model, whichever tool comes across it.
 */
export function isHidden(path: string, policy: HidingPolicy): boolean {
  return hiddenBy(path, policy) !== undefined;
}

type HidingPolicy = Pick<Policy, 'lettaignore' | 'workspace' | 'deny'>;

/** The same, with the reason for the person; undefined: it may be seen. */
export function hiddenBy(path: string, policy: HidingPolicy): string | undefined {
  const file = locate(path, policy.workspace);
  if (hides(policy.lettaignore, file)) return '`.lettaignore` hides it from the agent.';
  const rule = policy.deny.find((text) => refusesToRead(text, file));
  return rule === undefined ? undefined : `The rule \`${rule}\` hides it from the agent.`;
}

function refusesToRead(text: string, file: Located): boolean {
  const rule = parseRule(text);
  return rule?.tool === 'Read' && rule.pattern !== undefined && coversPath(rule.pattern, file, true);
}

function decideHarmless(toolName: string, policy: Policy): Decision {
  const covers: Covers = (rule) => rule.pattern === undefined && names(rule, toolName);
  return (
    refusedByRule(covers, policy) ??
    askedByRule(covers, policy) ?? { decision: 'allow', reason: `${toolName} touches no file and runs nothing.` }
  );
}

function decideFiles(kind: 'read' | 'edit', paths: string[], toolName: string, policy: Policy): Decision {
  const files = paths
    .filter((path) => !(kind === 'read' && isUntitled(path)))
    .map((path) => locate(path, policy.workspace));
  const [first] = files;
  const target = first === undefined ? t('this') : first.inside || first.absolute;
  const hidden = files.find((file) => hides(policy.lettaignore, file));
  if (hidden !== undefined) return deny(`.lettaignore hides ${hidden.inside ?? hidden.absolute} from the agent.`);

  const covers: Covers = (rule, lenient) => {
    const named = lenient ? tightens(rule, toolName, kind) : names(rule, toolName);
    if (!named) return false;
    const { pattern } = rule;
    if (pattern === undefined) return true;
    const matches = files.map((file) => coversPath(pattern, file, lenient));
    return files.length > 0 && (lenient ? matches.includes(true) : !matches.includes(false));
  };
  const refused = refusedByRule(covers, policy);
  if (refused !== undefined) return refused;
  if (kind === 'edit' && !policy.trusted) return deny('This workspace is not trusted: the agent may only read here.');
  if (kind === 'edit' && policy.mode === 'plan') return deny('In plan mode nothing is changed.');
  if (kind === 'edit' && files.length === 0) return ask(t('{0} does not say what it would change.', toolName));

  const outside = files.find((file) => file.inside === undefined);
  if (outside !== undefined) return ask(t('{0} lies outside the workspace.', outside.absolute));
  for (const file of files) {
    const name = guardedName(kind, file, policy);
    if (name !== undefined) return ask(t('{0} is protected ({1}): it is asked every time.', file.inside ?? '', name));
  }
  const asked = askedByRule(covers, policy);
  if (asked !== undefined) return asked;
  const allowed = allowedByRule(covers, policy);
  if (allowed !== undefined) return allowed;
  const act = kind === 'read' ? 'Reading' : 'Editing';
  if (passesByMode(kind, policy.mode)) {
    return { decision: 'allow', reason: `${act} in the workspace passes in ${policy.mode} mode.` };
  }
  const question =
    kind === 'read'
      ? t('{0} would read {1}; {2} mode asks.', toolName, target, policy.mode)
      : t('{0} would change {1}; {2} mode asks.', toolName, target, policy.mode);
  return ask(question, narrowestRule(paths, toolName, policy));
}

/** What a file is protected as, of the workspace's; undefined: it is not. */
function guardedName(kind: 'read' | 'edit', file: Located, policy: Policy): string | undefined {
  const inside = file.inside ?? '';
  return protectedName(inside) ?? (kind === 'edit' ? (startingName(inside) ?? memoryName(file, policy)) : undefined);
}

function passesByMode(kind: 'read' | 'edit', mode: Policy['mode']): boolean {
  return kind === 'read' ? mode !== 'strict' : mode === 'acceptEdits' || mode === 'unrestricted';
}

/**
 * The rule that allows this call on these files and nothing more; undefined where a stored rule may not, or cannot say it.
 * With several folders open it holds the absolute path: a relative one would count in each of them.
 */
export function narrowestRule(paths: string[], toolName: string, policy: Policy): string | undefined {
  if (!/^\w+$/.test(toolName)) return undefined;
  const [path] = paths;
  if (path === undefined) return toolName;
  if (paths.length > 1 || isUntitled(path)) return undefined;
  const { inside, absolute } = locate(path, policy.workspace);
  if (inside === undefined || inside === '' || protectedName(inside) !== undefined) return undefined;
  const glob = exactGlob(policy.workspace.length > 1 ? absolute : inside);
  if (glob === undefined) return undefined;
  return glob.startsWith('/') ? `${toolName}(/${glob})` : `${toolName}(${glob})`;
}

/** How a command's files are judged: as those of a tool that reads or edits. */
function fileJudge(policy: Policy): FileJudge {
  return {
    decide: (kind, path) => decideFiles(kind, [path], kind === 'read' ? 'Read' : 'Edit', policy),
    guards: (file) => guardedName('edit', file, policy) !== undefined,
    hides: (file) => hides(policy.lettaignore, file),
    locate: (path) => locate(path, policy.workspace),
  };
}

function decideFetch(text: string, toolName: string, policy: Policy): Decision {
  if (!policy.trusted) return deny('This workspace is not trusted: nothing is fetched here.');
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return deny(`${text} is no address of a web page.`);
  const covers: Covers = (rule) =>
    names(rule, toolName) && (rule.pattern === undefined || coversUrl(rule.pattern, url));
  const refused = refusedByRule(covers, policy);
  if (refused !== undefined) return refused;
  const reserved = isPrivateHost(url);
  if (reserved && policy.mode === 'unrestricted') {
    return deny(`${url.host} is an address of this computer or its network; unrestricted mode refuses those.`);
  }
  const asked = askedByRule(covers, policy);
  if (asked !== undefined) return asked;
  if (url.username !== '' || url.password !== '')
    return ask(t('The address of {0} holds a user name or password.', url.host));
  // A rule for everything was not written with the person's own network in mind: that takes one which names the host.
  const spelled: Covers = (rule, lenient) =>
    covers(rule, lenient) && !/^\*|^domain:\*|:\/\/\*/i.test(rule.pattern ?? '*');
  const allowed = allowedByRule(reserved ? spelled : covers, policy);
  if (allowed !== undefined) return allowed;
  if (policy.mode === 'unrestricted') return { decision: 'allow', reason: 'Fetching passes in unrestricted mode.' };
  const question = reserved
    ? t('{0} would load a page from {1}, which is no public address.', toolName, url.host)
    : t('{0} would load a page from {1}.', toolName, url.host);
  return ask(question, `${toolName}(${url.protocol}//${url.host}/*)`);
}

/** A tool of another extension or server does what it does: it is asked about by name, unless a rule has that name. */
function decideForeign(name: string, toolName: string, policy: Policy): Decision {
  const covers: Covers = (rule) => {
    const { pattern } = rule;
    if (!names(rule, toolName)) return false;
    return (
      pattern === undefined || pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)))
    );
  };
  const refused = refusedByRule(covers, policy);
  if (refused !== undefined) return refused;
  if (!policy.trusted) return deny('This workspace is not trusted: no other tools are called here.');
  if (policy.mode === 'plan') return deny('In plan mode no other tools are called: what they change is not known.');
  const asked = askedByRule(covers, policy) ?? allowedByRule(covers, policy);
  if (asked !== undefined) return asked;
  if (policy.mode === 'unrestricted') return { decision: 'allow', reason: 'Other tools pass in unrestricted mode.' };
  return ask(t('{0} is a tool of another extension or server.', name), `${toolName}(${name})`);
}

/** Whether an allowing rule speaks of this tool: by its very name. */
function names(rule: Rule, toolName: string): boolean {
  return rule.tool === toolName || rule.tool === '*';
}

/**
 * Whether a rule that refuses or asks speaks of this tool. Edit and Write are one thing to whoever wants a file left alone,
 * and what may not be read may not be edited: an edit's answer shows the text around it.
 */
function tightens(rule: Rule, toolName: string, kind: 'read' | 'edit'): boolean {
  if (names(rule, toolName) || rule.tool === 'Read') return true;
  return kind === 'edit' && WRITERS.has(rule.tool);
}

function refusedByRule(covers: Covers, policy: Policy): Decision | undefined {
  const rule = firstCovering(policy.deny, covers, true);
  return rule === undefined ? undefined : deny(`The rule ${rule} refuses it.`);
}

function askedByRule(covers: Covers, policy: Policy): Decision | undefined {
  // Better one question too many.
  const broken = unreadableRule(policy);
  if (broken !== undefined)
    return ask(t('The rule {0} cannot be read. Correct it in the settings.', JSON.stringify(broken)));
  const rule = firstCovering(policy.ask, covers, true);
  return rule === undefined ? undefined : ask(t('The rule {0} asks about it.', rule));
}

function allowedByRule(covers: Covers, policy: Policy): Decision | undefined {
  const rule = firstCovering(policy.allow, covers, false);
  return rule === undefined ? undefined : { decision: 'allow', reason: `The rule ${rule} allows it.` };
}

function firstCovering(rules: string[], covers: Covers, lenient: boolean): string | undefined {
  return rules.find((text) => {
    const rule = parseRule(text);
    return rule !== undefined && covers(rule, lenient);
  });
}

const IGNORES = new WeakMap<readonly string[], ReturnType<typeof ignore>>();

function hides(lettaignore: Policy['lettaignore'], file: Located): boolean {
  return listsFor(lettaignore, file).some(({ lines, inside }) => inside !== '' && ignores(lines, inside));
}

function ignores(lines: readonly string[], path: string): boolean {
  if (lines.length === 0) return false;
  let matcher = IGNORES.get(lines);
  if (matcher === undefined) {
    matcher = ignore().add([...lines]);
    IGNORES.set(lines, matcher);
  }
  // A folder's line ends in a slash, and whether this is a folder cannot be seen from its name.
  return matcher.ignores(path) || matcher.ignores(`${path}/`);
}

function deny(reason: string): Decision {
  return { decision: 'deny', reason };
}

function ask(reason: string, rule?: string): Decision {
  return rule === undefined ? { decision: 'ask', reason } : { decision: 'ask', reason, rule };
}
