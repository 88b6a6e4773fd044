// Reads the parser's tree of a bash command line: every command in it, the files its redirections open, and where it would run.
import { t } from '../../protocol/l10n.ts';
import {
  assigns,
  holdsShell,
  holdsVariable,
  LOOPS,
  MOVES,
  PASSIVE,
  REDIRECTS,
  RESERVED,
  SEQUENCES,
  type Sink,
  VALUES,
} from './bash-nodes.ts';
import { arithmetic, bashWord, type WordContext, walkSubstitutions } from './bash-words.ts';
import type { Numbers } from './numbers.ts';
import {
  type Assignment,
  computed,
  type Folders,
  literal,
  type SyntaxNode,
  textOf,
  UNKNOWN_FOLDER,
  UNREAD,
  type Word,
} from './syntax.ts';

/** Where the shell may stand after a statement: where it succeeded, and whatever became of it. */
interface Flow {
  done: Folders;
  any: Folders;
}

const MOST_FOLDERS = 8;
/** They give variables values from elsewhere. */
const READS_INTO = new Set(['read', 'mapfile', 'readarray', 'printf', 'getopts']);

const union = (a: Folders, b: Folders): Folders => {
  const all = [...new Set([...a, ...b])];
  return all.length > MOST_FOLDERS ? [...all.slice(0, MOST_FOLDERS), UNKNOWN_FOLDER] : all;
};

export class BashReader {
  private readonly sink: Sink;
  /** Variables of the loops around, with the words they run through. */
  private readonly loops = new Map<string, readonly Word[]>();

  private readonly numbers: Numbers;

  constructor(sink: Sink, numbers: Numbers) {
    this.sink = sink;
    this.numbers = numbers;
  }

  /** @param root of a text without errors */
  read(root: SyntaxNode, folders: Folders): void {
    this.statement(root, folders);
  }

  private statement(node: SyntaxNode, at: Folders, redirects: readonly SyntaxNode[] = []): Flow {
    if (node.type === 'command') return this.command(node, at, redirects);
    if (node.type === 'redirected_statement') return this.redirected(node, at);
    if (node.type === 'list') return this.list(node, at, redirects);
    if (node.type === 'pipeline') {
      const links = node.children.filter((child) => child.isNamed);
      for (const link of links) this.redirectable(link, at, link === links.at(-1) ? redirects : []);
      return { done: at, any: at };
    }
    if (node.type === 'subshell') {
      this.sequence(node, at);
      return { done: at, any: at };
    }
    if (node.type === 'function_definition') return this.loop(node, at);
    if (LOOPS.has(node.type)) return this.loop(node, at);
    if (SEQUENCES.has(node.type)) return this.sequence(node, at);
    if (node.type === 'variable_assignment') this.assign(node, at);
    else if (node.type === 'declaration_command') this.declaration(node, at);
    else if (node.type === 'comment') this.comment(node);
    else if (PASSIVE.has(node.type)) this.passive(node, at);
    else if (node.isNamed) {
      if (!VALUES.test(node.type)) this.sink.unclear(t('It holds what is not understood ({0}).', node.type));
      this.inner(node, at);
    }
    return { done: at, any: at };
  }

  private sequence(node: SyntaxNode, at: Folders): Flow {
    let flow: Flow = { done: at, any: at };
    for (const child of node.children) {
      if (!child.isNamed) continue;
      const next = this.statement(child, flow.any);
      flow = { done: next.done, any: union(flow.any, next.any) };
    }
    return flow;
  }

  private list(node: SyntaxNode, at: Folders, redirects: readonly SyntaxNode[]): Flow {
    const [left, right] = node.children.filter((child) => child.isNamed && child.type !== 'comment');
    const sign = node.children.find((child) => !child.isNamed)?.type;
    if (left === undefined || right === undefined || (sign !== '&&' && sign !== '||')) {
      this.openAll(redirects, at);
      if (redirects.length > 0) this.sink.unclear(t('It is not plain what its redirections belong to.'));
      return this.sequence(node, at);
    }
    const first = this.statement(left, at);
    const second = this.redirectable(right, sign === '&&' ? first.done : first.any, redirects);
    const any = union(first.any, second.any);
    return sign === '&&' ? { done: second.done, any } : { done: union(first.done, second.done), any };
  }

