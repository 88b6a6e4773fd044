// Judges a command line part by part. What it does not understand is asked about, whatever is allowed.
import { t } from '../../protocol/l10n.ts';
import type { Decision, Policy } from '../decision.ts';
import type { Located } from '../paths.ts';
import { coversPath, namesCommand, parseRule, type Rule, unreadableRule } from '../rules.ts';
import {
  allowsPart,
  allowsThrough,
  type CommandPattern,
  coversEverything,
  namedEnvironment,
  parseCommandPattern,
  tightensPart,
} from './command-rules.ts';
import { environmentRisk } from './environment.ts';
import { type Look, looksOnly } from './known-readers.ts';
import { looseName } from './names.ts';
import { ruleFor } from './offer.ts';
import { readCommand } from './read-command.ts';
import { riskyWord } from './risky-flags.ts';
import { liesIn, runsFileOf } from './runs-in.ts';
import {
  type CommandLine,
  type FileUse,
  literal,
  type Part,
  type ShellName,
  type ShellParser,
  textOf,
} from './syntax.ts';
import { meets, type Named, namedFiles, objectionTo, resolvePath, type TargetOptions, targetsOf } from './targets.ts';

/** What judging a command needs beside the policy. */
export interface ShellContext {
  shell: ShellName;
  parser: ShellParser;
  /** Follows the symlinks of an absolute path as far as it exists. */
  realPath?: (path: string) => string;
}

/** How the same policy judges files. */
export interface FileJudge {
  decide(kind: 'read' | 'edit', path: string): Decision;
  /** Whether a file is asked about at every edit, as a protected one. */
  guards(file: Located): boolean;
  hides(file: Located): boolean;
  locate(path: string): Located;
}

interface Judged {
  part: Part;
  /** Present where it only reads. */
  look: Look | undefined;
  named: readonly Named[] | undefined;
}

export function decideCommand(
  command: string,
  cwd: string | undefined,
  toolName: string,
  policy: Policy,
  context: ShellContext | undefined,
  files: FileJudge,
): Decision {
  return new CommandJudge(command, cwd, toolName, policy, context, files).decide();
}

class CommandJudge {
  private readonly command: string;
  private readonly toolName: string;
  private readonly policy: Policy;
  private readonly files: FileJudge;
  private readonly line: CommandLine;
  private readonly judged: readonly Judged[];
  private readonly shell: ShellName;
  private readonly targets: TargetOptions;

  constructor(
    command: string,
    cwd: string | undefined,
    toolName: string,
    policy: Policy,
    context: ShellContext | undefined,
    files: FileJudge,
  ) {
    this.command = command;
    this.toolName = toolName;
    this.policy = policy;
    this.files = files;
    this.shell = context?.shell ?? 'bash';
    const root = resolvePath('/', policy.workspace[0] ?? '/');
    const folder = cwd === undefined ? root : resolvePath(root, cwd, context?.realPath);
    this.line =
      context === undefined
        ? { text: command, parts: [], files: [], unclear: 'Commands cannot be read here.' }
        : readCommand(command, { ...context, folder });
    this.targets = { workspace: policy.workspace, ...(context?.realPath ? { realPath: context.realPath } : {}) };
    this.judged = this.line.parts.map((part) => {
      const look = this.look(part);
      return { part, look, named: part.words.length === 0 ? [] : namedFiles(part, look, this.targets) };
    });
  }

  decide(): Decision {
    const { policy, line } = this;
    const refused = this.refused();
    if (refused !== undefined) return refused;
    if (!policy.trusted) return deny('This workspace is not trusted: nothing is run here.');
    if (line.unclear !== undefined) return ask(t('It cannot be told what this runs. {0}', String(line.unclear)));
    if (line.parts.length === 0 && line.files.length === 0) return ask(t('There is nothing to run in it.'));
    if (policy.mode === 'plan') {
      const changes = this.changes();
      if (changes !== undefined)
        return deny(`In plan mode only commands that are known to read are run; ${changes} is not one.`);
    }
    return this.objection() ?? this.askedByRule() ?? this.weigh();
  }

