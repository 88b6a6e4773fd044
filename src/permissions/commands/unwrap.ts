// Finds in the words of one command what it would run: through wrappers, shells with a script, `find -exec`, git's own ways.
import type { Simple } from './bash.ts';
import { interpreterName, looseName } from './names.ts';
import {
  type Assignment,
  computed,
  type Folders,
  type Part,
  type ShellName,
  textOf,
  UNKNOWN_FOLDER,
  type Word,
} from './syntax.ts';
import {
  INTERPRETERS,
  OPAQUE,
  OTHER_SHELLS,
  POWERSHELLS,
  RUNNERS,
  SHELLS,
  WRAPPERS,
  type WrapperForm,
} from './wrappers.ts';

/** Who is told the parts. */
export interface PartSink {
  part(part: Part): void;
  /** A text for a shell within. */
  script(text: string, shell: ShellName, folders: Folders, within: readonly Part[]): void;
  /** Where a `-C` leads. */
  moved(folders: Folders, target: Word | undefined): Folders;
  unclear(reason: string): void;
}

/** Deeper than this nobody wraps commands for a good reason. */
const DEEPEST = 12;

export function unwrap(simple: Simple, sink: PartSink, within: readonly Part[] = []): void {
  const [first, ...rest] = simple.words;
  const name = textOf(first);
  if (first === undefined) return;
  if (within.length > DEEPEST) {
    sink.unclear('It wraps commands too deeply.');
    return;
  }
  if (name === undefined || name === '' || first.glob) {
    sink.part({ ...bare(simple, within), words: [computed(first.raw), ...rest], kind: 'program' });
    sink.unclear(`The command's name is computed (${first.raw}).`);
    return;
  }
  new Unwrapping(simple, name, sink, within).run();
}

function bare({ words, env, folders, raw }: Simple, within: readonly Part[]): Omit<Part, 'kind'> {
  const outer = within.at(-1);
  return {
    words,
    env,
    folders,
    raw,
    within: within.map(({ words: [name] }) => textOf(name) ?? ''),
    ...(outer ? { outer } : {}),
  };
}

class Unwrapping {
  private readonly simple: Simple;
  private readonly name: string;
  private readonly sink: PartSink;
  private readonly within: readonly Part[];

  constructor(simple: Simple, name: string, sink: PartSink, within: readonly Part[]) {
    this.simple = simple;
    this.name = looseName(name);
    this.sink = sink;
    this.within = within;
  }

  run(): void {
    const { name, sink } = this;
    const words = this.simple.words;
    if (name === 'git') {
      this.git();
      return;
    }
    if (name === 'find' || name === 'gfind') {
      this.find();
      return;
    }
    if (name === 'fd' || name === 'fdfind') {
      this.fd();
      return;
    }
    if (name === 'eval') {
      this.text(words.slice(1), 'bash');
      return;
    }
    if (name === 'iex' || name === 'invoke-expression') {
      this.text(this.withoutParameters(), 'powershell');
      return;
    }
    if (name === 'alias') {
      this.alias();
      return;
    }
    if (name === 'source' || name === '.') {
      this.file(1);
      return;
    }
    if (SHELLS.has(name)) {
      this.shell();
      return;
    }
    if (POWERSHELLS.has(name)) {
      this.powershell();
      return;
    }
    if (OTHER_SHELLS.has(name) || OPAQUE.has(name)) {
      this.emit(words.length > 1 ? 'code' : 'program');
      return;
    }
    const interpreter = INTERPRETERS[interpreterName(this.name)];
    if (interpreter !== undefined) {
      this.interpreter(interpreter);
      return;
    }
    const sub = this.subcommand();
    if (sub !== undefined) {
      this.wrapper(sub.form, sub.at);
      return;
    }
    if (name === 'ssh' && words.some((word) => /proxycommand|localcommand|^-F/i.test(word.values?.join(' ') ?? ''))) {
      this.emit('code');
      return;
    }
    const form = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (form !== undefined) {
      this.wrapper(form, 1);
      return;
    }
    sink.part(this.part('program'));
  }

  private part(kind: Part['kind'], more: Partial<Part> = {}): Part {
    return { ...bare(this.simple, this.within), kind, ...more };
  }

  private emit(kind: Part['kind']): void {
    this.sink.part(this.part(kind));
  }

  private inner(words: readonly Word[], outer: Part, more: Partial<Simple> = {}): void {
    const { folders, env } = this.simple;
    unwrap({ words, env, folders, raw: words.map(({ raw }) => raw).join(' '), ...more }, this.sink, [
      ...this.within,
      outer,
    ]);
  }

  // ── wrappers in general ────────────────────────────────────────────────────────────────────────────────────────────