  /** What moves between folders in a loop or a function ends up nobody knows where. */
  private loop(node: SyntaxNode, at: Folders): Flow {
    const name = node.children.find((child) => child.type === 'variable_name')?.text;
    const listed = node.type === 'for_statement' && node.children.some((child) => child.type === 'in');
    const words = node.children.filter((child) => child.isNamed && !['variable_name', 'do_group'].includes(child.type));
    const before = name === undefined ? undefined : this.loops.get(name);
    if (name !== undefined) {
      const values = listed ? words.map((word) => this.word([word], at)) : [computed(`$${name}`)];
      const again = before !== undefined || assigns(node, name);
      if (listed) for (const value of values) this.numbers.assigned(name, value);
      this.sink.assigned({ name, value: values[0] ?? literal('') }, at);
      this.loops.set(name, again ? [computed(`$${name}`)] : values);
    }
    const flow = { any: at };
    const head = node.type === 'c_style_for_statement' ? node.text.split(/\bdo\b|\{/)[0] : '';
    this.numbers.counts(head ?? '');
    if (/["'\\[\]`]/.test(head ?? '')) this.sink.unclear(t('It counts with more than numbers and names.'));
    for (const child of node.children) {
      if (!child.isNamed || (listed && words.includes(child))) continue;
      flow.any = union(flow.any, this.statement(child, flow.any).any);
    }
    if (flow.any.length > at.length) this.sink.unclear(t('It moves between folders in a loop or a function.'));
    if (name !== undefined) {
      if (before === undefined) this.loops.delete(name);
      else this.loops.set(name, before);
    }
    return { done: flow.any, any: flow.any };
  }

  private redirected(node: SyntaxNode, at: Folders, outer: readonly SyntaxNode[] = []): Flow {
    const redirects = [...node.children.filter((child) => REDIRECTS.has(child.type)), ...outer];
    const body = node.children.find((child) => child.isNamed && !REDIRECTS.has(child.type));
    if (body === undefined) {
      this.openAll(redirects, at);
      return { done: at, any: at };
    }
    return this.redirectable(body, at, redirects);
  }

  /** The grammar puts a redirection around a whole chain; the shell gives it to the last link. */
  private redirectable(body: SyntaxNode, at: Folders, redirects: readonly SyntaxNode[]): Flow {
    if (redirects.length === 0) return this.statement(body, at);
    if (body.type === 'command' || body.type === 'list' || body.type === 'pipeline')
      return this.statement(body, at, redirects);
    if (body.type === 'redirected_statement') return this.redirected(body, at, redirects);
    // A compound's here-document may be a script for a shell within.
    if (redirects.some((each) => each.type !== 'file_redirect') && holdsShell(body))
      this.sink.unclear(t('It gives a text to a group of commands with a shell in it.'));
    if (body.type === 'negated_command') {
      const [inner] = body.children.filter((child) => child.isNamed);
      if (inner !== undefined) return this.redirectable(inner, at, redirects);
    }
    const words: Word[] = [];
    this.openAll(redirects, at, words);
    if (words.length > 0) this.sink.unclear(t('It is not plain what its words belong to.'));
    return this.statement(body, at);
  }

  private command(node: SyntaxNode, at: Folders, outer: readonly SyntaxNode[]): Flow {
    const env: Assignment[] = [];
    const redirects: SyntaxNode[] = [...outer];
    const groups: SyntaxNode[][] = [];
    let end = -1;
    let name: SyntaxNode | undefined;
    for (const child of node.children) {
      if (child.type === 'variable_assignment') env.push(this.assignment(child, at));
      else if (REDIRECTS.has(child.type)) redirects.push(child);
      else if (child.isNamed || child.type === '$') {
        if (child.type === 'command_name') name = child;
        if (child.startIndex === end) groups.at(-1)?.push(child);
        else groups.push([child]);
        end = child.endIndex;
      } else if (!['(', ')', '==', '=~'].includes(child.type)) end = -1;
      else this.sink.unclear(t('It holds signs that are not understood.'));
    }
    // `((…))` is parsed as a command whose name is a sum.
    if (name?.children.length === 1 && name.children[0]?.type === 'arithmetic_expansion') {
      arithmetic(name, this.context(at));
      return { done: at, any: at };
    }
    const words = groups.map((group) => this.word(group, at));
    const [first] = groups;
    if (first?.some(holdsVariable)) words[0] = computed(words[0]?.raw ?? '');
    const input = this.openAll(redirects, at, words);
    if (READS_INTO.has(words[0]?.values?.[0] ?? ''))
      for (const word of words.slice(1)) this.numbers.assigned(word.values?.[0] ?? '', computed(word.raw));
    if (words.length === 0) {
      for (const each of env) this.sink.assigned(each, at);
      return { done: at, any: at };
    }
    // The grammar takes some of the shell's own words for programs.
    const reserved = /^(?:time|coproc)$/.test(words[0]?.raw ?? '') ? words : words.slice(0, 1);
    if (reserved.some(({ raw }) => RESERVED.has(raw)))
      this.sink.unclear(t('It is not plain how its parts belong together.'));
    this.sink.command({
      words,
      env,
      folders: at,
      raw: node.text,
      ...(input === undefined ? {} : { input }),
    });
    return this.moved(words, at);
  }

  private moved(words: readonly Word[], at: Folders): Flow {
    const names = words.map((word) => word.values?.[0] ?? '');
    const from = names.findIndex((name) => name !== 'builtin' && name !== 'command' && name !== '--');
    const name = names[from] ?? '';
    if (!MOVES.has(name)) return { done: at, any: at };
    if (name !== 'cd' && name !== 'chdir') return { done: [UNKNOWN_FOLDER], any: union(at, [UNKNOWN_FOLDER]) };
    const rest = words.slice(from + 1).filter((word) => !/^-[LPe@-]*$/.test(word.values?.[0] ?? ''));
    const back = words.slice(from + 1).some((word) => word.values?.[0] === '-');
    const done = rest.length === 1 && !back ? this.sink.moved(at, rest[0]) : [UNKNOWN_FOLDER];
    return { done, any: union(at, done) };
  }

  /** Opens what the redirections open; words that the grammar took for targets go back to the command. */
  private openAll(redirects: readonly SyntaxNode[], at: Folders, words: Word[] = []): string | undefined {
    let input: string | undefined;
    for (const redirect of redirects) {
      if (redirect.type === 'file_redirect') this.open(redirect, at, words);
      else if (redirect.type === 'herestring_redirect') {
        const [node] = redirect.children.filter((child) => child.isNamed);
        const word = node && this.word([node], at);
        input = textOf(word) ?? `${UNREAD}${word?.raw ?? ''}`;
      } else input = this.document(redirect, at, words);
    }
    return input;
  }

  private open(redirect: SyntaxNode, at: Folders, words: Word[]): void {
    const sign = redirect.children.find((child) => !child.isNamed)?.type ?? '>';
    const nodes = redirect.children.filter((child) => child.isNamed && child.type !== 'file_descriptor');
    const groups: SyntaxNode[][] = [];
    for (const node of nodes) {
      const last = groups.at(-1)?.at(-1);
      if (last?.endIndex === node.startIndex) groups.at(-1)?.push(node);
      else groups.push([node]);
    }
    const [target, ...rest] = groups;
    words.push(...rest.map((group) => this.word(group, at)));
    if (target === undefined) return;
    const word = this.word(target, at);
    const copies = sign.endsWith('&') && /^(?:\d+-?|-)$/.test(word.values?.[0] ?? '');
    if (!copies) this.sink.file(sign === '<' || sign === '<&' ? 'read' : 'write', word, at);
  }

  /** A here-document: what it runs, what follows it on its line, and its text (behind UNREAD where the shell changes it). */
  private document(node: SyntaxNode, at: Folders, words: Word[]): string {
    const start = node.children.find((child) => child.type === 'heredoc_start');
    const body = node.children.find((child) => child.type === 'heredoc_body');
    const end = node.children.find((child) => child.type === 'heredoc_end');
    const mark = start?.text.replace(/["'\\]/g, '') ?? '';
    // As it stands in the line: the grammar leaves some of it out.
    const first = node.text.indexOf('\n', (start?.endIndex ?? 0) - node.startIndex) + 1;
    const text = node.text.slice(first, (end?.startIndex ?? 0) - node.startIndex);
    const early = text.split('\n').some((line) => line.replace(/^\t+/, '') === mark);
    // The grammar and the shell must agree on where it begins and ends.
    const moves = MOVES.has(words[0]?.values?.[0] ?? '');
    const others = node.children.filter(
      ({ type, isNamed }) => isNamed && !/^(?:heredoc_\w+|comment|file_descriptor)$/.test(type),
    );
    const beyond = others.some((child) => child.endIndex - node.startIndex >= first);
    if (end?.text.trim() !== mark || early || beyond || first === 0 || !/^\w+$/.test(mark))
      this.sink.unclear(t('It is not plain where its here-document begins and ends.'));
    for (const child of others) {
      if (child.type === 'file_redirect') this.open(child, at, words);
      else if (VALUES.test(child.type)) words.push(this.word([child], at));
      else {
        if (moves) this.sink.unclear(t('It moves to another folder in the line of a here-document.'));
        this.statement(child, at);
      }
    }
    if (body !== undefined) walkSubstitutions(body, this.context(at));
    return start?.text === mark && /[$`\\]/.test(text) ? UNREAD + text : text;
  }

  private assignment(node: SyntaxNode, at: Folders): Assignment {
    const [target, value] = node.children.filter((child) => child.isNamed);
    if (target !== undefined && target.type !== 'variable_name') {
      this.numbers.counts(target.text);
      this.inner(target, at);
    }
    const name = target?.type === 'variable_name' ? target.text : (target?.children[0]?.text ?? '');
    const word = value === undefined ? literal('') : this.word([value], at);
    if (value?.type !== 'arithmetic_expansion') this.numbers.assigned(name, word);
    return { name, value: word };
  }

  private assign(node: SyntaxNode, at: Folders): void {
    this.sink.assigned(this.assignment(node, at), at);
  }

  /** `export A=b`, `declare …`. */
  private declaration(node: SyntaxNode, at: Folders): void {
    for (const child of node.children) {
      if (child.type === 'variable_assignment') this.assign(child, at);
      else if (child.isNamed && child.type !== 'variable_name') {
        const word = this.word([child], at);
        const text = word.values?.[0];
        if (text === undefined || !/^-[xgraAlu]+$/.test(text))
          this.sink.unclear(t('It declares what is only known as it runs.'));
      }
    }
  }

  /** A shell that people type into may not know comments. */
  private comment(node: SyntaxNode): void {
    if (/[;|&`$<>]/.test(node.text)) this.sink.unclear(t('A comment holds what some shells would run.'));
  }

  private passive(node: SyntaxNode, at: Folders): void {
    if (node.type === 'test_command' && /-eq|-ne|-[lg][te]|-v|\[\[?[^\]]*\[/.test(node.text)) {
      // What is compared as a number is counted, and so may run.
      if (/^\[\[/.test(node.text)) this.numbers.counts(node.text);
      if (/["'][^"']*\[[^"']*["']/.test(node.text)) this.sink.unclear(t('It compares a text as a number.'));
    }
    this.inner(node, at);
  }

  private inner(node: SyntaxNode, at: Folders): void {
    walkSubstitutions(node, this.context(at));
    for (const child of node.children) if (child.type === 'command') this.statement(child, at);
  }

  private word(nodes: readonly SyntaxNode[], at: Folders): Word {
    return bashWord(nodes, this.context(at));
  }

  private context(at: Folders): WordContext {
    return {
      variable: (name) => this.loops.get(name),
      substitution: (node) => void this.sequence(node, at),
      counts: (text) => this.numbers.counts(text),
      unclear: (reason) => this.sink.unclear(reason),
    };
  }
}