  private look(part: Part): Look | undefined {
    if (part.words.length === 0 || part.env.some(({ name }) => environmentRisk(name) !== 'none')) return undefined;
    const look = looksOnly(part, this.shell);
    // A folder can be made to look like a repository whose settings run programs; that of the workspace is protected.
    if (
      textOf(part.words[0]) === 'git' &&
      !part.folders.every((folder) => this.policy.workspace.some((each) => resolvePath('/', each) === folder))
    )
      return undefined;
    return look;
  }

  // ── what refuses ───────────────────────────────────────────────────────────────────────────────────────────────────

  private refused(): Decision | undefined {
    for (const text of this.policy.deny) {
      const rule = parseRule(text);
      if (rule === undefined) continue;
      if (this.commandRule(rule) && this.tightens(rule) === 'yes') return deny(`The rule ${text} refuses it.`);
      if (this.namesFile(rule) === 'yes') return deny(`The rule ${text} refuses it.`);
    }
    return undefined;
  }

  private commandRule({ tool }: Rule): boolean {
    return tool === this.toolName || tool === '*' || tool === 'Bash';
  }

  private tightens(rule: Rule): 'yes' | 'maybe' | 'no' {
    if (rule.pattern === undefined) return 'yes';
    if (namesCommand(rule.pattern, this.command)) return 'yes';
    const pattern = parseCommandPattern(rule.pattern);
    const found = this.line.parts.map((part) => tightensPart(pattern, part, this.shell));
    if (found.includes('yes')) return 'yes';
    return found.includes('maybe') ? 'maybe' : 'no';
  }