  private subcommand(): { form: WrapperForm; at: number } | undefined {
    const forms = Object.hasOwn(RUNNERS, this.name) ? RUNNERS[this.name] : undefined;
    if (forms === undefined) return undefined;
    const { words } = this.simple;
    let at = 1;
    while (/^-/.test(textOf(words[at]) ?? '')) at += 1;
    const sub = textOf(words[at]) ?? '';
    return Object.hasOwn(forms, sub) && forms[sub] ? { form: forms[sub], at: at + 1 } : undefined;
  }

  private wrapper(form: WrapperForm, from: number): void {
    const { words } = this.simple;
    if (form.looksUp?.test(textOf(words[from]) ?? '')) {
      this.emit('program');
      return;
    }
    const env: Assignment[] = [...this.simple.env];
    const at = skipOwnWords(words, from, form, env);
    if (at === undefined) {
      this.emit('code');
      return;
    }
    if (at >= words.length) {
      if (form.alone) {
        this.emit('program');
        return;
      }
      this.emit(form.script ? 'code' : 'program');
      return;
    }
    const outer = this.part(form.kind, { reach: at });
    this.sink.part(outer);
    const inner = words.slice(at);
    const { folders } = this.simple;
    if (form.script) {
      this.scriptOf(inner, 'bash', folders, outer);
      return;
    }
    if (form.appends) {
      replaceInserted(words.slice(from, at), inner);
      inner.push(computed('…'), computed('…'));
    }
    this.inner(inner, outer, { env, folders });
  }

  /** Words that a shell puts together again. */
  private scriptOf(words: readonly Word[], shell: ShellName, folders: Folders, outer: Part): void {
    const texts = words.map(textOf);
    if (texts.includes(undefined)) {
      this.sink.unclear('It runs a text that is only known as it runs.');
      return;
    }
    this.sink.script(texts.join(' '), shell, folders, [...this.within, outer]);
  }

  private text(words: readonly Word[], shell: ShellName): void {
    const outer = this.part('wrapper');
    this.sink.part(outer);
    this.scriptOf(words, shell, this.simple.folders, outer);
  }

  private alias(): void {
    this.sink.part(this.part('wrapper'));
    for (const word of this.simple.words.slice(1)) {
      const text = textOf(word);
      if (text === undefined) {
        this.sink.unclear('It names a text that is only known as it runs.');
        return;
      }
      const value = /^[^=]+=(.+)$/s.exec(text)?.[1];
      if (value !== undefined)
        this.sink.script(value, 'bash', this.simple.folders, [...this.within, this.part('wrapper')]);
    }
  }

  /** It runs a file: a rule must name it. */
  private file(at: number): void {
    const { words } = this.simple;
    this.sink.part(this.part('shift', { reach: at, file: true }));
    if (words.length <= at) return;
    if (textOf(words[at]) === undefined) this.sink.unclear('It runs a file that is only known as it runs.');
  }

  // ── shells and interpreters ────────────────────────────────────────────────────────────────────────────────────────

  private shell(): void {
    const { words, input, folders } = this.simple;
    let at = 1;
    let script = false;
    for (; at < words.length; at++) {
      const text = textOf(words[at]);
      if (text === undefined) {
        this.sink.unclear('It runs a shell with what is only known as it runs.');
        return;
      }
      if (text === '--' || text === '-') {
        at += 1;
        break;
      }
      if (!/^[-+]./.test(text)) break;
      if (/^--(?:version|help)$/.test(text)) {
        this.emit('program');
        return;
      }
      if (/^--/.test(text)) {
        if (!/^--(?:norc|noprofile|login|posix|verbose|restricted|noediting)$/.test(text)) {
          this.emit('code');
          return;
        }
      } else {
        if (!/^[-+][A-Za-z]+$/.test(text)) {
          this.emit('code');
          return;
        }
        if (text.startsWith('-') && text.includes('c')) script = true;
        if (/[oO]/.test(text)) at += 1;
      }
    }
    const outer = this.part('wrapper');
    if (script) {
      this.sink.part(outer);
      this.scriptOf(words.slice(at, at + 1), 'bash', folders, outer);
      return;
    }
    if (at < words.length) {
      this.file(at);
      return;
    }
    this.sink.part(outer);
    if (input === undefined || input === '\0') {
      this.sink.unclear('A shell reads what it runs from elsewhere.');
      return;
    }
    this.sink.script(input, 'bash', folders, [...this.within, outer]);
  }

