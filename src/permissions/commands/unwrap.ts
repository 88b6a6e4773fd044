// Finds in the words of one command what it would run: through wrappers, shells with a script, `find -exec`, git's own ways.
import { t } from '../../protocol/l10n.ts';
import type { Simple } from './bash-nodes.ts';
import { interpreterName } from './names.ts';
import { type Assignment, computed, type Part, textOf, type Word } from './syntax.ts';
import { callsGit, finds, findsFast } from './unwrap-finders.ts';
import {
  aliases,
  interprets,
  invokesExpression,
  runsFile,
  runsPowerShell,
  runsShell,
  runsText,
  traps,
} from './unwrap-shells.ts';
import { barePart, type PartSink, Wrapped } from './wrapped.ts';
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

/** Deeper than this nobody wraps commands for a good reason. */
const DEEPEST = 12;

/** Programs with ways of their own. */
const SPECIAL: Readonly<Record<string, (command: Wrapped) => void>> = {
  git: callsGit,
  find: finds,
  gfind: finds,
  fd: findsFast,
  fdfind: findsFast,
  eval: runsText,
  iex: invokesExpression,
  'invoke-expression': invokesExpression,
  alias: aliases,
  trap: traps,
  source: runsFile,
  '.': runsFile,
  ssh: callsSsh,
};

/** Tells the sink all parts of the command. */
export function unwrap(simple: Simple, sink: PartSink, within: readonly Part[] = []): void {
  const [first, ...rest] = simple.words;
  const name = textOf(first);
  if (first === undefined) return;
  if (within.length > DEEPEST) sink.unclear(t('It wraps commands too deeply.'));
  else if (name === undefined || name === '' || first.glob) {
    sink.part({ ...barePart(simple, within), words: [computed(first.raw), ...rest], kind: 'program' });
    sink.unclear(t("The command's name is computed ({0}).", first.raw));
  } else lookInto(new Wrapped(simple, name, sink, within, unwrap));
}

function lookInto(command: Wrapped): void {
  const { name } = command;
  const special = own(SPECIAL, name);
  const interpreter = own(INTERPRETERS, interpreterName(name));
  const sub = subcommand(command);
  const form = own(WRAPPERS, name);
  if (special) special(command);
  else if (SHELLS.has(name)) runsShell(command);
  else if (POWERSHELLS.has(name)) runsPowerShell(command);
  else if (OTHER_SHELLS.has(name) || OPAQUE.has(name)) command.emit(command.words.length > 1 ? 'code' : 'program');
  else if (runsInContainer(command)) command.emit('code');
  else if (sub) wraps(command, sub.form, sub.at);
  else if (interpreter) interprets(command, interpreter);
  else if (form) wraps(command, form, 1);
  else command.emit('program');
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function callsSsh(command: Wrapped): void {
  const odd = command.words.some((word) => /proxycommand|localcommand|^-F/i.test(word.values?.join(' ') ?? ''));
  const form = WRAPPERS.ssh;
  if (odd || form === undefined) command.emit('code');
  else wraps(command, form, 1);
}

/** `docker compose exec …`: its own words are too many to know. */
function runsInContainer({ name, words }: Wrapped): boolean {
  if (!/^(?:docker|podman|nerdctl|docker-compose|podman-compose)$/.test(name)) return false;
  const texts = words.map(textOf);
  return (
    (/compose$/.test(name) || /^(?:compose|container)$/.test(texts[1] ?? '')) &&
    texts.some((text) => /^(?:exec|run|create|up)$/.test(text ?? ''))
  );
}

function subcommand(command: Wrapped): { form: WrapperForm; at: number } | undefined {
  const forms = own(RUNNERS, command.name);
  if (forms === undefined) return undefined;
  const { words } = command;
  for (let at = 1; at < words.length; at++) {
    const text = command.text(at) ?? '';
    const form = own(forms, text);
    if (form) return { form, at: at + 1 };
    // A flag, or the value of one.
    if (!text.startsWith('-') && !/^--?[\w-]+$/.test(command.text(at - 1) ?? '')) return undefined;
  }
  return undefined;
}

function wraps(command: Wrapped, form: WrapperForm, from: number): void {
  const { words, simple } = command;
  const env: Assignment[] = [...simple.env];
  const at = skipOwnWords(words, from, form, env);
  if (form.looksUp?.test(command.text(from) ?? '')) command.emit('program');
  else if (at === undefined) command.emit('code');
  else if (at >= words.length) command.emit(form.script && !form.alone ? 'code' : 'program');
  else if (form.script) command.script(words.slice(at), 'bash', form.kind, at);
  else {
    const outer = command.part(form.kind, { reach: at });
    command.sink.part(outer);
    const inner = words.slice(at);
    if (form.appends) {
      replaceInserted(words.slice(from, at), inner);
      inner.push(computed('…'), computed('…'));
    }
    command.inner(inner, outer, { env });
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
