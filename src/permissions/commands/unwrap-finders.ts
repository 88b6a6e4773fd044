// Programs that run others in ways of their own: find, fd, git.
import { t } from '../../protocol/l10n.ts';
import { computed, type Part, textOf, UNKNOWN_FOLDER, type Word } from './syntax.ts';
import type { Wrapped } from './wrapped.ts';

/** `find … -exec … ;`: its own words are judged as ever, what it runs apart. */
export function finds(command: Wrapped): void {
  const { words } = command;
  const own: Word[] = [];
  const runs: { words: Word[]; apart: boolean }[] = [];
  const roots = rootsOf(words);
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
      words: inner.map((each) => inserted(each, roots)),
      apart: flag.endsWith('dir'),
    });
    at = end < 0 ? words.length : end;
  }
  const outer = command.part('program', { words: own });
  command.sink.part(outer);
  for (const run of runs) {
    if (run.words.length === 0) command.sink.unclear(t('It does not say what it runs.'));
    else command.inner(run.words, outer, run.apart ? { folders: [UNKNOWN_FOLDER] } : {});
  }
}

/** Where find begins to look; undefined where that is not plain. */
function rootsOf(words: readonly Word[]): string[] | undefined {
  const texts = words.slice(1).map((word) => (word.glob || word.values === undefined ? '-L' : textOf(word)));
  const end = texts.findIndex((text) => text === undefined || /^[-!(]/.test(text));
  const roots = texts.slice(0, end < 0 ? texts.length : end).map((text) => text ?? '');
  if (/^-[HL]$/.test(texts[end] ?? '')) return undefined;
  return roots.length > 0 ? roots : ['.'];
}

function inserted(word: Word, roots: string[] | undefined): Word {
  if (!word.values?.some((text) => text.includes('{}'))) return word;
  return word.raw === '{}' && roots ? { values: roots, raw: '{}', glob: false, below: true } : computed(word.raw);
}

export function findsFast(command: Wrapped): void {
  const { words } = command;
  const at = words.findIndex((word) => /^(?:-[xX]|--exec|--exec-batch)$/.test(textOf(word) ?? ''));
  if (at < 0) {
    const hides = words.some((word) => /^(?:-\w*[xX]|--exec)/.test(textOf(word) ?? ''));
    command.emit(hides ? 'code' : 'program');
    return;
  }
  const outer = command.part('program', { words: words.slice(0, at) });
  command.sink.part(outer);
  command.inner([...words.slice(at + 1), computed('…')], outer);
}

/** Settings of git that change how things look and nothing else. */
const HARMLESS_CONFIG =
  /^core\.pager=(?:cat|less)?$|^(?:color\.[\w.-]+|user\.(?:name|email)|core\.quotepath|advice\.[\w.-]+|log\.[\w.-]+|diff\.(?:renames|algorithm|context)|core\.(?:autocrlf|safecrlf|filemode)|commit\.gpgsign|init\.defaultbranch|gc\.auto)=(?:[\w .@+-]*)$/i;
const PLAIN_OPTION =
  /^(?:--no-pager|-P|--no-optional-locks|--literal-pathspecs|--icase-pathspecs|--version|--help|-v|--no-replace-objects)$/;
const RUNS =
  /^(?:filter-branch|difftool|mergetool|send-email|instaweb|daemon|shell|gui|gitk|citool|upload-pack|receive-pack|fast-import)$/;

/** Git's own options may run programs; some of its commands run what they are given. */
export function callsGit(command: Wrapped): void {
  const { words, sink } = command;
  let { folders } = command.simple;
  let at = 1;
  let unknown = false;
  for (; at < words.length && !unknown; at++) {
    const text = command.text(at);
    if (text !== undefined && !text.startsWith('-')) break;
    if (text === '-C') folders = sink.moved(folders, words[++at]);
    else if (text === '-c') {
      if (!HARMLESS_CONFIG.test(command.text(++at) ?? '')) unknown = true;
    } else if (text === undefined || !PLAIN_OPTION.test(text)) unknown = true;
  }
  const [first = computed('')] = words;
  // What it runs besides is in the options that are not known: a rule that allows may not see past them.
  const plain: Partial<Part> = at > 1 && !unknown ? { plain: [first, ...words.slice(at)] } : {};
  command.emit(unknown || runsWhatIsGiven(words.slice(at).map((word) => textOf(word) ?? '')) ? 'code' : 'program', {
    folders,
    ...plain,
  });
}

function runsWhatIsGiven([sub = '', ...rest]: readonly string[]): boolean {
  if (RUNS.test(sub)) return true;
  if (sub === 'bisect') return rest[0] === 'run';
  if (sub === 'submodule') return rest.includes('foreach');
  return sub === 'rebase' && rest.some((word) => /^(?:-\w*x|--exec)/.test(word));
}