  private powershell(): void {
    const { words, folders } = this.simple;
    const outer = this.part('wrapper');
    for (let at = 1; at < words.length; at++) {
      const text = (textOf(words[at]) ?? '\0').toLowerCase().replace(/^(?:--?|\/|–|—)/, '-');
      if (text === '-\0' || text === '\0') break;
      if (/^-(?:nop|noprofile|noni|noninteractive|nol|nologo|mta|sta|l|login)$/.test(text)) continue;
      if (
        /^-(?:ex|ep|executionpolicy|w|windowstyle|wd|workingdirectory|of|outputformat|if|inputformat|v|version)/.test(
          text,
        )
      ) {
        at += 1;
        continue;
      }
      if (/^-f(?:i|il|ile)?$/.test(text)) {
        this.file(at + 1);
        return;
      }
      if (/^-e(?:c|n|nc|nco.*)?$/.test(text)) {
        this.sink.part(outer);
        this.encoded(words[at + 1], outer);
        return;
      }
      const command = /^-c(?:o.*)?$/.test(text);
      if (text.startsWith('-') && !command) break;
      if (!command && /\.ps1$/.test(text)) {
        this.file(at);
        return;
      }
      this.sink.part(outer);
      this.scriptOf(words.slice(command ? at + 1 : at), 'powershell', folders, outer);
      return;
    }
    this.sink.part(outer);
    this.sink.unclear('It runs PowerShell with what is not understood.');
  }

  private encoded(word: Word | undefined, outer: Part): void {
    const text = textOf(word);
    if (text === undefined || !/^[A-Za-z0-9+/]+=*$/.test(text)) {
      this.sink.unclear('It runs an encoded command.');
      return;
    }
    this.sink.script(Buffer.from(text, 'base64').toString('utf16le'), 'powershell', this.simple.folders, [
      ...this.within,
      outer,
    ]);
  }

  private withoutParameters(): readonly Word[] {
    return this.simple.words.slice(1).filter((word) => !/^-\w+$/.test(textOf(word) ?? ''));
  }

  private interpreter({ letters, long, valued }: { letters: string; long: readonly string[]; valued: string }): void {
    const { words } = this.simple;
    let file: number | undefined;
    for (let at = 1; at < words.length && file === undefined; at++) {
      const text = textOf(words[at]);
      if (text === undefined || text === '-' || text === '/dev/stdin') {
        this.emit('code');
        return;
      }
      if (text.startsWith('+')) {
        this.emit('code');
        return;
      }
      if (!text.startsWith('-')) {
        file = at;
        break;
      }
      const name = text.split('=')[0] ?? '';
      if (long.includes(name)) {
        this.emit('code');
        return;
      }
      if (/^-[^-]/.test(text)) {
        const cluster = text.slice(1);
        if ([...cluster].some((letter) => letters.includes(letter))) {
          this.emit('code');
          return;
        }
        // `python -m module` runs what it names, as a file is run.
        if (/^-\w*m$/.test(text) && valued.includes('m')) file = at + 1;
        else if (valued.includes(cluster.at(-1) ?? '')) at += 1;
      }
    }
    const harmless =
      words.length > 1 &&
      words.slice(1).every((word) => /^(?:-[vVh]|--version|--help|-version)$/.test(textOf(word) ?? ''));
    const tests = words.some((word) => /^--(?:test|check)$/.test(textOf(word) ?? ''));
    const evaluates = /^(?:deno|bun|mix|swift|npm)$/.test(this.name) && /^(?:eval|repl)$/.test(textOf(words[1]) ?? '');
    if (evaluates || (file === undefined && !harmless && !tests)) {
      this.emit('code');
      return;
    }
    this.emit('program');
  }

  // ── find, fd, git ──────────────────────────────────────────────────────────────────────────────────────────────────

  private find(): void {
    const { words } = this.simple;
    const own: Word[] = [];
    const runs: { words: Word[]; apart: boolean }[] = [];
    for (let at = 0; at < words.length; at++) {
      const word = words[at];
      if (word === undefined) break;
      const flag = textOf(word) ?? '';
      if (!/^-(?:exec|execdir|ok|okdir)$/.test(flag)) {
        own.push(word);
        continue;
      }
      const end = words.findIndex((each, i) => i > at && /^(?:;|\+)$/.test(textOf(each) ?? ''));
      const inner = words.slice(at + 1, end < 0 ? words.length : end);
      // What is found is known only then; within a script it is even read by a shell.
      runs.push({
        words: inner.map((each) => (each.values?.some((text) => text.includes('{}')) ? computed(each.raw) : each)),
        apart: flag.endsWith('dir'),
      });
      at = end < 0 ? words.length : end;
    }
    if (runs.length === 0) {
      this.emit('program');
      return;
    }
    const outer = this.part('wrapper', { words: own });
    this.sink.part({ ...outer, kind: 'program' });
    for (const run of runs) {
      if (run.words.length === 0) this.sink.unclear('It does not say what it runs.');
      else this.inner(run.words, outer, run.apart ? { folders: [UNKNOWN_FOLDER] } : {});
    }
  }