  /** Rules about files hold for the files that a command names. */
  private namesFile({ tool, pattern }: Rule): 'yes' | 'maybe' | 'no' {
    const reads = tool === 'Read';
    const writes = tool === 'Edit' || tool === 'Write';
    if ((!reads && !writes) || pattern === undefined) return 'no';
    let maybe = false;
    for (const { look, named } of this.judged) {
      if (!reads && look !== undefined) continue;
      for (const each of named ?? []) {
        if (coversPath(pattern, each.file, true)) return 'yes';
        maybe ||= meets(each, pattern.replace(/^\.\//, ''));
      }
    }
    for (const use of this.line.files) {
      if (!reads && use.kind === 'read') continue;
      if (this.pathsOf(use)?.some((path) => coversPath(pattern, this.files.locate(path), true))) return 'yes';
    }
    return maybe ? 'maybe' : 'no';
  }

  private changes(): string | undefined {
    const other = this.judged.find(
      ({ part, look }) => look === undefined && part.kind !== 'wrapper' && !isPlainAssignment(part),
    );
    if (other !== undefined) return other.part.raw;
    const write = this.line.files.find((use) => use.kind === 'write' && this.pathsOf(use)?.length !== 0);
    return write && `writing ${write.target.raw}`;
  }

  // ── what asks, whatever is allowed ─────────────────────────────────────────────────────────────────────────────────

  private objection(): Decision | undefined {
    for (const { part, look, named } of this.judged) {
      if (named === undefined)
        return ask(t('Which files {0} is given is only known as it runs.', textOf(part.words[0]) ?? '…'));
      const others = named.filter((each) => !this.isApproved(part, look, each));
      const found = objectionTo(part, others, look !== undefined, this.policy, (file) => this.files.hides(file));
      if (found !== undefined) return ask(found.reason);
      const mentioned = this.mentionsHidden(part);
      if (mentioned !== undefined) return ask(mentioned);
    }
    for (const use of this.line.files) {
      const paths = this.pathsOf(use);
      if (paths === undefined) return ask(t('Which file {0} is, is only known as it runs.', use.target.raw));
      for (const path of paths) {
        const asked = this.objectionToFile(use, path);
        if (asked !== undefined) return asked;
      }
    }
    return undefined;
  }

  /**
   * A skill that was approved as it is may be read, and run: what it does to its own files asks for the next approval. Others
   * may not touch them for that.
   */
  private isApproved(part: Part, look: Look | undefined, { file }: Named): boolean {
    const { approved = [] } = this.policy;
    const folder = approved.find((each) => liesIn(file.absolute, each));
    if (folder === undefined || this.files.hides(file)) return false;
    if (look !== undefined || runsFileOf(part, folder, this.targets)) return true;
    return part.kind === 'wrapper' && part.folders.includes(file.absolute);
  }

  private objectionToFile(use: FileUse, path: string): Decision | undefined {
    const named: Named = { file: this.files.locate(path), glob: false, deep: false, dotted: true };
    const part: Part = {
      words: [literal(use.kind)],
      env: [],
      folders: use.folders,
      raw: '',
      kind: 'program',
      within: [],
    };
    const found = objectionTo(part, [named], false, this.policy, (file) => this.files.hides(file));
    return found && ask(found.reason);
  }

  /** A word or a text that is not read may hand on what is hidden or protected. */
  private mentionsHidden(part: Part): string | undefined {
    const says =
      part.kind === 'code' || /^(?:echo|printf|write-output|write)$/.test(looseName(textOf(part.words[0]) ?? ''));
    if (!says) return undefined;
    for (const word of part.words.slice(1)) {
      for (const text of (word.values?.join(' ') ?? word.raw).split(/[\s'"`()[\]{},;:=<>|&+]+/)) {
        if (text === '' || text.startsWith('-')) continue;
        for (const folder of part.folders) {
          const file = this.files.locate(resolvePath(folder, text));
          if (file.inside !== undefined && file.inside !== '' && this.files.hides(file))
            return t('.lettaignore hides {0} from the agent.', file.inside);
          if (part.kind !== 'code') continue;
          if (file.inside === undefined) {
            if (/^(?:~|\.\.)(?:\/|$)|^\/[\w.]/.test(text) && !text.startsWith('/dev/'))
              return t('{0} lies outside the workspace.', file.absolute);
            continue;
          }
          const { decision, reason } = this.files.decide('edit', file.absolute);
          if (decision === 'ask' && this.files.guards(file)) return reason;
        }
      }
    }
    return undefined;
  }

  private askedByRule(): Decision | undefined {
    const broken = unreadableRule(this.policy);
    if (broken !== undefined)
      return ask(t('The rule {0} cannot be read. Correct it in the settings.', JSON.stringify(broken)));
    for (const text of [...this.policy.deny, ...this.policy.ask]) {
      const rule = parseRule(text);
      if (rule === undefined) continue;
      const asks = (this.commandRule(rule) && this.tightens(rule) !== 'no') || this.namesFile(rule) !== 'no';
      if (asks) return ask(t('The rule {0} asks about it.', text));
    }
    return undefined;
  }

  // ── what allows ────────────────────────────────────────────────────────────────────────────────────────────────────

  private weigh(): Decision {
    const { mode } = this.policy;
    const patterns = this.allowing();
    if (patterns === 'all') return { decision: 'allow', reason: `A rule allows every command of ${this.toolName}.` };
    const exact = patterns.find(({ prefix, text }) => !prefix && text === this.command.trim());
    const openParts = exact ? [] : this.judged.filter((judged) => !this.covered(judged, patterns));
    const writes = this.line.files.flatMap((use) =>
      (this.pathsOf(use) ?? []).map((path) => this.fileDecision(use, path)),
    );
    const openWrites = writes.filter(({ decision }) => decision !== 'allow');
    if (openWrites.some(({ decision }) => decision === 'deny'))
      return deny(openWrites.find(({ decision }) => decision === 'deny')?.reason ?? '');
    if (openParts.length === 0 && openWrites.length === 0)
      return { decision: 'allow', reason: this.whyAllowed(patterns.length > 0) };
    const [first] = openParts;
    const reason = first
      ? t('{0} mode asks before `{1}` is run.', mode, first.part.raw)
      : (openWrites[0]?.reason ?? '');
    return ask(reason, this.offer(openParts, openWrites));
  }

  /** Rules that would let all of it pass; none where one part must not be let pass by a rule. */
  private offer(parts: readonly Judged[], writes: readonly Decision[]): string[] {
    const rules: string[] = [];
    for (const judged of parts) {
      const offered = rules.flatMap((rule) => parseRule(rule)?.pattern ?? []).map(parseCommandPattern);
      if (this.covered(judged, offered)) continue;
      const rule = ruleFor(judged.part, this.toolName, this.shell);
      if (rule === undefined) return [];
      rules.push(rule);
    }
    for (const { rule } of writes) {
      if (rule === undefined) return [];
      rules.push(rule);
    }
    return [...new Set(rules)];
  }

  private allowing(): CommandPattern[] | 'all' {
    if (this.policy.mode === 'plan') return [];
    const rules = this.policy.allow
      .flatMap((text) => parseRule(text) ?? [])
      .filter(({ tool }) => tool === this.toolName || tool === '*' || tool === 'Bash');
    const patterns = rules.flatMap(({ tool, pattern }) =>
      pattern === undefined ? [] : tool === '*' ? [] : [parseCommandPattern(pattern)],
    );
    const all = rules.some(({ pattern }) => pattern === undefined) || patterns.some(coversEverything);
    const risky = this.line.parts.some(
      ({ env, kind }) => kind === 'code' || env.some(({ name }) => environmentRisk(name) === 'loads'),
    );
    return all && !risky ? (this.line.files.length > 0 ? patterns.concat(parseCommandPattern('*')) : 'all') : patterns;
  }

  private fileDecision({ kind }: FileUse, path: string): Decision {
    return this.files.decide(kind === 'read' ? 'read' : 'edit', path);
  }

  private covered({ part, look }: Judged, patterns: readonly CommandPattern[]): boolean {
    const { mode } = this.policy;
    if (mode === 'unrestricted') return part.kind !== 'code' || !this.hasTightening();
    if (isPlainAssignment(part)) return mode !== 'strict' || part.words.length > 0;
    if (part.words.length === 0) return false;
    if (part.kind === 'wrapper') return part.env.every(({ name }) => environmentRisk(name) !== 'loads');
    if (look !== undefined && mode !== 'strict') return true;
    return patterns.some((pattern) => this.covers(pattern, part));
  }

  private covers(pattern: CommandPattern, part: Part): boolean {
    if (coversEverything(pattern)) return true;
    const named = namedEnvironment(pattern);
    const strange = part.env.some(
      ({ name }) => environmentRisk(name) === 'loads' || (environmentRisk(name) === 'unknown' && !named.has(name)),
    );
    if (strange) return false;
    if (part.kind === 'code' && pattern.prefix) return false;
    if (part.file) return allowsThrough(pattern, part, this.shell);
    if (allowsPart(pattern, part, this.shell)) return true;
    return part.kind === 'program' && part.outer !== undefined && this.allowsOuter(pattern, part);
  }

  /** A rule that names the wrapper together with what it runs. */
  private allowsOuter(pattern: CommandPattern, part: Part): boolean {
    if (riskyWord(part) !== undefined) return false;
    for (let outer = part.outer; outer !== undefined; outer = outer.outer)
      if (allowsThrough(pattern, outer, this.shell)) return true;
    return false;
  }

  private hasTightening(): boolean {
    return [...this.policy.deny, ...this.policy.ask].some((text) => {
      const rule = parseRule(text);
      return rule !== undefined && this.commandRule(rule);
    });
  }

  private whyAllowed(byRule: boolean): string {
    if (this.policy.mode === 'unrestricted') return 'Commands pass in unrestricted mode.';
    const onlyReads = this.judged.every(({ look, part }) => look !== undefined || part.kind === 'wrapper');
    return onlyReads || !byRule ? 'It is known to read only.' : 'Rules allow all of it.';
  }

  private pathsOf(use: FileUse): string[] | undefined {
    return targetsOf(use.target, use.folders, this.targets);
  }
}

/** A variable of the line itself: by custom it is written small, and no program sees it. */
function isPlainAssignment(part: Part): boolean {
  return (
    part.words.length === 0 &&
    part.env.every(
      ({ name }) =>
        environmentRisk(name) === 'none' || (/^[a-z][a-z\d_]*$/.test(name) && environmentRisk(name) === 'unknown'),
    )
  );
}

function deny(reason: string): Decision {
  return { decision: 'deny', reason };
}

function ask(reason: string, rules: readonly string[] = []): Decision {
  const [rule] = rules;
  if (rule === undefined) return { decision: 'ask', reason };
  return rules.length === 1 ? { decision: 'ask', reason, rule, rules } : { decision: 'ask', reason, rules };
}