  private fd(): void {
    const { words } = this.simple;
    const at = words.findIndex((word) => /^(?:-[xX]|--exec|--exec-batch)$/.test(textOf(word) ?? ''));
    if (at < 0) {
      const hides = words.some((word) => /^(?:-\w*[xX]|--exec)/.test(textOf(word) ?? ''));
      this.emit(hides ? 'code' : 'program');
      return;
    }
    const outer = this.part('wrapper', { words: words.slice(0, at) });
    this.sink.part({ ...outer, kind: 'program' });
    this.inner([...words.slice(at + 1), computed('…')], outer);
  }

  private git(): void {
    const { words } = this.simple;
    let folders = this.simple.folders;
    let at = 1;
    for (; at < words.length; at++) {
      const text = textOf(words[at]);
      if (text === undefined) {
        this.emit('code');
        return;
      }
      if (!text.startsWith('-')) break;
      if (text === '-C') {
        at += 1;
        folders = this.sink.moved(folders, words[at]);
      } else if (text === '-c') {
        at += 1;
        if (!HARMLESS_CONFIG.test(textOf(words[at]) ?? '')) {
          this.emit('code');
          return;
        }
      } else if (
        !/^(?:--no-pager|-P|--no-optional-locks|--literal-pathspecs|--icase-pathspecs|--version|--help|-v|--no-replace-objects|--bare)$/.test(
          text,
        )
      ) {
        this.emit('code');
        return;
      }
    }
    const sub = textOf(words[at]) ?? '';
    const rest = words.slice(at + 1).map((word) => textOf(word) ?? '');
    const runs =
      /^(?:filter-branch|difftool|mergetool|send-email|instaweb|daemon|shell|gui|gitk|citool|upload-pack|receive-pack|fast-import)$/.test(
        sub,
      ) ||
      (sub === 'bisect' && rest[0] === 'run') ||
      (sub === 'submodule' && rest.includes('foreach')) ||
      (sub === 'rebase' && rest.some((word) => /^(?:-\w*x|--exec)/.test(word)));
    this.sink.part(
      this.part(runs ? 'code' : 'program', {
        folders,
        ...(at > 1 ? { plain: [words[0] ?? computed(''), ...words.slice(at)] } : {}),
      }),
    );
  }
}

/** `xargs -I {}`: wherever that text stands, another comes. */
function replaceInserted(own: readonly Word[], inner: Word[]): void {
  const texts = own.map((word) => textOf(word) ?? '');
  const at = texts.findIndex((text) => /^-\w*[IiJ]|^--replace/.test(text));
  if (at < 0) return;
  const mark = /^(?:-\w*[IiJ]|--replace=)(.+)$/.exec(texts[at] ?? '')?.[1] ?? texts[at + 1] ?? '{}';
  for (const [i, word] of inner.entries())
    if (word.values?.some((text) => text.includes(mark) || text.includes('{}'))) inner[i] = computed(word.raw);
}

/** Settings of git that change how things look and nothing else. */
const HARMLESS_CONFIG =
  /^core\.pager=(?:cat|less)?$|^(?:color\.[\w.-]+|user\.(?:name|email)|core\.quotepath|advice\.[\w.-]+|log\.[\w.-]+|diff\.(?:renames|algorithm|context)|core\.(?:autocrlf|safecrlf|filemode)|commit\.gpgsign|init\.defaultbranch|gc\.auto)=(?:[\w .@+-]*)$/i;

/** The index of the first word that is run; undefined: the wrapper's own words are not understood. */
function skipOwnWords(words: readonly Word[], from: number, form: WrapperForm, env: Assignment[]): number | undefined {
  let at = from;
  let operands = form.operands ?? 0;
  for (; at < words.length; at++) {
    const text = textOf(words[at]);
    if (text === undefined) return operands === 0 ? at : undefined;
    if (text === '--') {
      at += 1;
      if (operands === 0) return at;
      continue;
    }
    if (/^-./.test(text)) {
      const taken = flagLength(text, form);
      if (taken === undefined) return undefined;
      at += taken - 1;
      continue;
    }
    const assignment = form.assignments ? /^([A-Za-z_]\w*)=(.*)$/s.exec(text) : null;
    if (assignment) {
      env.push({ name: assignment[1] ?? '', value: { values: [assignment[2] ?? ''], raw: text, glob: false } });
      continue;
    }
    if (operands === 0) return at;
    operands -= 1;
  }
  return at;
}

/** How many words the flag takes up; undefined where it is not known. */
function flagLength(text: string, form: WrapperForm): number | undefined {
  if (text.startsWith('--')) {
    const name = text.split('=')[0] ?? '';
    if (form.longValued?.includes(name)) return text.includes('=') ? 1 : 2;
    return form.long?.includes(name) ? 1 : undefined;
  }
  for (let i = 1; i < text.length; i++) {
    const letter = text[i] ?? '';
    if (form.valued?.includes(letter)) return i === text.length - 1 ? 2 : 1;
    if (!form.flags?.includes(letter)) return undefined;
  }
  return 1;
}
